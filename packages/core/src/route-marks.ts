// Handlers that adapters have built → which routes of an application are guarded, and by what.

import type { RouteNeeds } from './route.js';

/** What a handler or hook does for its route: checks these needs, or says that it is open on purpose. */
export type RouteMark = RouteNeeds | 'public';

// By identity, so that nothing but an adapter can mark, and a handler wrapped by something else counts as none.
const marks = new WeakMap<object, RouteMark>();

/** For adapters: notes what a middleware, hook or handler does. Returns it. */
export function markRoute<Handler extends object>(handler: Handler, mark: RouteMark): Handler {
  marks.set(handler, mark);
  return handler;
}

/** What a middleware, hook or handler was marked with; `undefined` for anything else. */
export function markOf(handler: unknown): RouteMark | undefined {
  return typeof handler === 'function' ? marks.get(handler) : undefined;
}

/** One route of an application, as its framework tells it. */
export interface ListedRoute {
  /** Upper case; `ALL` where the framework says so. */
  readonly method: string;
  /** The pattern, as far as the framework tells it. */
  readonly path: string;
  /** What a caller needs, in the order it is checked: everything in here. */
  readonly needs: readonly RouteNeeds[];
  /** Marked as open on purpose. */
  readonly isPublic: boolean;
}

/** What the marks of one route's handlers say of it: of those only that run before the one that answers. */
export function listRoute(method: string, path: string, handlers: Iterable<unknown>): ListedRoute {
  const found = [...handlers].map(markOf);
  return {
    method: method.toUpperCase(),
    path,
    needs: found.filter((mark) => mark !== undefined && mark !== 'public'),
    isPublic: found.includes('public'),
  };
}

/**
 * Deny by default: every route has a guard, or says that it is public.
 *
 * @throws Error naming all the routes that have neither, or no parameter for a scope of theirs
 */
export function assertGuarded(routes: readonly ListedRoute[]): void {
  assertOnlyPublicIsOpen(routes);
  assertFillable(routes);
}

function assertOnlyPublicIsOpen(routes: readonly ListedRoute[]): void {
  // Where credentials are optional, everybody may come in.
  const open = routes.filter(
    ({ needs, isPublic }) => !isPublic && needs.every(({ isOptional }) => isOptional),
  );
  if (open.length === 0) return;
  const names = open.map(({ method, path }) => `${method} ${path}`).join(', ');
  throw new Error(
    `these routes have no guard that can be seen: ${names}. Put requireScope() on each, ` +
      'or publicRoute() where everybody may come in',
  );
}

// A placeholder without its parameter would be 500 for every request with a good token. Only where the whole
// pattern is known: an adapter writes `…` for what its framework does not tell.
function assertFillable(routes: readonly ListedRoute[]): void {
  const wrong = routes.flatMap(({ method, path, needs }) =>
    path.startsWith('/') && !path.includes('…')
      ? needs
          .flatMap(({ scopes }) => scopes)
          .flatMap((scope) =>
            placeholdersOf(scope)
              .filter((name) => !parametersOf(path).includes(name))
              .map((name) => `${method} ${path} has no parameter "${name}" for "${scope}"`),
          )
      : [],
  );
  if (wrong.length > 0) throw new Error(`scopes that no request could fill: ${wrong.join(', ')}`);
}

function placeholdersOf(scope: string): readonly string[] {
  return Array.from(scope.matchAll(/\{(\w+)\}/g), ([, name = '']) => name);
}

// `:name`, and `*name` of Express 5, with whatever follows.
function parametersOf(path: string): readonly string[] {
  return Array.from(path.matchAll(/[:*](\w+)/g), ([, name = '']) => name);
}
