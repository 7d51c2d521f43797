// Held scopes and required scopes in → covered or not out (protocol §4.2).
//
// For a well-formed required scope `a:r:i`, a held scope covers it exactly when the held text equals
// `a:r:i` or equals `a:r:*`: the split at the first two colons is one-to-one, so comparing parts and
// comparing texts is the same thing, and a malformed held scope can equal neither. Both the set form
// and the compiled form below are this one sentence.

import { parseScope } from './scope.js';

/**
 * Whether one held scope covers one required scope (protocol §4.2). `*` is special only as the whole
 * identifier of the held scope; a malformed scope covers nothing and is covered by nothing.
 */
export function scopeCovers(held: string, required: string): boolean {
  const wide = widened(required);
  return wide !== undefined && (held === required || held === wide);
}

/**
 * Whether every required scope is covered by some held scope. An empty `required` is covered;
 * malformed held scopes are skipped, a malformed required scope fails (protocol §4.2).
 */
export function scopeIsSubset(required: readonly string[], held: readonly string[]): boolean {
  // Compiled, so that long lists cost no more than their length.
  const scopes = new HeldScopes(held);
  return required.every((scope) => scopes.covers(scope));
}

/** A required scope, prepared so that each later check is two set look-ups. */
export interface RequiredScope {
  readonly scope: string;
  /** The same action and resource with identifier `*`. */
  readonly wide: string;
}

/** Prepares a required scope for {@link HeldScopes.coversCompiled}; `undefined` when it is malformed. */
export function compileRequiredScope(scope: string): RequiredScope | undefined {
  const wide = widened(scope);
  return wide === undefined ? undefined : { scope, wide };
}

/** The scopes of one token, prepared for repeated checks. Immutable. */
export class HeldScopes {
  /** As granted: order and duplicates kept. Frozen. */
  readonly scopes: readonly string[];
  readonly #texts: ReadonlySet<string>;

  constructor(scopes: readonly string[]) {
    this.scopes = Object.freeze([...scopes]);
    this.#texts = new Set(scopes);
  }

  /** Whether some held scope covers this one; a malformed required scope is never covered. */
  covers(required: string): boolean {
    const compiled = compileRequiredScope(required);
    return compiled !== undefined && this.coversCompiled(compiled);
  }

  /** The same for a scope out of {@link compileRequiredScope}. It believes what it is given. */
  coversCompiled({ scope, wide }: RequiredScope): boolean {
    return this.#texts.has(scope) || this.#texts.has(wide);
  }

  /** Which held scope covers it: the same text where it is held, else the wildcard; `undefined` when none does. */
  covering({ scope, wide }: RequiredScope): string | undefined {
    if (this.#texts.has(scope)) return scope;
    return this.#texts.has(wide) ? wide : undefined;
  }

  /** Whether this very text was granted. */
  has(scope: string): boolean {
    return this.#texts.has(scope);
  }

  /**
   * The identifiers held for an action on a resource: `'*'` for all of them, else the set (empty when
   * none), so that a list endpoint can filter its rows.
   */
  identifiers(action: string, resource: string): '*' | ReadonlySet<string> {
    const found = new Set<string>();
    for (const scope of this.#texts) {
      const parts = parseScope(scope);
      if (parts?.action !== action || parts.resource !== resource) continue;
      if (parts.identifier === '*') return '*';
      found.add(parts.identifier);
    }
    return found;
  }
}

function widened(scope: string): string | undefined {
  const parts = parseScope(scope);
  return parts && `${parts.action}:${parts.resource}:*`;
}
