// Fastify's request, as functions of the program get it while it is being checked.

import type { Agent } from '@agentwrit/core';
import type { FastifyRequest, RouteGenericInterface } from 'fastify';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who is calling: set by a guard, absent where none stands. `guarded()` makes it certain. */
    agent?: Agent;
  }
}

/** What is said of a request where its route is not known: parameters and query are there by name. */
export interface CheckedRoute extends RouteGenericInterface {
  /** A schema of the route may have made something else than text of them, but not in `onRequest`. */
  Params: Readonly<Record<string, string>>;
  Querystring: Readonly<Record<string, unknown>>;
}

/** What functions that compute scopes, name a task or render a refusal get: Fastify's own request. */
export type CheckedRequest<Route extends RouteGenericInterface = CheckedRoute> =
  FastifyRequest<Route>;
