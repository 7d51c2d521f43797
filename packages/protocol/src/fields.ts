// Unknown JSON in → typed fields out, or a WireError that names the place. The one schema language of
// this package; every reader of wire data is written in it.

import { isTimestamp } from './timestamp.js';
import { WireError } from './wire-error.js';

/** One JSON object being read. */
export class Fields {
  readonly path: string;
  readonly #object: Readonly<Record<string, unknown>>;

  constructor(value: unknown, path: string) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new WireError(path, 'an object', value);
    }
    this.path = path;
    this.#object = value as Readonly<Record<string, unknown>>;
  }

  /** `undefined` when absent. Own members only: a parsed `__proto__` or an inherited name is not data. */
  raw(key: string): unknown {
    return Object.hasOwn(this.#object, key) ? this.#object[key] : undefined;
  }

  string(key: string): string {
    const value = this.raw(key);
    if (typeof value !== 'string') throw this.#error(key, 'a string', value);
    return value;
  }

  text(key: string): string {
    const value = this.raw(key);
    if (typeof value !== 'string' || value === '') {
      throw this.#error(key, 'a non-empty string', value);
    }
    return value;
  }

  optionalString(key: string): string | undefined {
    return this.raw(key) === undefined ? undefined : this.string(key);
  }

  /** RFC 3339 text. */
  timestamp(key: string): string {
    const value = this.raw(key);
    if (typeof value === 'string' && isTimestamp(value)) return value;
    throw this.#error(key, 'an RFC 3339 time', value);
  }

  integer(key: string): number {
    const value = this.raw(key);
    if (!Number.isSafeInteger(value)) throw this.#error(key, 'a safe integer', value);
    return value as number;
  }

  optionalInteger(key: string): number | undefined {
    return this.raw(key) === undefined ? undefined : this.integer(key);
  }

  boolean(key: string): boolean {
    const value = this.raw(key);
    if (typeof value !== 'boolean') throw this.#error(key, 'true or false', value);
    return value;
  }

  /** A frozen copy. */
  strings(key: string): readonly string[] {
    const value = this.raw(key);
    if (!Array.isArray(value)) throw this.#error(key, 'an array of strings', value);
    return Object.freeze(
      value.map((item: unknown, index) => {
        if (typeof item !== 'string') throw this.#error(`${key}[${index}]`, 'a string', item);
        return item;
      }),
    );
  }

  /** A frozen array of what `read` makes of each item. */
  list<T>(key: string, read: (item: unknown, path: string) => T): readonly T[] {
    const value = this.raw(key);
    if (!Array.isArray(value)) throw this.#error(key, 'an array', value);
    return Object.freeze(
      value.map((item: unknown, index) => read(item, `${this.path}.${key}[${index}]`)),
    );
  }

  #error(key: string, expected: string, found: unknown): WireError {
    return new WireError(`${this.path}.${key}`, expected, found);
  }
}
