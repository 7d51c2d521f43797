// Options as given in → nothing out, or a TypeError that names the option. Never quotes a value that may
// be a secret.

import { assertScope } from '@agentwrit/protocol';

/** Takes what destructuring left over: a misspelt option must not be ignored. */
export function assertNoUnknownOptions(rest: object): void {
  const [name] = Object.keys(rest);
  if (name !== undefined) throw new TypeError(`unknown option "${name}"`);
}

export function assertText(value: unknown, name: string): asserts value is string {
  if (typeof value !== 'string' || value === '') {
    throw new TypeError(`"${name}" must be a non-empty string`);
  }
}

export function assertPositiveInteger(
  value: unknown,
  name: string,
  max: number = Number.MAX_SAFE_INTEGER,
): asserts value is number {
  if (!Number.isSafeInteger(value) || (value as number) < 1 || (value as number) > max) {
    const range = max === Number.MAX_SAFE_INTEGER ? 'a positive integer' : `1 to ${max}`;
    throw new TypeError(`"${name}" must be ${range}`);
  }
}

export function assertBoolean(value: unknown, name: string): asserts value is boolean {
  if (typeof value !== 'boolean') throw new TypeError(`"${name}" must be true or false`);
}

/** At least one: the broker answers an empty list with 400 or even 500 (protocol §2.8, §2.12). */
export function assertScopes(value: unknown, name: string): asserts value is readonly string[] {
  if (!Array.isArray(value) || value.length === 0) {
    throw new TypeError(`"${name}" must be a non-empty array of scopes`);
  }
  for (const [index, scope] of value.entries()) assertScope(scope, `${name}[${index}]`);
}

export function assertSignal(value: unknown): asserts value is AbortSignal | undefined {
  if (value !== undefined && !(value instanceof AbortSignal)) {
    throw new TypeError('"signal" must be an AbortSignal');
  }
}
