// JSON text and a shape in → typed fields out, or nothing when it does not fit (protocol §1.4). Request
// bodies, token headers and token payloads are all read here, so a wrong type anywhere is found before
// any handler looks at a value.

/** What a field becomes. It gets `undefined` for absent and `null`, and throws WrongType otherwise. */
export type FieldReader<T> = (value: unknown) => T;

export type Shape = Readonly<Record<string, FieldReader<unknown>>>;

export type Decoded<S extends Shape> = { readonly [K in keyof S]: ReturnType<S[K]> };

class WrongType extends Error {}

/**
 * Keys match in any case and the last spelling wins; unknown ones are ignored; `null` is the same as
 * absent, also for the whole text.
 *
 * @param shape field names in lower case
 * @returns `undefined` when the text is not JSON, not an object, or a known field has the wrong type
 */
export function decodeJson<S extends Shape>(json: string, shape: S): Decoded<S> | undefined {
  try {
    return decodeObject(JSON.parse(json), shape);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof WrongType) return undefined;
    throw error;
  }
}

function decodeObject<S extends Shape>(value: unknown, shape: S): Decoded<S> {
  if (typeof value !== 'object' || Array.isArray(value)) throw new WrongType();
  // A Map, because a parsed object can have a member called `__proto__`.
  const members = new Map<string, unknown>();
  for (const [key, member] of Object.entries(value ?? {})) members.set(key.toLowerCase(), member);
  const decoded: Record<string, unknown> = {};
  for (const [name, read] of Object.entries(shape)) {
    decoded[name] = read(members.get(name) ?? undefined);
  }
  return decoded as Decoded<S>;
}

const LONE_SURROGATES = /\p{Surrogate}/gu;

/** `''` when absent. */
export function text(value: unknown): string {
  if (value === undefined) return '';
  if (typeof value !== 'string') throw new WrongType();
  return value.replace(LONE_SURROGATES, '\uFFFD');
}

/** `[]` when absent; a `null` item is `''`. */
export function texts(value: unknown): readonly string[] {
  return list(value, text);
}

/**
 * Only what a JavaScript number holds exactly. `60.0` and `1e2` arrive as the integers they are: the
 * parsed value does not tell how it was written.
 */
export function integer(value: unknown): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw new WrongType();
  return value;
}

export function boolean(value: unknown): boolean | undefined {
  if (value === undefined || typeof value === 'boolean') return value;
  throw new WrongType();
}

/** A reader for a list of objects of one shape; `[]` when absent. */
export function objects<S extends Shape>(shape: S): FieldReader<readonly Decoded<S>[]> {
  return (value) => list(value, (item) => decodeObject(item ?? null, shape));
}

function list<T>(value: unknown, read: FieldReader<T>): readonly T[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new WrongType();
  return value.map((item: unknown) => read(item ?? undefined));
}
