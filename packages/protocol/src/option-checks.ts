// Options as a program gave them in → nothing out, or a TypeError that names the option and what is allowed.
// Shared by every package whose factories take options. Never quotes a value that may be a secret.

/** Refuses anything but an object with known members only: a misspelt option must not be ignored. */
export function assertKnownOptions(
  options: unknown,
  where: string,
  known: readonly string[],
): asserts options is object {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new TypeError(`${where} takes an options object with ${known.join(', ')}`);
  }
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new TypeError(`unknown option "${unknown}": ${where} takes ${known.join(', ')}`);
  }
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
