// Options as a program gave them in → nothing out, or a TypeError that names the option and what is allowed.
// Shared by every package whose factories take options. Never quotes a value that may be a secret.

/**
 * Refuses anything but a plain object whose own, enumerable members are known: a misspelt option must not be
 * ignored, nor one that sits on a prototype, where reading it by name finds it and copying the object does
 * not. That rules out class instances, and a promise or a set that got into the place of the options.
 */
export function assertKnownOptions(
  options: unknown,
  where: string,
  known: readonly string[],
): asserts options is object {
  if (typeof options !== 'object' || options === null || !isPlain(options, known)) {
    throw new TypeError(`${where} takes a plain options object with ${known.join(', ')}`);
  }
  const unknown = Reflect.ownKeys(options).find(
    (key) => typeof key === 'symbol' || !known.includes(key) || !propertyIsEnumerable(options, key),
  );
  if (unknown !== undefined) {
    throw new TypeError(`unknown option "${String(unknown)}": ${where} takes ${known.join(', ')}`);
  }
}

function propertyIsEnumerable(options: object, key: string): boolean {
  return Object.prototype.propertyIsEnumerable.call(options, key);
}

/** Whether it stands directly on a root prototype, of any realm, that has none of these names. */
function isPlain(options: object, known: readonly string[]): boolean {
  const prototype: unknown = Object.getPrototypeOf(options);
  if (prototype === null) return true;
  if (Array.isArray(options) || Object.getPrototypeOf(prototype) !== null) return false;
  return known.every((name) => !(name in (prototype as object)));
}

/** Text of at least one character. */
export function assertText(value: unknown, name: string): asserts value is string {
  if (typeof value !== 'string' || value === '') {
    throw new TypeError(`"${name}" must be a non-empty string`);
  }
}

/** A finite number within the bounds, both allowed; whole if asked for. */
export function assertNumber(
  value: unknown,
  name: string,
  bounds: { readonly min?: number; readonly max?: number; readonly isWhole?: boolean } = {},
): asserts value is number {
  const { min = -Infinity, max = Infinity, isWhole = false } = bounds;
  const isFit = isWhole ? Number.isSafeInteger(value) : Number.isFinite(value);
  if (isFit && (value as number) >= min && (value as number) <= max) return;
  const kind = isWhole ? 'a whole number' : 'a finite number';
  const got = typeof value === 'number' ? String(value) : typeof value;
  throw new TypeError(`"${name}" must be ${kind}${rangeText(min, max)}, got ${got}`);
}

function rangeText(min: number, max: number): string {
  if (max < Infinity) return ` from ${min} to ${max}`;
  return min > -Infinity ? ` of at least ${min}` : '';
}

export function assertBoolean(value: unknown, name: string): asserts value is boolean {
  if (typeof value !== 'boolean') throw new TypeError(`"${name}" must be true or false`);
}

export function assertFunction(value: unknown, name: string): void {
  if (typeof value !== 'function') throw new TypeError(`"${name}" must be a function`);
}

/** A non-empty array of non-empty strings. */
export function assertTexts(value: unknown, name: string): asserts value is readonly string[] {
  if (!Array.isArray(value) || value.length === 0) {
    throw new TypeError(`"${name}" must be a non-empty array of strings`);
  }
  for (const [index, text] of value.entries()) assertText(text, `${name}[${index}]`);
}
