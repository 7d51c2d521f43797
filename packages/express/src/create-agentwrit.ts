// Express' request in → the guard's facts; the guard's answer → next(), or the refusal as it is.

import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  type Agent,
  createGuard,
  type Guard,
  type GuardAnswer,
  type GuardOptions,
  type Refusal,
  type RequireScope,
} from '@agentwrit/core';
import { type ExpressRequest, ExpressRequestFacts } from './request-facts.js';

declare global {
  namespace Express {
    interface Request {
      /** Who is calling: set by `requireScope`, absent on routes without it. */
      agent?: Agent;
    }
  }
}

/**
 * Express middleware, in Node's own types: Express' would fix the type of `req.params`, and the handlers
 * behind it could no longer take theirs from the path.
 */
export type ExpressMiddleware = (
  req: IncomingMessage,
  res: ServerResponse,
  next: (error?: unknown) => void,
) => void;

/** One guard, as Express middleware. */
export interface AgentWrit extends Pick<Guard, 'revoke' | 'stats' | 'close'> {
  /**
   * Middleware that lets a request on only if the broker vouches for its token and every scope is covered;
   * the caller is then on `req.agent`. `{name}` in an identifier takes the route parameter of that name.
   *
   * @throws TypeError when there is no scope, a scope is malformed or an option is wrong
   * @example
   * app.get('/customers/:id', requireScope('read:data:customer-{id}'), handler);
   */
  readonly requireScope: RequireScope<ExpressMiddleware>;
}

/**
 * Makes middleware that shares one cache and one pool of connections to the broker. For Express 4 and 5.
 *
 * @throws TypeError naming the option that is wrong and what is allowed
 * @example
 * const { requireScope } = createAgentWrit({ broker: 'http://127.0.0.1:8080' });
 */
export function createAgentWrit(options: GuardOptions): AgentWrit {
  const guard = createGuard(options);
  return {
    requireScope(first, ...others) {
      const check = guard.requireScope(first, ...others);
      return function requireScope(req: ExpressRequest, res, next) {
        const answer = check(new ExpressRequestFacts(req));
        if ('outcome' in answer) proceed(answer, req, res, next);
        else answer.then((late) => proceed(late, req, res, next), next);
      };
    },
    revoke: guard.revoke,
    stats: guard.stats,
    close: guard.close,
  };
}

// Never throws before next(): a late answer has nobody to throw to, and would end the process.
function proceed(
  answer: GuardAnswer,
  req: ExpressRequest,
  res: ServerResponse,
  next: (error?: unknown) => void,
): void {
  try {
    if (answer.outcome === 'refuse') {
      send(answer.refusal, res);
      return;
    }
    if (answer.outcome === 'allow') req.agent = answer.agent;
  } catch (error) {
    next(error);
    return;
  }
  next();
}

function send({ status, headers, body }: Refusal, res: ServerResponse): void {
  // Something else (a timeout middleware, say) may have answered while the broker was asked.
  if (res.headersSent) return;
  // Not res.send(): it would add a charset to the type and an ETag.
  res.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
  res.end(body);
}
