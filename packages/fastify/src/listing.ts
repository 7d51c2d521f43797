// A server with the plugin in → its routes and what each needs of a caller out.

import { assertGuarded as assertAllGuarded, type ListedRoute } from '@agentwrit/core';
import { type AnyFastify, findArea, listArea } from './area.js';

/**
 * Every route declared so far on a server, or on a scope of it, in the order of registration. Guards added by
 * `addHook` are not shown by Fastify, and not seen.
 *
 * @throws Error when no plugin is registered there, or routes were declared before it
 */
export function listRequirements(app: AnyFastify): readonly ListedRoute[] {
  const area = findArea(app);
  if (area === undefined) {
    throw new Error(
      'the routes of this server cannot be seen: no AgentWrit plugin is registered on it ' +
        '("await app.register(agentwrit.plugin)", before any route)',
    );
  }
  return listArea(area, app);
}

/**
 * Deny by default: every route declared so far has a guard that can be seen, or is public.
 *
 * @throws Error naming all the routes that have neither
 */
export function assertGuarded(app: AnyFastify): void {
  assertAllGuarded(listRequirements(app));
}
