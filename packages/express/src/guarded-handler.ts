// A handler that counts on its agent in → one that Express can call, and that fails where no guard stands, out.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { Agent, isThenable, runAs } from '@agentwrit/core';
import type { ExpressMiddleware, ExpressRequest, Next } from './express-request.js';

/** A request behind a guard: `Guarded<Request<{ id: string }>>`. */
export type Guarded<Received> = Received & { readonly agent: Agent };

type AnyHandler = (req: never, res: never, next: never) => unknown;

// `never` where nothing is known, `unknown` in surroundings that take anything.
type IsUnknown<Type> = [Type] extends [never] ? true : unknown extends Type ? true : false;

type Or<Known, Otherwise> = IsUnknown<Known> extends true ? Otherwise : Known;

/** What Express expects where the handler stands, with the agent added to its request. */
type WithAgent<Expected extends AnyHandler> = Expected extends (
  req: infer Req,
  res: infer Res,
  next: infer Go,
) => unknown
  ? (
      req: Guarded<Or<Req, ExpressRequest>>,
      res: Or<Res, ServerResponse>,
      next: Or<Go, Next>,
    ) => unknown
  : never;

/** What Express expects where the handler stands. */
type Fitting<Expected> = Expected extends (req: infer Req, res: never, next: never) => unknown
  ? IsUnknown<Req> extends true
    ? ExpressMiddleware
    : Expected
  : never;

/**
 * The types of {@link guarded}. The first form has only one place to learn its types from, what stands around
 * it, so that in `app.get(path, …)` the request is Express' own with the parameters of that path. Nothing can
 * be learned from an unannotated handler that stands alone; it gets {@link ExpressRequest}. The second form is
 * for handlers that say what they take.
 */
export interface WrapHandler {
  <Expected extends AnyHandler>(handler: WithAgent<Expected>): Fitting<Expected>;
  <Req extends IncomingMessage, Res extends ServerResponse>(
    handler: (req: Guarded<Req>, res: Res, next: Next) => unknown,
  ): (req: Req, res: Res, next: Next) => void;
}

/**
 * Wraps the handler of a guarded route: `req.agent` is never absent in it, and `currentAgent()` is that agent
 * whatever ran in between. Where no guard has let the request on, or only one with `optional` and without a
 * credential, the handler is not called and the error goes to `next`: 500. So do its own errors and rejected
 * promises, on Express 4 as well.
 *
 * @throws TypeError when the handler is no function
 * @example
 * app.get('/orders/:id', requireScope('read:orders:{id}'), guarded((req, res) => {
 *   res.json({ order: req.params.id, readBy: req.agent.id });
 * }));
 */
export const guarded: WrapHandler = (handler: unknown): ExpressMiddleware => {
  if (typeof handler !== 'function') throw new TypeError('"handler" must be a function');
  const call = handler as (req: IncomingMessage, res: ServerResponse, next: Next) => unknown;
  return function guardedHandler(req, res, next) {
    const agent: unknown = 'agent' in req ? req.agent : undefined;
    // Not anything by that name: the guard's own, for which the broker has vouched.
    if (!(agent instanceof Agent)) {
      next(
        new Error('a guarded() handler was reached without an agent: no guard stands before it'),
      );
      return;
    }
    // Express takes an error that is nothing, or one of these words, for leave to go on.
    const fail = (error: unknown): void => {
      const isLeave = !error || error === 'route' || error === 'router';
      next(isLeave ? new Error('a guarded() handler failed without saying why') : error);
    };
    try {
      const result = runAs(agent, () => call(req, res, next));
      if (isThenable(result)) result.then(undefined, fail);
    } catch (error) {
      fail(error);
    }
  };
};
