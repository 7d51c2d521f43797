// Fastify's request in → the guard's facts; the guard's answer → done(), or the refusal as it is.

import {
  type Agent,
  createGuard,
  type Guard,
  type GuardAnswer,
  type GuardOptions,
  type Refusal,
  type RequireScope,
} from '@agentwrit/core';
import type {
  FastifyPluginCallback,
  FastifyReply,
  FastifyRequest,
  HookHandlerDoneFunction,
  preHandlerHookHandler,
} from 'fastify';
import fastifyPlugin from 'fastify-plugin';
import { FastifyRequestFacts } from './request-facts.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who is calling: set by `requireScope`, absent on routes without it. */
    agent?: Agent;
  }
}

/** One guard, as a Fastify plugin and its route hooks. */
export interface AgentWrit extends Pick<Guard, 'revoke' | 'stats' | 'close'> {
  /** Register it once: declares `request.agent` and closes the guard with the server. */
  readonly plugin: FastifyPluginCallback;
  /**
   * A hook that lets a request on only if the broker vouches for its token and every scope is covered; the
   * caller is then on `request.agent`. `{name}` in an identifier takes the route parameter of that name. Fit
   * for `preHandler`, and for `onRequest` where a body should not even be read; but a route with a schema for
   * its parameters checks and converts them only after that, so its placeholders belong in `preHandler`.
   *
   * @throws TypeError when there is no scope, a scope is malformed or an option is wrong
   * @example
   * app.get('/customers/:id', { preHandler: requireScope('read:data:customer-{id}') }, handler);
   */
  readonly requireScope: RequireScope<preHandlerHookHandler>;
}

/**
 * Makes hooks that share one cache and one pool of connections to the broker.
 *
 * @throws TypeError naming the option that is wrong and what is allowed
 * @example
 * const agentwrit = createAgentWrit({ broker: 'http://127.0.0.1:8080' });
 * await app.register(agentwrit.plugin);
 */
export function createAgentWrit(options: GuardOptions): AgentWrit {
  const guard = createGuard(options);
  const { close, revoke, stats } = guard;
  return {
    plugin: fastifyPlugin(
      (app, _options, done) => {
        // Declared up front, so that every request object has one shape; once, though there may be more guards.
        if (!app.hasRequestDecorator('agent')) app.decorateRequest('agent');
        app.addHook('onClose', close);
        done();
      },
      { name: '@agentwrit/fastify', fastify: '5.x' },
    ),
    requireScope(first, ...others) {
      const check = guard.requireScope(first, ...others);
      return function requireScope(request, reply, done) {
        const answer = check(new FastifyRequestFacts(request));
        if ('outcome' in answer) proceed(answer, request, reply, done);
        else answer.then((late) => proceed(late, request, reply, done), done);
      };
    },
    close,
    revoke,
    stats,
  };
}

// Never throws before done(): a late answer has nobody to throw to, and would end the process.
function proceed(
  answer: GuardAnswer,
  request: FastifyRequest,
  reply: FastifyReply,
  done: HookHandlerDoneFunction,
): void {
  try {
    if (answer.outcome === 'refuse') {
      send(answer.refusal, reply);
      return;
    }
    if (answer.outcome === 'allow') request.agent = answer.agent;
  } catch (error) {
    done(error instanceof Error ? error : new Error('the refusal could not be sent'));
    return;
  }
  done();
}

function send({ status, headers, body }: Refusal, reply: FastifyReply): void {
  // Something else may have answered while the broker was asked; `sent` is false while a stream is on its way.
  if (reply.sent || reply.raw.headersSent) return;
  // Bytes, not text: Fastify would add a charset to the type.
  reply.code(status).headers(headers).send(Buffer.from(body));
}
