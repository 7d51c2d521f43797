// Options of several calls as given in → nothing out, or a TypeError that names the option.

import { assertKnownOptions, assertNumber, assertScope, isScope } from '@agentwrit/protocol';

/** What every call to the broker can be given. */
export interface CallOptions {
  /** Rejects with the signal's reason. A renewal or release that others wait for goes on. */
  readonly signal?: AbortSignal | undefined;
}

/** Options that hold a signal and nothing else. @returns the signal, checked */
export function readSignal(options: CallOptions, where: string): AbortSignal | undefined {
  assertKnownOptions(options, where, ['signal']);
  assertSignal(options.signal);
  return options.signal;
}

export function assertSignal(value: unknown): asserts value is AbortSignal | undefined {
  if (value !== undefined && !(value instanceof AbortSignal)) {
    throw new TypeError('"signal" must be an AbortSignal');
  }
}

/** Seconds; absent is fine. */
export function assertSeconds(value: number | undefined, name: string): void {
  if (value !== undefined) assertNumber(value, name, { min: 1, isWhole: true });
}

/** At least one: the broker answers an empty list with 400 or even 500 (protocol §2.8, §2.12). */
export function assertScopes(value: unknown, name: string): asserts value is readonly string[] {
  if (!Array.isArray(value) || value.length === 0) {
    throw new TypeError(`"${name}" must be a non-empty array of scopes`);
  }
  for (const [index, scope] of value.entries()) {
    assertScope(scope, `${name}[${index}]`);
    // "a:b:c d:e:f": the broker takes it for one scope, which covers neither of the two.
    if (scope.split(/[\s,]+/).filter(isScope).length > 1) {
      throw new TypeError(
        `"${name}[${index}]" must be one scope, and holds several: give each its own text`,
      );
    }
  }
}
