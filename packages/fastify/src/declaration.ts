// What a route says in its `config`, or a scope of routes where the plugin is registered, in → its hooks out.

import {
  type AuthenticateOptions,
  type Requirable,
  type RequireScope,
  ROUTE_OPTIONS,
  type RouteOptions,
} from '@agentwrit/core';
import type { CheckedRequest } from './checked-request.js';
import { publicRoute, type RouteHook } from './route-hook.js';

/** One scope or function that computes scopes, or several. */
export type DeclaredScopes =
  | Requirable<CheckedRequest>
  | readonly [Requirable<CheckedRequest>, ...Requirable<CheckedRequest>[]];

/** Scopes, all of them needed; or an object that says `all` or `any`, and the options of `requireScope`. */
export type DeclaredScope =
  | DeclaredScopes
  | (RouteOptions<CheckedRequest> & { readonly all: DeclaredScopes; readonly any?: never })
  | (RouteOptions<CheckedRequest> & { readonly any: DeclaredScopes; readonly all?: never });

/** At most one of the three, but for `authenticate: { optional: true }` on a public route. */
export interface Declaration {
  /** What a caller needs: `'read:data:customer-{id}'`, `['…', '…']`, or `{ any: ['…', '…'], maxAge: 0 }`. */
  readonly scope?: DeclaredScope;
  /** Any good token, whatever its scope: `true`, or the options of `authenticate`. */
  readonly authenticate?: true | (object & AuthenticateOptions<CheckedRequest>);
  /** Open on purpose. */
  readonly publicRoute?: true;
}

declare module 'fastify' {
  interface FastifyContextConfig extends Declaration {}
}

/** What a guard makes hooks with. */
export interface HookBuilders {
  readonly requireScope: RequireScope<RouteHook, CheckedRequest>;
  readonly requireAnyScope: RequireScope<RouteHook, CheckedRequest>;
  readonly authenticate: (options?: AuthenticateOptions<CheckedRequest>) => RouteHook;
}

export const DECLARATIONS: readonly (keyof Declaration)[] = [
  'scope',
  'authenticate',
  'publicRoute',
];

/** Which of the three an object says. */
export function declaredIn(said: object | undefined): readonly (keyof Declaration)[] {
  return said === undefined ? [] : DECLARATIONS.filter((name) => name in said);
}

/**
 * @param builders whose hooks they become; asked for only where there is something to check
 * @returns in the order they run; none where nothing is said
 * @throws TypeError when two things are said that exclude each other, or something wrong
 */
export function compileDeclaration(
  said: Declaration | undefined,
  builders: () => HookBuilders,
): readonly RouteHook[] {
  const [name, another] = declaredIn(said);
  if (said === undefined || name === undefined) return [];
  if (another !== undefined && !isOpenToAgents(said)) {
    throw new TypeError(`"${name}" and "${another}" exclude each other`);
  }
  const isPublic: unknown = said.publicRoute;
  if ('publicRoute' in said && isPublic !== true) {
    throw new TypeError('"publicRoute" takes true; else leave it out');
  }
  const stray = ROUTE_OPTIONS.find((option) => option in said);
  if (stray !== undefined) {
    throw new TypeError(
      `"${stray}" belongs inside: scope: { all: ['…'], ${stray}: … }, or authenticate: { ${stray}: … }`,
    );
  }
  const marks = 'publicRoute' in said ? [publicRoute()] : [];
  if (name === 'scope') return [compileScope(said.scope, builders())];
  if (name !== 'authenticate') return marks;
  return [...marks, compileAuthenticate(said.authenticate, builders())];
}

/** Public, and agents are known all the same. */
function isOpenToAgents({ scope, authenticate, publicRoute: isPublic }: Declaration): boolean {
  return (
    scope === undefined &&
    isPublic === true &&
    typeof authenticate === 'object' &&
    authenticate.optional === true
  );
}

function compileAuthenticate(
  declared: Declaration['authenticate'],
  builders: HookBuilders,
): RouteHook {
  if (declared === true) return builders.authenticate();
  if (typeof declared === 'object') return builders.authenticate(declared);
  throw new TypeError('"authenticate" takes true, or options; else leave it out');
}

function compileScope(declared: unknown, builders: HookBuilders): RouteHook {
  if (typeof declared !== 'object' || declared === null || Array.isArray(declared)) {
    return builders.requireScope(...listOf(declared), {});
  }
  if ('all' in declared === 'any' in declared) {
    throw new TypeError('"scope" takes a scope, an array of scopes, { all: […] } or { any: […] }');
  }
  if ('all' in declared) {
    const { all, ...options } = declared;
    return builders.requireScope(...listOf(all), options);
  }
  const { any, ...options } = declared as { readonly any: unknown };
  return builders.requireAnyScope(...listOf(any), options);
}

// Checked where they are compiled, as those of requireScope().
function listOf(scopes: unknown): [Requirable<CheckedRequest>] {
  return (Array.isArray(scopes) ? scopes : [scopes]) as [Requirable<CheckedRequest>];
}
