// A token and a broker that vouches for it → the whole of what each adapter does with a warm request out. Their
// frameworks are not there: as much of a request as the adapter looks at, and a `next` that does nothing.

import type { ServerResponse } from 'node:http';
import * as express from '@agentwrit/express';
import * as fastify from '@agentwrit/fastify';
import * as hono from '@agentwrit/hono';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Hono } from 'hono';
import { type Asked, type Fields, freshFields } from './inputs.js';
import type { Step } from './measure.js';
import { LONG_SECONDS } from './whole-steps.js';

export async function adapterSteps(asked: Asked): Promise<readonly Step[]> {
  return [await expressStep(asked), await fastifyStep(asked), await honoStep(asked)];
}

const next = (): void => undefined;
// Nothing more of it is looked at when a request is let in.
const response = { headersSent: false } as ServerResponse;

async function expressStep({ token, ...options }: Asked): Promise<Step> {
  const agentwrit = express.createAgentWrit({ ...options, maxAge: LONG_SECONDS });
  const middleware = agentwrit.requireScope('read:data:{id}');
  const requestOf = ({ raw, parsed }: Fields): express.ExpressRequest =>
    ({
      method: 'GET',
      url: '/data/7',
      originalUrl: '/data/7',
      params: { id: '7' },
      headers: { authorization: parsed },
      rawHeaders: raw,
      agent: undefined,
    }) as unknown as express.ExpressRequest;
  const inputs = (): readonly express.ExpressRequest[] => freshFields(token).map(requestOf);
  await new Promise<void>((resolve) => {
    for (const request of inputs().slice(0, 1)) middleware(request, response, () => resolve());
  });
  return {
    name: 'the whole Express middleware',
    inputs,
    run: (request: express.ExpressRequest) => middleware(request, response, next),
  };
}

async function fastifyStep({ token, ...options }: Asked): Promise<Step> {
  const agentwrit = fastify.createAgentWrit({ ...options, maxAge: LONG_SECONDS });
  const hook = agentwrit.requireScope('read:data:{id}');
  const reply = { sent: false, raw: response } as FastifyReply;
  const requestOf = ({ raw, parsed }: Fields): FastifyRequest =>
    ({
      id: 'req-1',
      method: 'GET',
      originalUrl: '/data/7',
      params: { id: '7' },
      headers: { authorization: parsed },
      raw: { rawHeaders: raw },
      agent: undefined,
    }) as unknown as FastifyRequest;
  const inputs = (): readonly FastifyRequest[] => freshFields(token).map(requestOf);
  await new Promise<void>((resolve) => {
    for (const request of inputs().slice(0, 1)) hook(request, reply, () => resolve());
  });
  return {
    name: 'the whole Fastify hook',
    inputs,
    run: (request: FastifyRequest) => hook(request, reply, next),
  };
}

async function honoStep({ token, ...options }: Asked): Promise<Step> {
  const agentwrit = hono.createAgentWrit({ ...options, maxAge: LONG_SECONDS });
  const middleware = agentwrit.requireScope('read:data:{id}');
  const [fields] = freshFields(token);
  if (fields === undefined) throw new Error('no request');
  let seen: Parameters<typeof middleware>[0] | undefined;
  const app = new Hono().get('/data/:id', middleware, (c) => {
    seen = c;
    return c.text('ok');
  });
  const headers = { authorization: fields.parsed };
  await app.request('/data/7', { headers }, { incoming: { rawHeaders: fields.raw } });
  const context = seen;
  if (context === undefined) throw new Error('the guard does not let a good token in');
  // Only Hono makes contexts that have routes: one of them, again and again, its header's text included.
  const inputs = Array.from({ length: freshFields(token).length }, () => context);
  const nothing = Promise.resolve();
  return {
    name: 'the whole Hono middleware',
    inputs: () => inputs,
    run: (c: typeof context) => middleware(c, () => nothing),
  };
}
