// A compiled check in → Express middleware out: next() as the agent, or the refusal as it is.

import type { ServerResponse } from 'node:http';
import {
  Agent,
  type GuardAnswer,
  type HttpAnswer,
  isSettled,
  markRoute,
  type RequestFacts,
  type RouteCheck,
  runAs,
} from '@agentwrit/core';
import type { ExpressMiddleware, Next } from './express-request.js';
import { ExpressRequestFacts, type ReceivedRequest } from './request-facts.js';

/** @param check of no request in particular: functions of the program take it as any of Express' types */
export function guardMiddleware(check: RouteCheck<never>): ExpressMiddleware {
  return markRoute(function agentWritGuard(req: ReceivedRequest, res, next) {
    const answer = check(new ExpressRequestFacts(req) as RequestFacts<never>);
    if (isSettled(answer, 'outcome')) {
      proceed(answer, req, res, next);
      return;
    }
    const isBegun = res.headersSent;
    answer.then((late) => {
      // Something else (a timeout middleware, say) may have answered while the broker was asked; its caller has
      // been told, and the handler must not act any more.
      if (res.headersSent === isBegun) proceed(late, req, res, next);
    }, next);
  }, check.needs);
}

// Never throws before next(): a late answer has nobody to throw to, and would end the process.
function proceed(answer: GuardAnswer, req: ReceivedRequest, res: ServerResponse, next: Next): void {
  let agent: Agent | undefined;
  try {
    switch (answer.outcome) {
      case 'refuse':
        send(answer.refusal, res);
        return;
      case 'anonymous':
        agent = earlierAgent(req);
        break;
      case 'allow':
        // Written, and not read again: to reach a member of Express' requests costs Node 20 a third of a microsecond.
        agent = req.agent = answer.agent;
    }
  } catch (error) {
    next(error);
    return;
  }
  runAs(agent, next);
}

// Without one of its own, the request keeps the agent that an earlier guard has found. Nothing else of that name.
function earlierAgent({ agent }: ReceivedRequest): Agent | undefined {
  return agent instanceof Agent ? agent : undefined;
}

/** Sends a whole answer, unless another is on its way already. */
export function send({ status, headers, body }: HttpAnswer, res: ServerResponse): void {
  if (res.headersSent) return;
  // Not res.send(): it would add a charset to the type and an ETag.
  res.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
  res.end(body);
}
