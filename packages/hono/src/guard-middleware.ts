// A route's check in → Hono middleware out: next(), or the refusal as it is.

import {
  Agent,
  type GuardAnswer,
  type HttpAnswer,
  isSettled,
  markRoute,
  type RouteCheck,
  runAs,
} from '@agentwrit/core';
import type { Context, MiddlewareHandler, Next } from 'hono';
import { HonoRequestFacts } from './request-facts.js';

// With two parameters: that is what Hono calls middleware, and a handler otherwise.
export function guardMiddleware(check: RouteCheck<Context>): MiddlewareHandler {
  return markRoute(function agentwrit(c, next) {
    const answer = check(new HonoRequestFacts(c));
    return isSettled(answer, 'outcome') ? proceed(answer, c, next) : proceedLate(answer, c, next);
  }, check.needs);
}

async function proceedLate(
  answer: Promise<GuardAnswer>,
  c: Context,
  next: Next,
): Promise<Response | void> {
  const wasAnswered = c.finalized;
  const late = await answer;
  // Something else (a timeout, say) has answered while the broker was asked: nobody waits for this.
  if (c.finalized && !wasAnswered) return;
  return proceed(late, c, next);
}

function proceed(answer: GuardAnswer, c: Context, next: Next): Promise<Response | void> {
  if (answer.outcome === 'refuse') return Promise.resolve(respond(c, answer.refusal));
  // Without one of its own, the request keeps the agent that an earlier guard has found.
  if (answer.outcome === 'anonymous') return runAs(earlierAgent(c), next);
  c.set('agent', answer.agent);
  return runAs(answer.agent, next);
}

function earlierAgent(c: Context): Agent | undefined {
  const agent: unknown = c.get('agent');
  return agent instanceof Agent ? agent : undefined;
}

/** An answer of the guard's own. Headers that others have set stay, but for those it says itself. */
export function respond(c: Context, { status, headers, body }: HttpAnswer): Response {
  const response = c.newResponse(body, new Response(null, { status, headers }));
  // Without this, Hono would lay the headers of an earlier c.res over it: a refusal is not to be cached.
  c.res = undefined;
  c.res = response;
  return response;
}
