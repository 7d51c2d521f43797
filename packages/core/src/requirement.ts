// The scopes a route was declared with in → the scopes one request needs out.

import { compileRequiredScope, type RequiredScope } from '@agentwrit/protocol';

/** What a route needs: every one of its scopes. */
export interface Requirement {
  /** As declared, placeholders included. */
  readonly declared: readonly string[];
  /**
   * The scopes this request needs, placeholders filled from the route's parameters.
   *
   * @throws UnfilledPlaceholder when a parameter is missing or empty
   */
  readonly resolve: (param: (name: string) => string | undefined) => readonly RequiredScope[];
}

/** A route was declared with a placeholder that its path does not have: a mistake in the program. */
export class UnfilledPlaceholder extends Error {
  override readonly name = 'UnfilledPlaceholder';
  readonly code = 'unfilled_placeholder';

  constructor(placeholder: string, declared: string) {
    super(`the route has no parameter "${placeholder}" to fill the scope "${declared}" with`);
  }
}

/**
 * Compiles scopes such as `read:data:*` or `read:data:customer-{id}`. Placeholders stand in the identifier
 * only and take the route's own parameter of that name.
 *
 * @throws TypeError when there is no scope, or one is malformed
 */
export function compileRequirement(scopes: readonly unknown[]): Requirement {
  if (scopes.length === 0) {
    throw new TypeError(
      '"requireScope" needs at least one scope "action:resource:identifier"; to admit any agent is not a default',
    );
  }
  const resolvers = scopes.map(compileTemplate);
  const constants = resolvers.flatMap((resolver) =>
    typeof resolver === 'function' ? [] : [resolver],
  );
  return {
    declared: Object.freeze(scopes.map(String)),
    resolve:
      constants.length === resolvers.length
        ? () => constants
        : (param) =>
            resolvers.map((resolver) =>
              typeof resolver === 'function' ? resolver(param) : resolver,
            ),
  };
}

type Resolver = (param: (name: string) => string | undefined) => RequiredScope;

interface Placeholder {
  readonly name: string;
  /** The literal text between this placeholder and the next one, or the end. */
  readonly after: string;
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

function compileTemplate(declared: unknown): RequiredScope | Resolver {
  const compiled = typeof declared === 'string' ? compileRequiredScope(declared) : undefined;
  if (typeof declared !== 'string' || compiled === undefined) {
    throw new TypeError(
      `"requireScope" takes scopes "action:resource:identifier" with three non-empty parts, got ${describe(declared)}`,
    );
  }
  if (!declared.includes('{') && !declared.includes('}')) return compiled;

  if (declared.includes('${')) {
    throw templateError(declared, 'a placeholder is written {name}, without a dollar sign');
  }
  const prefix = compiled.wide.slice(0, -1);
  if (prefix.includes('{') || prefix.includes('}')) {
    throw templateError(declared, 'a placeholder may stand in the identifier only');
  }
  const { before, placeholders } = parseIdentifier(declared, declared.slice(prefix.length));
  return (param) => {
    let identifier = before;
    let isReadable = true;
    for (const [index, { name, after }] of placeholders.entries()) {
      const value = param(name);
      if (value === undefined || value === '') throw new UnfilledPlaceholder(name, declared);
      identifier += value + after;
      // `{tenant}-{id}` filled with "a-b" and "c" reads the same as with "a" and "b-c". A value that runs
      // into the text behind it must not borrow the other reading's grant: only `*` covers it.
      if (index < placeholders.length - 1 && (value + after).indexOf(after) !== value.length) {
        isReadable = false;
      }
    }
    return isReadable
      ? { scope: prefix + identifier, wide: compiled.wide }
      : { scope: compiled.wide, wide: compiled.wide };
  };
}

function parseIdentifier(
  declared: string,
  identifier: string,
): { before: string; placeholders: readonly Placeholder[] } {
  const [before = '', ...rest] = identifier.split('{');
  const placeholders = rest.map((piece) => {
    const [name = '', after, ...extra] = piece.split('}');
    if (after === undefined || extra.length > 0 || !NAME.test(name)) {
      throw templateError(declared, 'a placeholder is written {name}, a letter first');
    }
    return { name, after };
  });
  if (before.includes('}')) throw templateError(declared, 'a "}" has no "{" before it');
  if (placeholders.slice(0, -1).some(({ after }) => after === '')) {
    throw templateError(declared, 'two placeholders need some text between them');
  }
  return { before, placeholders };
}

function describe(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : typeof value;
}

function templateError(declared: string, rule: string): TypeError {
  return new TypeError(`"requireScope" cannot use ${JSON.stringify(declared)}: ${rule}`);
}
