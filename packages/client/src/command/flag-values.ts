// The values of the flags as given in → texts, lists and numbers out.

import { UsageError } from './verb.js';

// Beyond any number of seconds or events; what is longer is not exact.
const WHOLE = /^\d{1,15}$/;

export class FlagValues {
  /** By flag, in the order given; empty for a switch. */
  readonly #values: ReadonlyMap<string, readonly string[]>;

  constructor(values: ReadonlyMap<string, readonly string[]>) {
    this.#values = values;
  }

  /** Whether the switch is on. */
  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** `undefined` when it was not given. */
  text(name: string): string | undefined {
    return this.#values.get(name)?.[0];
  }

  /** Of a flag that is required. */
  given(name: string): string {
    const value = this.text(name);
    if (value === undefined) throw new UsageError(`"--${name}" is missing`);
    return value;
  }

  /** Of a flag that can be repeated. */
  all(name: string): readonly string[] {
    return this.#values.get(name) ?? [];
  }

  /** Parted at commas, without the blanks around. */
  list(name: string): readonly string[] | undefined {
    const items = this.text(name)
      ?.split(',')
      .map((item) => item.trim());
    if (items?.includes('') === true) {
      throw new UsageError(`"--${name}" must be a list such as a,b with nothing empty in it`);
    }
    return items;
  }

  whole(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    if (!WHOLE.test(text)) throw new UsageError(`"--${name}" must be a whole number`);
    return Number(text);
  }
}
