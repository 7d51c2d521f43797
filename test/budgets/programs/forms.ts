// The options of a guard in → each form it comes in, with requests that bring a token it knows, out. The frameworks are
// not there, but for Hono's context: as much of a request as the form looks at, and a handler that does nothing.

import type { ServerResponse } from 'node:http';
import {
  createAgentWrit,
  createGuard,
  type GuardAnswer,
  type GuardOptions,
  type RequestFacts,
} from '@agentwrit/core';
import * as express from '@agentwrit/express';
import * as fastify from '@agentwrit/fastify';
import * as hono from '@agentwrit/hono';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Context, Hono } from 'hono';
import { broker, CREDENTIALS } from './token.js';

/** A guarded route. */
export interface Form {
  /** New requests: a guard leaves its agent on those it has let in. */
  readonly requests: (count: number) => readonly unknown[];
  /** Takes one of those. Gives a promise in the form for fetch, else it is done when it returns. */
  readonly run: (request: never) => unknown;
}

export type FormName = 'core' | 'express 4' | 'express 5' | 'fastify' | 'hono' | 'fetch';

type Settings = Pick<GuardOptions, 'broker' | 'maxAge' | 'clock'>;
/** Told of each request that gets through. */
type LetIn = () => void;

const SCOPE = 'read:data:{id}';
export const LONG_SECONDS = 3600;
// Of the event loop. A broker in the same process has answered long before.
const MAX_TURNS = 1000;

// What a client of some size sends.
const OTHERS = ['Host', 'localhost', 'User-Agent', 'agent', 'Accept', 'application/json'];
const RAW_HEADERS = [...OTHERS, 'Authorization', CREDENTIALS];

// Nothing more of it is looked at when a request is let in.
const response = { headersSent: false } as ServerResponse;

const forms: Readonly<Record<FormName, (settings: Settings, letIn: LetIn) => Form>> = {
  core(settings, letIn) {
    const check = createGuard(settings).requireScope(SCOPE);
    const settle = (answer: GuardAnswer): GuardAnswer => {
      if (answer.outcome === 'allow') letIn();
      return answer;
    };
    return {
      requests: times(() => ({
        request: undefined,
        authorization: CREDENTIALS,
        method: 'GET',
        url: '/data/7',
        route: '/data/:id',
        requestId: undefined,
        param: () => '7',
      })),
      run(facts: RequestFacts) {
        const answer = check(facts);
        return 'outcome' in answer ? settle(answer) : answer.then(settle);
      },
    };
  },
  'express 4': (settings, letIn) => expressForm(settings, letIn, () => ({ id: '7' })),
  // The parameters of Express 5 inherit nothing.
  'express 5': (settings, letIn) =>
    expressForm(settings, letIn, () => Object.assign(Object.create(null) as object, { id: '7' })),
  fastify(settings, letIn) {
    const hook = fastify.createAgentWrit(settings).requireScope(SCOPE);
    const reply = { sent: false, raw: response } as FastifyReply;
    const request = (): object => ({
      id: 'req-1',
      method: 'GET',
      originalUrl: '/data/7',
      params: { id: '7' },
      headers: { authorization: CREDENTIALS },
      raw: { rawHeaders: RAW_HEADERS },
      // As the plugin declares it.
      agent: undefined,
    });
    return {
      requests: times(request),
      run: (received: FastifyRequest) => hook(received, reply, letIn),
    };
  },
  hono(settings, letIn) {
    const middleware = hono.createAgentWrit(settings).requireScope(SCOPE);
    const contexts: Context[] = [];
    const answer = new Response('ok');
    // Only Hono makes contexts that have routes.
    const app = new Hono().get('/data/:id', (c) => {
      contexts.push(c);
      return answer;
    });
    const nothing = Promise.resolve();
    const next = (): Promise<void> => {
      letIn();
      return nothing;
    };
    return {
      requests(count) {
        const incoming = { rawHeaders: RAW_HEADERS };
        for (let made = 0; made < count; made += 1) void app.fetch(fetchRequest(), { incoming });
        return contexts.splice(0);
      },
      run: (c: Parameters<typeof middleware>[0]) => middleware(c, next),
    };
  },
  fetch(settings, letIn) {
    const answer = new Response('ok');
    const handler = createAgentWrit(settings).withScope(() => {
      letIn();
      return answer;
    }, SCOPE);
    return { requests: times(fetchRequest), run: (request: Request) => handler(request) };
  },
};

export const FORM_NAMES: readonly FormName[] = Object.keys(forms) as FormName[];

/**
 * A form whose guard knows the token: it has been asked for, and seen twice.
 *
 * @param options `letIn` is told of every request that gets through
 * @throws Error when one does not
 */
export async function warmForm(
  name: FormName,
  { letIn, ...settings }: Partial<Settings> & { readonly letIn: LetIn },
): Promise<Form> {
  let passed = 0;
  // Warm however long it takes.
  const form = forms[name]({ broker, maxAge: LONG_SECONDS, ...settings }, () => {
    passed += 1;
    letIn();
  });
  for (const [earlier, request] of form.requests(3).entries()) {
    await form.run(request as never);
    await eventually(() => passed > earlier);
  }
  return form;
}

/** What waits for the broker goes on in a callback of a framework, which nobody can wait for. */
async function eventually(isDone: () => boolean): Promise<void> {
  for (let turn = 0; !isDone(); turn += 1) {
    if (turn === MAX_TURNS) throw new Error('the guard does not let a good token in');
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function expressForm(settings: Settings, letIn: LetIn, params: () => object): Form {
  const middleware = express.createAgentWrit(settings).requireScope(SCOPE);
  const request = (): object => ({
    method: 'GET',
    url: '/data/7',
    originalUrl: '/data/7',
    params: params(),
    headers: { authorization: CREDENTIALS },
    rawHeaders: RAW_HEADERS,
  });
  return {
    requests: times(request),
    run: (received: express.ExpressRequest) => middleware(received, response, letIn),
  };
}

/** Not a platform's own: what that allocates for a header is not ours. */
function fetchRequest(): Request {
  const headers = { get: (name: string) => (name === 'authorization' ? CREDENTIALS : null) };
  const request = { method: 'GET', url: 'http://localhost/data/7', headers, params: { id: '7' } };
  return request as unknown as Request;
}

function times(make: () => unknown): Form['requests'] {
  return (count) => Array.from({ length: count }, make);
}
