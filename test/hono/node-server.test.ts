// Hono on Node over a real socket: what only shows there.

import { once } from 'node:events';
import { type IncomingMessage, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createAgentWrit } from '@agentwrit/hono';
import { currentAgent } from '@agentwrit/hono/current-agent';
import { serve, type ServerType } from '@hono/node-server';
import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AGENT_ID, bearer, ScriptedBroker } from '../../packages/core/test/fixtures.js';

const { requireScope } = createAgentWrit({ broker: new ScriptedBroker() });
const guard = requireScope('read:data:*');
const inner = new Hono().get('/deep', guard, (c) => c.text(c.var.agent.id));
inner.get('/deeper', (c) => c.text(currentAgent()?.id ?? 'nobody'));

const app = new Hono()
  .get('/data', guard, (c) => c.text(c.var.agent.id))
  .post('/data', guard, async (c) => {
    const { rows } = await c.req.json<{ rows: number[] }>();
    await nextTurn();
    return c.text(`${rows.length} rows for ${currentAgent()?.id}`);
  })
  .get('/events', guard, (c) =>
    streamSSE(c, async (out) => {
      for (let count = 0; count < 3; count += 1) {
        await out.sleep(1);
        await out.writeSSE({ data: `${count} for ${currentAgent()?.id}` });
      }
    }),
  )
  .get('/throws', guard, () => {
    throw new Error('failed');
  })
  .onError((error, c) => c.text(error.message, 418))
  .use('/changed', (c, next) => {
    c.req.raw.headers.set('Authorization', `Bearer ${c.req.query('token') ?? ''}`);
    return next();
  })
  .get('/changed', guard, (c) => c.text(c.var.agent.id))
  .use('/removed', (c, next) => {
    c.req.raw.headers.delete('authorization');
    return next();
  })
  .get('/removed', guard, (c) => c.text(c.var.agent.id))
  .use('/replaced', (c, next) => {
    const headers = new Headers(c.req.raw.headers);
    headers.set('authorization', `Bearer ${c.req.query('token') ?? ''}`);
    c.req.raw = new Request(c.req.raw, { headers });
    return next();
  })
  .get('/replaced', guard, (c) => c.text(c.var.agent.id))
  .mount('/mounted', inner.fetch)
  .use('/behind/*', guard)
  .mount('/behind', inner.fetch);

interface Exchange {
  readonly path: string;
  readonly method?: string;
  readonly body?: string;
  /** Name, value, name, value, …: names may repeat. */
  readonly headers?: readonly string[];
}

let server: ServerType;

beforeAll(async () => {
  server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' });
  await once(server, 'listening');
});

afterAll(() => {
  server.close();
});

async function send(exchange: Exchange): Promise<{ status: number | undefined; body: string }> {
  const { path, method = 'GET', body = '', headers = [] } = exchange;
  const request = httpRequest({
    port: (server.address() as AddressInfo).port,
    host: '127.0.0.1',
    method,
    path,
    headers: ['Host', 'localhost', 'Content-Length', String(body.length), ...headers],
    agent: false,
  });
  request.end(body);
  const [answer] = (await once(request, 'response')) as [IncomingMessage];
  let received = '';
  for await (const chunk of answer) received += String(chunk);
  return { status: answer.statusCode, body: received };
}

const good = ['Authorization', bearer().authorization];

describe('Hono on Node', () => {
  it.each([
    { name: 'two good ones', headers: [...good, ...good] },
    { name: 'a good one after another scheme', headers: ['authorization', 'Basic eA==', ...good] },
    { name: 'a good one before another scheme', headers: [...good, 'AUTHORIZATION', 'Basic eA=='] },
    { name: 'a good one and an empty one', headers: [...good, 'Authorization', ''] },
  ])('refuses more than one Authorization field: $name', async ({ headers }) => {
    for (const path of ['/data', '/mounted/deep', '/behind/deep']) {
      expect((await send({ path, headers })).status, path).toBe(400);
    }
  });

  it('knows the caller of a handler, and after the body is read', async () => {
    expect(await send({ path: '/data', headers: good })).toEqual({ status: 200, body: AGENT_ID });
    const answer = await send({
      path: '/data',
      method: 'POST',
      headers: good,
      body: JSON.stringify({ rows: Array.from({ length: 20_000 }, (_, index) => index) }),
    });
    expect(answer).toEqual({ status: 200, body: `20000 rows for ${AGENT_ID}` });
  });

  it('takes the credentials that the program has put in place of those that were received', async () => {
    const token = bearer().authorization.slice('Bearer '.length);
    // From the first request on, and when the guard has seen many.
    for (let round = 0; round < 3; round += 1) {
      for (const path of ['/changed', '/replaced']) {
        const [right, wrong] = [`${path}?token=${token}`, `${path}?token=nonsense`];
        expect((await send({ path: wrong, headers: good })).status, wrong).toBe(401);
        expect(await send({ path: right }), right).toEqual({ status: 200, body: AGENT_ID });
      }
      expect((await send({ path: '/removed', headers: good })).status).toBe(401);
      expect((await send({ path: '/data', headers: good })).status).toBe(200);
      expect((await send({ path: '/data' })).status).toBe(401);
    }
  });

  it('knows the caller while events stream', async () => {
    const { body } = await send({ path: '/events', headers: good });
    expect(body.match(/data: .*/g)).toEqual(
      [0, 1, 2].map((count) => `data: ${count} for ${AGENT_ID}`),
    );
  });

  it('guards HEAD, and leaves errors to onError', async () => {
    expect(await send({ path: '/data', method: 'HEAD' })).toEqual({ status: 401, body: '' });
    const head = await send({ path: '/data', method: 'HEAD', headers: good });
    expect(head).toEqual({ status: 200, body: '' });
    expect(await send({ path: '/throws', headers: good })).toEqual({ status: 418, body: 'failed' });
    expect((await send({ path: '/throws' })).status).toBe(401);
  });

  it('guards apps that are mounted, inside or in front of them', async () => {
    expect((await send({ path: '/mounted/deep' })).status).toBe(401);
    expect(await send({ path: '/mounted/deep', headers: good })).toEqual({
      status: 200,
      body: AGENT_ID,
    });
    expect((await send({ path: '/mounted/deeper' })).body).toBe('nobody');
    expect((await send({ path: '/behind/deeper' })).status).toBe(401);
    expect((await send({ path: '/behind/deeper', headers: good })).body).toBe(AGENT_ID);
  });
});
