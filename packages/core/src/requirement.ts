// What a route was declared to need in → the scopes one request needs out.

import {
  compileRequiredScope,
  type HeldScopes,
  isScope,
  type RequiredScope,
  type Scope,
} from '@agentwrit/protocol';
import type { RequestFacts } from './request-facts.js';
import { callProgram, RouteFault } from './route-fault.js';
import { compileTemplate, type RouteParameters, type Template } from './template.js';

/**
 * Works out what one request needs: a scope or several, at once or later. Called with the framework's own
 * request, and only when its token is good. What it returns is taken as it is: no placeholders.
 */
export type ComputedScopes<Request> = (
  request: Request,
) => string | readonly string[] | PromiseLike<string | readonly string[]>;

/** A scope, or a function that computes it for each request. */
export type Requirable<Request> = Scope | ComputedScopes<Request>;

/** `always`: whatever the parameters are. `here`: with those of this request. */
export type Coverage = 'always' | 'here' | 'none';

/** What a route needs: all of its scopes, or any one of them; with none, any good token will do. */
export interface Requirement<Request> {
  readonly match: Needed['match'];
  /** As declared, placeholders included; without what is computed. */
  readonly declared: readonly Scope[];
  /** Whether functions of the program have a say. */
  readonly isComputed: boolean;
  /** What this request needs, where nothing is computed. @throws RouteFault when a parameter is missing */
  readonly resolve: (params: RouteParameters) => readonly RequiredScope[];
  /**
   * Whether that is held, as {@link isCovered} says; nothing is written out that need not be.
   *
   * @throws RouteFault when a parameter is missing
   */
  readonly coverage: (held: HeldScopes, params: RouteParameters) => Coverage;
  /** @throws RouteFault when a parameter is missing */
  readonly assertFilled: (params: RouteParameters) => void;
  /** What this request needs. @throws RouteFault when a parameter is missing or a function fails */
  readonly compute: (facts: RequestFacts<Request>) => Promise<readonly RequiredScope[]>;
}

/**
 * Compiles scopes such as `read:data:*` or `read:data:customer-{id}`, and functions that compute them.
 *
 * @param where what they were given to, for messages
 * @throws TypeError when there is none, or a scope is malformed
 */
export function compileRequirement<Request>(
  where: string,
  match: Requirement<Request>['match'],
  requirables: readonly unknown[],
): Requirement<Request> {
  if (requirables.length === 0) {
    throw new TypeError(
      `"${where}" needs at least one scope "action:resource:identifier"; to admit any agent, say authenticate()`,
    );
  }
  const parts = requirables.map((requirable) =>
    isComputedScopes<Request>(requirable)
      ? { computed: requirable, fixed: undefined }
      : { computed: undefined, fixed: compileTemplate(requirable, where) },
  );
  const fixed = parts.flatMap((part) => (part.fixed === undefined ? [] : [part.fixed]));
  const constants = fixed.flatMap((part) => ('fill' in part ? [] : [part]));
  return {
    match,
    declared: Object.freeze(
      requirables.filter((item) => typeof item === 'string' && isScope(item)),
    ),
    isComputed: fixed.length < parts.length,
    resolve:
      constants.length === fixed.length
        ? () => constants
        : (params) => fixed.map((part) => fill(part, params)),
    coverage: (held, params) => coverageOf(fixed, match, held, params),
    assertFilled: (params) => assertFilled(fixed, params),
    async compute(facts) {
      const needed: RequiredScope[] = [];
      for (const { computed, fixed: part } of parts) {
        if (part !== undefined) needed.push(fill(part, facts));
        else {
          const value = await callProgram(computed, facts.request, `a scope of ${where}`);
          needed.push(...readComputed(value));
        }
      }
      return needed;
    },
  };
}

/** Any good token: `authenticate()`. */
export const NOTHING_MORE: Requirement<unknown> = {
  match: 'all',
  declared: Object.freeze([]),
  isComputed: false,
  resolve: () => [],
  coverage: () => 'always',
  assertFilled: () => undefined,
  compute: () => Promise.resolve([]),
};

/** What one request needs. */
export interface Needed {
  readonly scopes: readonly RequiredScope[];
  readonly match: 'all' | 'any';
}

/** Whether a token's scopes cover what is needed. Of no alternatives none is covered. */
export function isCovered({ scopes, match }: Needed, held: HeldScopes): boolean {
  return match === 'all'
    ? scopes.every((scope) => held.coversCompiled(scope))
    : scopes.some((scope) => held.coversCompiled(scope));
}

type FixedScope = RequiredScope | Template;

function fill(part: FixedScope, params: RouteParameters): RequiredScope {
  return 'fill' in part ? part.fill(params) : part;
}

function assertFilled(parts: readonly FixedScope[], params: RouteParameters): void {
  for (const part of parts) if ('fill' in part) part.assertFilled(params);
}

function coverageOf(
  parts: readonly FixedScope[],
  match: Needed['match'],
  held: HeldScopes,
  params: RouteParameters,
): Coverage {
  let always = 0;
  let covered = 0;
  // To the end in any case: a parameter that is missing is a fault, whatever the rest says.
  for (const part of parts) {
    const coverage = coverageOfPart(part, held, params);
    if (coverage !== 'none') covered += 1;
    if (coverage === 'always') always += 1;
  }
  const enough = match === 'all' ? parts.length : 1;
  if (always >= enough) return 'always';
  return covered >= enough ? 'here' : 'none';
}

function coverageOfPart(part: FixedScope, held: HeldScopes, params: RouteParameters): Coverage {
  if (!('fill' in part)) return held.coversCompiled(part) ? 'always' : 'none';
  if (!held.has(part.wide)) return held.coversCompiled(part.fill(params)) ? 'here' : 'none';
  part.assertFilled(params);
  return 'always';
}

function isComputedScopes<Request>(value: unknown): value is ComputedScopes<Request> {
  return typeof value === 'function';
}

// Checked each time: a program may compute anything, and nothing at all would ask for nothing.
function readComputed(value: unknown): readonly RequiredScope[] {
  const scopes: readonly unknown[] = Array.isArray(value) ? value : [value];
  const needed = scopes.flatMap((scope) => {
    const compiled = typeof scope === 'string' ? compileRequiredScope(scope) : undefined;
    return compiled === undefined ? [] : [compiled];
  });
  if (needed.length === 0 || needed.length < scopes.length) {
    throw new RouteFault(
      'computed_scope',
      'a function that computes scopes must return "action:resource:identifier" or a non-empty array of them',
    );
  }
  return needed;
}
