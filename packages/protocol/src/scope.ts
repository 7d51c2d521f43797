// Scope text in → its three parts out (protocol §4.1).

/**
 * A scope, `action:resource:identifier`. The type catches a missing part in literals; {@link isScope}
 * is the full check (all three parts non-empty) for text from elsewhere.
 */
export type Scope<
  Action extends string = string,
  Resource extends string = string,
  Identifier extends string = string,
> = `${Action}:${Resource}:${Identifier}`;

export interface ScopeParts {
  readonly action: string;
  readonly resource: string;
  /** May itself contain colons. `*` alone means "every identifier", and only in a held scope. */
  readonly identifier: string;
}

/**
 * Splits at the first two colons only; all three parts must be non-empty, nothing else is checked:
 * no character set, no trimming, no case folding (protocol §4.1).
 *
 * @returns the parts, or `undefined` when the text is not a scope.
 */
export function parseScope(text: string): ScopeParts | undefined {
  const first = text.indexOf(':');
  const second = text.indexOf(':', first + 1);
  if (first < 1 || second <= first + 1 || second === text.length - 1) return undefined;
  return {
    action: text.slice(0, first),
    resource: text.slice(first + 1, second),
    identifier: text.slice(second + 1),
  };
}

/** Whether the text is a well-formed scope (protocol §4.1). */
export function isScope(text: string): text is Scope {
  return parseScope(text) !== undefined;
}

/**
 * Narrows configuration text to a {@link Scope}.
 *
 * @param name what the value is called where it was written, for the message
 * @throws TypeError when `value` is not a string of three non-empty parts
 */
export function assertScope(value: unknown, name: string): asserts value is Scope {
  if (typeof value === 'string' && isScope(value)) return;
  const got = typeof value === 'string' ? JSON.stringify(value) : typeof value;
  throw new TypeError(
    `"${name}" must be a scope "action:resource:identifier" with three non-empty parts, got ${got}`,
  );
}
