// A check in → a Fastify hook out: it goes on with the agent, goes on without one, or sends the refusal.

import {
  Agent,
  type GuardAnswer,
  type HttpAnswer,
  isSettled,
  markRoute,
  type RouteCheck,
  runAs,
} from '@agentwrit/core';
import type { FastifyReply, HookHandlerDoneFunction, RequestPayload } from 'fastify';
import type { CheckedRequest } from './checked-request.js';
import { FastifyRequestFacts } from './request-facts.js';

/** The agent that a guard has put on the request: nothing else of that name. */
export function agentOf({ agent }: { readonly agent?: unknown }): Agent | undefined {
  return agent instanceof Agent ? agent : undefined;
}

// So little of Fastify's types that every server's, logger's and type provider's fit.
interface AnyRequest {
  readonly id: string;
}
interface AnyReply {
  readonly sent: boolean;
}

/** Fits `onRequest`, `preParsing`, `preValidation` and `preHandler`, on a route and in `addHook`. */
export interface RouteHook {
  (request: AnyRequest, reply: AnyReply, done: HookHandlerDoneFunction): void;
  /** As `preParsing` is called. */
  (
    request: AnyRequest,
    reply: AnyReply,
    payload: RequestPayload,
    done: HookHandlerDoneFunction,
  ): void;
}

export function hookOf(check: RouteCheck<CheckedRequest>): RouteHook {
  return asHook((request, reply, done) => {
    const answer = check(new FastifyRequestFacts(request));
    if (isSettled(answer, 'outcome')) {
      proceed(answer, request, reply, done);
      return;
    }
    answer.then((late) => {
      // Somebody else has answered meanwhile: there is nothing left to let in or to refuse.
      if (!hasAnswered(reply)) proceed(late, request, reply, done);
    }, done);
  }, check.needs);
}

/** Says that its route is open on purpose: to reviews, start-up checks and documents. Lets everybody in. */
export function publicRoute(): RouteHook {
  return asHook((_request, _reply, done) => done(), 'public');
}

type Step = (request: CheckedRequest, reply: FastifyReply, done: HookHandlerDoneFunction) => void;

function asHook(step: Step, mark: Parameters<typeof markRoute>[1]): RouteHook {
  const hook = (request: unknown, reply: unknown, third: unknown, fourth?: unknown): void => {
    // `preParsing` has the payload in between; Fastify calls all four with objects of its own.
    const done = (typeof third === 'function' ? third : fourth) as HookHandlerDoneFunction;
    step(request as CheckedRequest, reply as FastifyReply, done);
  };
  return markRoute(hook, mark);
}

// Never throws before done(): a late answer has nobody to throw to, and would end the process.
function proceed(
  answer: GuardAnswer,
  request: CheckedRequest,
  reply: FastifyReply,
  done: HookHandlerDoneFunction,
): void {
  try {
    if (answer.outcome === 'refuse') {
      // Where it was put too late, in `onSend`, it meets its own refusal.
      if (refusing.has(reply)) done();
      else if (!isSent(reply)) {
        refusing.add(reply);
        send(answer.refusal, reply);
      }
      return;
    }
    if (answer.outcome === 'allow') request.agent = answer.agent;
  } catch (error) {
    done(error instanceof Error ? error : new Error('the refusal could not be sent'));
    return;
  }
  // Without one of its own, the request keeps the agent that an earlier guard has found.
  runAs(agentOf(request), done);
}

const refusing = new WeakSet<FastifyReply>();

/** On a reply that has begun, but waits for a hook before anything is sent. Declared by the plugin, if it is there. */
export const ANSWERING: unique symbol = Symbol('agentwrit.answering');

/** A reply as the plugin declares it. */
export interface NotedReply {
  [ANSWERING]?: boolean;
}

function hasAnswered(reply: FastifyReply & NotedReply): boolean {
  return reply[ANSWERING] === true || isSent(reply);
}

// `sent` is false while a stream is on its way.
function isSent(reply: FastifyReply): boolean {
  return reply.sent || reply.raw.headersSent;
}

export function send({ status, headers, body }: HttpAnswer, reply: FastifyReply): void {
  // Bytes, not text: Fastify would add a charset to the type.
  reply.code(status).headers(headers).send(Buffer.from(body));
}
