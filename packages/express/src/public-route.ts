// Nothing in → middleware that says a route is open on purpose, and goes on, out.

import { markRoute } from '@agentwrit/core';
import type { ExpressMiddleware } from './express-request.js';

/**
 * Says that a route is open to everybody, for `listRequirements()` and `assertGuarded()`. It lets every
 * request on; guards on the same route still count.
 *
 * @example
 * app.get('/health', publicRoute(), (req, res) => res.send('ok'));
 */
export function publicRoute(): ExpressMiddleware {
  return markRoute((_req, _res, next) => next(), 'public');
}
