// What a route says in its `config`, or a scope of routes where the plugin is registered, in → its hook out.

import type { AuthenticateOptions, Requirable, RequireScope, RouteOptions } from '@agentwrit/core';
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

/** At most one of the three. */
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
 * @param builders whose hook it becomes; asked for only where there is something to check
 * @returns `undefined` where nothing is said
 * @throws TypeError when more than one thing is said, or something wrong
 */
export function compileDeclaration(
  said: Declaration | undefined,
  builders: () => HookBuilders,
): RouteHook | undefined {
  const [name, another] = declaredIn(said);
  if (said === undefined || name === undefined) return undefined;
  if (another !== undefined) {
    throw new TypeError(`"${name}" and "${another}" exclude each other`);
  }
  if (name === 'scope') return compileScope(said.scope, builders());
  if (name === 'authenticate') return compileAuthenticate(said.authenticate, builders());
  if (said.publicRoute === true) return publicRoute();
  throw new TypeError('"publicRoute" takes true; else leave it out');
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
