// An application or router in → its routes, and what guards each of them, out. A guard that Express does not
// show to stand before a route does not count.

import {
  assertGuarded as assertListedGuarded,
  type ListedRoute,
  listRoute,
  markOf,
} from '@agentwrit/core';
import { chainsOf, checksOf, isErrorHandler } from './handler-chain.js';
import { plainBeginning } from './route-path.js';
import { mountedAppOf } from './mounted-app.js';
import { readStack, type RouteLayer, type RouterStack, type UseLayer } from './router-stack.js';
import { seenFrom, type Standing, standing } from './standing-guard.js';

/** An application or a router of Express 4 or 5. */
export interface ExpressRoutes {
  readonly use: unknown;
  readonly route: unknown;
}

/** What is known of the routers above the one that is walked. */
interface Above {
  readonly routers: ReadonlySet<unknown>;
  /** Where this one is mounted. */
  readonly prefix: string;
  readonly guards: readonly Standing[];
  /** What stands for an application that is mounted in one of these, as text. */
  readonly mountedApp: string | undefined;
  /** Whether all of them tell upper from lower case. */
  readonly isCaseSensitive: boolean;
}

// Where Express does not tell.
const SOMEWHERE = '…';

/**
 * Every route of an application or router, in the order of registration, with what its guards need. The paths
 * of routers below that Express 5 mounted anywhere but at `/` begin with `…`, and so does the entry of a whole
 * application that is mounted in another.
 *
 * @throws TypeError for what is neither an application nor a router of Express
 */
export function listRequirements(app: ExpressRoutes): readonly ListedRoute[] {
  const stack = readStack(app);
  if (stack === undefined) {
    throw new TypeError('"app" must be an application or a router of Express 4 or 5');
  }
  return listStack(stack, {
    routers: new Set([app]),
    prefix: '',
    guards: [],
    mountedApp: mountedAppOf(app),
    isCaseSensitive: true,
  });
}

/**
 * Deny by default, at start-up: every route has a guard, or says that it is public.
 *
 * @throws Error naming all the routes that have neither
 * @throws TypeError for what is neither an application nor a router of Express
 * @example
 * assertGuarded(app);
 * app.listen(3000);
 */
export function assertGuarded(app: ExpressRoutes): void {
  assertListedGuarded(listRequirements(app));
}

function listStack(stack: RouterStack, above: Above): ListedRoute[] {
  const isCaseSensitive = above.isCaseSensitive && stack.isCaseSensitive;
  const listed: ListedRoute[] = [];
  let own: Standing[] = [];
  for (const layer of stack.layers) {
    const here = { ...above, isCaseSensitive, guards: [...above.guards, ...own] };
    if (layer.kind === 'route') listed.push(...listLayer(layer, here));
    else if (markOf(layer.handle) !== undefined) own.push(standing(layer));
    // An error raised before a guard passes it by, and this may turn the error into leave to go on.
    else if (isErrorHandler(layer.handle)) own = [];
    else listed.push(...listBelow(layer, here));
  }
  return listed;
}

function listLayer({ path, handlers }: RouteLayer, here: Above): ListedRoute[] {
  const paths: readonly unknown[] = Array.isArray(path) ? path : [path];
  const chains = chainsOf(handlers);
  return paths.flatMap((one) => {
    const guards = guardsOf(plainBeginning(one), here);
    return chains.map(([method, chain]) =>
      listRoute(method, join(here.prefix, String(one)), [...guards, ...checksOf(chain)]),
    );
  });
}

/** What a function put in by `use()` has below it: a router has routes, other middleware has none. */
function listBelow({ handle, mountedAt }: UseLayer, here: Above): ListedRoute[] {
  if (typeof handle === 'function' && String(handle) === here.mountedApp) {
    const path = join(
      here.prefix,
      mountedAt === undefined ? SOMEWHERE : `${mountedAt}/${SOMEWHERE}`,
    );
    return [listRoute('ALL', path, guardsOf(mountedAt, here))];
  }
  const stack = here.routers.has(handle) ? undefined : readStack(handle);
  if (stack === undefined) return [];
  return listStack(stack, {
    routers: new Set([...here.routers, handle]),
    prefix: join(here.prefix, mountedAt ?? SOMEWHERE),
    guards: here.guards.map((guard) => seenFrom(mountedAt, guard)),
    mountedApp: here.mountedApp,
    isCaseSensitive: here.isCaseSensitive,
  });
}

function guardsOf(path: string | undefined, { guards, isCaseSensitive }: Above): unknown[] {
  return guards.filter((guard) => guard.covers(path, isCaseSensitive)).map(({ handle }) => handle);
}

function join(prefix: string, path: string): string {
  // Two unknown parts are no more than one.
  if (path.startsWith(SOMEWHERE) && prefix.endsWith(SOMEWHERE)) return prefix;
  return path === '/' && prefix !== '' ? prefix : prefix + path;
}
