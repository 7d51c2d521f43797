// A route as Fastify's onRoute hook shows it in → what is known of its guards out.

import { type ListedRoute, listRoute } from '@agentwrit/core';
import type { FastifyContextConfig, FastifyInstance, RouteOptions } from 'fastify';
import type { Declaration } from './declaration.js';
import type { RouteHook } from './route-hook.js';

/** A route that was declared where the plugin sees it. */
export interface SeenRoute {
  /** The server, or scope of it, that the route was declared on. */
  readonly app: FastifyInstance;
  /** As declared, prefix included. Where a prefix itself is a route, with a slash behind it, it is there twice. */
  readonly url: string;
  /** Fastify's own object, as it is after every onRoute hook; but it gets another `url` on the way. */
  readonly options: RouteOptions;
  /** The area that checks what its `config` says: the nearest when it was declared. */
  readonly checkedBy: object;
  /** What its `config` said then. */
  readonly said: Declaration;
  /** The same, compiled. */
  readonly declared: readonly RouteHook[];
}

// Fastify copies a route's config for its requests, symbols too: the way from a request to its route.
const ROUTE: unique symbol = Symbol('agentwrit.route');

interface StampedConfig extends FastifyContextConfig {
  readonly [ROUTE]?: SeenRoute;
}

/** In a new object: other routes may share the old one. */
export function stamp(route: SeenRoute): void {
  const { options } = route;
  const stamped: StampedConfig = { ...options.config, [ROUTE]: route };
  options.config = stamped;
}

/** The route that a config was stamped with. */
export function stampOf(config: StampedConfig | undefined): SeenRoute | undefined {
  return config?.[ROUTE];
}

/** One entry for each of its methods: what is checked, in the order it is checked. */
export function listSeenRoute(
  { url, options, declared }: SeenRoute,
  hooksOfAreas: readonly RouteHook[],
): readonly ListedRoute[] {
  const { method, onRequest, preParsing, preValidation, preHandler, handler } = options;
  const steps = [
    ...several<unknown>(onRequest),
    ...several<unknown>(preParsing),
    ...several<unknown>(preValidation),
    ...hooksOfAreas,
    ...declared,
    ...several<unknown>(preHandler),
    // A handler of the adapter's own, such as that of the metadata document, says what it is.
    handler,
  ];
  return several(method).map((name) => listRoute(name, url, steps));
}

function several<Item>(value: Item | readonly Item[] | undefined): readonly Item[] {
  if (value === undefined) return [];
  return isArray(value) ? value : [value];
}

// Array.isArray() does not narrow readonly arrays.
function isArray<Item>(value: Item | readonly Item[]): value is readonly Item[] {
  return Array.isArray(value);
}
