// JSON text and a shape in → typed fields out, or nothing when it does not fit (protocol §1.4). Request
// bodies, token headers and token payloads are all read here, so a wrong type anywhere is found before
// any handler looks at a value. The rules are those of Go's encoding/json for a struct.

import { JsonScanner } from './json-scanner.js';
import { MalformedJson } from './json-token.js';

/** What a field becomes. */
export interface FieldReader<T> {
  /** The value of a field that is absent, and of a `null` in a list. */
  readonly absent: T;
  /** Whether a `null` undoes an earlier member of the same name; Go has a pointer or a list there. */
  readonly nullResets: boolean;
  /** Reads one value that is not `null`; throws MalformedJson on another type. */
  readonly read: (json: JsonScanner) => T;
}

export type Shape = Readonly<Record<string, FieldReader<unknown>>>;

export type Decoded<S extends Shape> = { readonly [K in keyof S]: S[K]['absent'] };

export interface DecodeOptions {
  /** What becomes of data after the first value. */
  readonly trailing?: 'ignored' | 'refused';
}

/**
 * Keys match in any case and the last member wins, whatever its spelling; unknown ones are ignored. `null`
 * says nothing, also as the whole text; see {@link FieldReader.nullResets}.
 *
 * @param json well-formed, as decoded from UTF-8
 * @param shape field names in lower-case ASCII
 * @returns `undefined` when the text is not JSON, not an object, or a known field has the wrong type
 */
export function decodeJson<S extends Shape>(
  json: string,
  shape: S,
  { trailing = 'refused' }: DecodeOptions = {},
): Decoded<S> | undefined {
  const scanner = new JsonScanner(json);
  try {
    const decoded = readItem(scanner, object(shape));
    if (trailing === 'refused') scanner.end();
    return decoded;
  } catch (error) {
    if (error instanceof MalformedJson) return undefined;
    throw error;
  }
}

/** `''` when absent. */
export const text: FieldReader<string> = {
  absent: '',
  nullResets: false,
  read: (json) => json.string(),
};

/** `[]` when absent; a `null` item is `''`. */
export const texts: FieldReader<readonly string[]> = list(text);

/** 0 when absent. Beyond 2^53 it is the nearest number. */
export const integer: FieldReader<number> = {
  absent: 0,
  nullResets: false,
  read: (json) => Number(int64(json)),
};

/** Exact, for a value that a refusal repeats. */
export const nullableInteger: FieldReader<bigint | undefined> = {
  absent: undefined,
  nullResets: true,
  read: int64,
};

export const nullableBoolean: FieldReader<boolean | undefined> = {
  absent: undefined,
  nullResets: true,
  read: (json) => json.boolean(),
};

/** A reader for a list of objects of one shape; `[]` when absent. */
export function objects<S extends Shape>(shape: S): FieldReader<readonly Decoded<S>[]> {
  return list(object(shape));
}

function list<T>(item: FieldReader<T>): FieldReader<readonly T[]> {
  return {
    absent: Object.freeze([]),
    nullResets: true,
    read: (json) => {
      const items: T[] = [];
      json.array(() => items.push(readItem(json, item)));
      return items;
    },
  };
}

function readItem<T>(json: JsonScanner, reader: FieldReader<T>): T {
  return json.takesNull() ? reader.absent : reader.read(json);
}

function object<S extends Shape>(shape: S): FieldReader<Decoded<S>> {
  const absent: Record<string, unknown> = {};
  for (const [name, reader] of Object.entries(shape)) absent[name] = reader.absent;
  return {
    absent: absent as Decoded<S>,
    nullResets: false,
    read: (json) => {
      const decoded = { ...absent };
      json.object((key) => {
        const name = Object.hasOwn(shape, key) ? key : fold(key);
        const reader = Object.hasOwn(shape, name) ? shape[name] : undefined;
        if (reader === undefined) json.skip();
        else if (!json.takesNull()) decoded[name] = reader.read(json);
        else if (reader.nullResets) decoded[name] = reader.absent;
      });
      return decoded as Decoded<S>;
    },
  };
}

/** Unicode simple folding, as far as it can lead to ASCII: beside the capitals, U+017F and U+212A do. */
function fold(key: string): string {
  return key.toLowerCase().replaceAll('\u017F', 's');
}

function int64(json: JsonScanner): bigint {
  const literal = json.integer();
  // Longer ones are out of range anyway, and a megabyte of digits is slow to read.
  const value = literal.length > 20 ? undefined : BigInt(literal);
  if (value === undefined || BigInt.asIntN(64, value) !== value) throw new MalformedJson();
  return value;
}
