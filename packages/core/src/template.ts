// One scope as declared, such as `read:data:customer-{id}`, in → the scope one request needs out.

import { compileRequiredScope, type RequiredScope } from '@agentwrit/protocol';
import type { RequestFacts } from './request-facts.js';
import { RouteFault } from './route-fault.js';

/** Where a request's parameters come from. */
export type RouteParameters = Pick<RequestFacts, 'param'>;

/** A scope with placeholders. */
export interface Template {
  /** The same action and resource with identifier `*`: covers whatever the placeholders are filled with. */
  readonly wide: string;
  /** @throws RouteFault when a parameter is missing or empty */
  readonly assertFilled: (params: RouteParameters) => void;
  /** Fills the placeholders from the route's parameters. @throws RouteFault when one is missing or empty */
  readonly fill: (params: RouteParameters) => RequiredScope;
}

interface Placeholder {
  readonly name: string;
  /** The literal text between this placeholder and the next one, or the end. */
  readonly after: string;
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * Placeholders stand in the identifier only and take the route's own parameter of that name.
 *
 * @param where what the scope was given to, for the message
 * @returns the scope itself where it has no placeholder
 * @throws TypeError when the scope is malformed
 */
export function compileTemplate(declared: unknown, where: string): RequiredScope | Template {
  const compiled = typeof declared === 'string' ? compileRequiredScope(declared) : undefined;
  if (typeof declared !== 'string' || compiled === undefined) {
    throw new TypeError(
      `"${where}" takes scopes "action:resource:identifier" with three non-empty parts, got ${describe(declared)}`,
    );
  }
  if (!declared.includes('{') && !declared.includes('}')) return compiled;

  const wrong = (rule: string): TypeError =>
    new TypeError(`"${where}" cannot use ${JSON.stringify(declared)}: ${rule}`);
  if (declared.includes('${')) {
    throw wrong('a placeholder is written {name}, without a dollar sign');
  }
  const prefix = compiled.wide.slice(0, -1);
  if (prefix.includes('{') || prefix.includes('}')) {
    throw wrong('a placeholder may stand in the identifier only');
  }
  const { before, placeholders } = parseIdentifier(declared.slice(prefix.length), wrong);
  const { wide } = compiled;
  const valueOf = (name: string, params: RouteParameters): string => {
    const value = params.param(name);
    if (value === undefined || value === '') throw unfilled(name, declared);
    return value;
  };
  return {
    wide,
    assertFilled(params) {
      for (const { name } of placeholders) valueOf(name, params);
    },
    fill(params) {
      let identifier = before;
      let isReadable = true;
      for (const [index, { name, after }] of placeholders.entries()) {
        const value = valueOf(name, params);
        identifier += value + after;
        // `{tenant}-{id}` filled with "a-b" and "c" reads the same as with "a" and "b-c". A value that runs
        // into the text behind it must not borrow the other reading's grant: only `*` covers it.
        if (index < placeholders.length - 1 && (value + after).indexOf(after) !== value.length) {
          isReadable = false;
        }
      }
      return { scope: isReadable ? prefix + identifier : wide, wide };
    },
  };
}

function parseIdentifier(
  identifier: string,
  wrong: (rule: string) => TypeError,
): { before: string; placeholders: readonly Placeholder[] } {
  const [before = '', ...rest] = identifier.split('{');
  const placeholders = rest.map((piece) => {
    const [name = '', after, ...extra] = piece.split('}');
    if (after === undefined || extra.length > 0 || !NAME.test(name)) {
      throw wrong('a placeholder is written {name}, a letter first');
    }
    return { name, after };
  });
  if (before.includes('}')) throw wrong('a "}" has no "{" before it');
  if (placeholders.slice(0, -1).some(({ after }) => after === '')) {
    throw wrong('two placeholders need some text between them');
  }
  return { before, placeholders };
}

function unfilled(placeholder: string, declared: string): RouteFault {
  return new RouteFault(
    'unfilled_placeholder',
    `the route has no parameter "${placeholder}" to fill the scope "${declared}" with`,
  );
}

function describe(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : typeof value;
}
