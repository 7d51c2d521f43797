// Who is calling, asked for far from the handler: across awaits, timers, bodies, streams and errors.

import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import { Hono, type MiddlewareHandler } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { stream, streamSSE, streamText } from 'hono/streaming';
import { describe, expect, it } from 'vitest';
import { AGENT_ID, bearer, ScriptedBroker } from '../../core/test/fixtures.js';
import { type AgentVariables, createAgentWrit } from '../src/index.js';
import { currentAgent } from '../src/current-agent.js';

const { requireScope, authenticate } = createAgentWrit({ broker: new ScriptedBroker() });
const guard = requireScope('read:data:*');

/** Code of the program that knows nothing of Hono. */
function caller(): string {
  return currentAgent()?.id ?? 'nobody';
}

const post = { method: 'POST', body: '{"amount":7}', headers: bearer() };

describe('currentAgent', () => {
  it('is the agent of the request, in the handler and what it waits for', async () => {
    const app = new Hono().get('/', guard, async (c) => {
      const seen = [caller(), c.var.agent.id];
      await nextTurn();
      seen.push(caller(), await delay(1).then(caller));
      seen.push(await new Promise<string>((resolve) => setTimeout(() => resolve(caller()), 1)));
      return c.json(seen);
    });
    for (const round of ['cold', 'warm']) {
      const answer = await app.request('/', { headers: bearer() });
      expect(await answer.json(), round).toEqual(Array.from({ length: 5 }, () => AGENT_ID));
    }
    expect(caller()).toBe('nobody');
  });

  it.each(['json', 'text', 'arrayBuffer', 'blob'] as const)('outlives c.req.%s()', async (read) => {
    const app = new Hono().post('/', guard, async (c) => {
      await c.req[read]();
      return c.text(caller());
    });
    expect(await (await app.request('/', post)).text()).toBe(AGENT_ID);
  });

  it('outlives a form, and the middleware between guard and handler', async () => {
    const slow: MiddlewareHandler = async (_c, next) => {
      await nextTurn();
      await next();
    };
    const app = new Hono().post('/', guard, slow, async (c) => {
      const { file } = await c.req.parseBody();
      return c.text(`${file instanceof File ? await file.text() : ''} for ${caller()}`);
    });
    const body = new FormData();
    body.append('file', new File(['rows'], 'rows.csv'));
    const answer = await app.request('/', { method: 'POST', body, headers: bearer() });
    expect(await answer.text()).toBe(`rows for ${AGENT_ID}`);
  });

  it('is there while an answer streams, long after the handler has returned', async () => {
    const app = new Hono();
    app.get('/bytes', guard, (c) =>
      stream(c, async (out) => {
        await nextTurn();
        await out.write(caller());
      }),
    );
    app.get('/text', guard, (c) =>
      streamText(c, async (out) => {
        await out.sleep(1);
        await out.write(caller());
      }),
    );
    app.get('/events', guard, (c) =>
      streamSSE(c, async (out) => {
        await out.sleep(1);
        await out.writeSSE({ data: caller() });
      }),
    );
    app.get('/pulled', guard, () => {
      const source = new ReadableStream<Uint8Array>({
        async start(controller) {
          await nextTurn();
          controller.enqueue(new TextEncoder().encode(caller()));
          controller.close();
        },
      });
      return new Response(source);
    });
    for (const path of ['/bytes', '/text', '/events', '/pulled']) {
      const answer = await app.request(path, { headers: bearer() });
      await nextTurn();
      expect(await answer.text(), path).toContain(AGENT_ID);
    }
  });

  it('is there in onError for what is thrown behind the guard, in an app below another as well', async () => {
    const part = new Hono().get('/', guard, () => {
      throw new HTTPException(418, { message: 'below' });
    });
    part.onError((error, c) => c.text(`${error.message}: ${caller()}`));
    const app = new Hono().get('/sync', guard, () => {
      throw new Error('sync');
    });
    app.get('/async', guard, async () => {
      await nextTurn();
      throw new Error('async');
    });
    app.route('/below', part);
    app.onError((error, c) => c.text(`${error.message}: ${caller()}`));
    for (const name of ['sync', 'async', 'below']) {
      const answer = await app.request(`/${name}`, { headers: bearer() });
      expect(await answer.text()).toBe(`${name}: ${AGENT_ID}`);
    }
  });

  it('is nobody in middleware before the guard, which has the context', async () => {
    const seen: unknown[] = [];
    const app = new Hono<{ Variables: Partial<AgentVariables> }>();
    app.use(async (c, next) => {
      seen.push(caller());
      await next();
      seen.push(caller(), c.var.agent);
    });
    app.get('/', guard, (c) => c.text('in'));
    await app.request('/', { headers: bearer() });
    expect(seen).toEqual(['nobody', 'nobody', expect.objectContaining({ id: AGENT_ID })]);
  });

  it('is nobody without a guard, and without a credential where that is optional', async () => {
    const app = new Hono();
    app.get('/open', (c) => c.text(caller()));
    app.get('/optional', authenticate({ optional: true }), (c) => c.text(caller()));
    expect(await (await app.request('/open', { headers: bearer() })).text()).toBe('nobody');
    expect(await (await app.request('/optional')).text()).toBe('nobody');
    expect(await (await app.request('/optional', { headers: bearer() })).text()).toBe(AGENT_ID);
  });

  it('keeps requests apart that run at the same time', async () => {
    const app = new Hono().get('/', authenticate(), async (c) => {
      const before = currentAgent()?.scope;
      await nextTurn();
      await delay(1);
      return c.json([before, currentAgent()?.scope, c.var.agent.scope]);
    });
    const asked = Array.from({ length: 20 }, async (_, index) => {
      const scope = [`read:data:${index}`];
      const answer = await app.request('/', { headers: bearer(scope) });
      expect(await answer.json()).toEqual([scope, scope, scope]);
    });
    await Promise.all(asked);
  });

  it('reaches into an app that is mounted', async () => {
    const mounted = new Hono().get('/deep', (c) => c.text(caller()));
    const app = new Hono().use('/old/*', guard).mount('/old', mounted.fetch);
    const answer = await app.request('/old/deep', { headers: bearer() });
    expect(await answer.text()).toBe(AGENT_ID);
    expect((await app.request('/old/deep')).status).toBe(401);
  });
});
