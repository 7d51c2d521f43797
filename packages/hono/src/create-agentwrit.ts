// Hono's context in → the guard's facts; the guard's answer → next(), or the refusal as it is.

import {
  type Agent,
  createGuard,
  type Guard,
  type GuardOptions,
  type RequireScope,
} from '@agentwrit/core';
import type { MiddlewareHandler } from 'hono';
import { HonoRequestFacts } from './request-facts.js';

/** What the middleware adds to the context; Hono carries it to the handlers behind it. */
export interface AgentVariables {
  /** Who is calling. */
  agent: Agent;
}

/** One guard, as Hono middleware. */
export interface AgentWrit extends Pick<Guard, 'revoke' | 'stats' | 'close'> {
  /**
   * Middleware that lets a request on only if the broker vouches for its token and every scope is covered;
   * the caller is then on `c.var.agent`. `{name}` in an identifier takes the route parameter of that name.
   *
   * @throws TypeError when there is no scope, a scope is malformed or an option is wrong
   * @example
   * app.get('/customers/:id', requireScope('read:data:customer-{id}'), (c) => c.text(c.var.agent.id));
   */
  readonly requireScope: RequireScope<MiddlewareHandler<{ Variables: AgentVariables }>>;
}

/**
 * Makes middleware that shares one cache and one pool of connections to the broker.
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
      return async function requireScope(c, next) {
        const checked = check(new HonoRequestFacts(c));
        const answer = 'outcome' in checked ? checked : await checked;
        if (answer.outcome === 'allow') {
          c.set('agent', answer.agent);
          return next();
        }
        if (answer.outcome === 'anonymous') return next();
        const { status, headers, body } = answer.refusal;
        return new Response(body, { status, headers });
      };
    },
    revoke: guard.revoke,
    stats: guard.stats,
    close: guard.close,
  };
}
