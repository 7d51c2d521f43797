// Nothing in → middleware that says a route is open on purpose out.

import { markRoute } from '@agentwrit/core';
import type { MiddlewareHandler } from 'hono';
import type { BlankEnv } from 'hono/types';

/**
 * Middleware that says of a route that it is open on purpose, and lets every request on.
 *
 * @example
 * app.get('/health', publicRoute(), (c) => c.text('ok'));
 */
export function publicRoute(): MiddlewareHandler<BlankEnv> {
  return markRoute((_c, next) => next(), 'public');
}
