// What a route needs, worked out by the program from Hono's context.

import { setImmediate as nextTurn } from 'node:timers/promises';
import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import { bearer, ScriptedBroker } from '../../core/test/fixtures.js';
import { createAgentWrit } from '../src/index.js';

const { requireScope, requireAnyScope, authenticate } = createAgentWrit({
  broker: new ScriptedBroker(),
});

async function statusOf(app: Hono, path: string, scope: string): Promise<number> {
  return (await app.request(path, { headers: bearer([scope]) })).status;
}

describe('scopes that are computed', () => {
  it('come from the context: parameters, query, headers, body, bindings', async () => {
    const app = new Hono<{ Bindings: { region: string } }>();
    app.get(
      '/path/:id',
      requireScope((c) => `read:data:${c.req.param('id')}`),
      (c) => c.text('in'),
    );
    app.get(
      '/query',
      requireScope((c) => `read:data:${c.req.query('id')}`),
      (c) => c.text('in'),
    );
    app.post(
      '/body',
      requireScope(async (c) => (await c.req.json<string[]>()).map((id) => `read:data:${id}`)),
      // The body is still there.
      async (c) => c.json(await c.req.json()),
    );
    app.get(
      '/env',
      requireScope(({ env }) => `read:data:${(env as { region: string }).region}`),
      (c) => c.text(c.env.region),
    );
    const headers = bearer(['read:data:7']);
    const post = { method: 'POST', headers };
    for (const [id, status] of [
      ['7', 200],
      ['8', 403],
    ] as const) {
      expect((await app.request(`/path/${id}`, { headers })).status).toBe(status);
      expect((await app.request(`/query?id=${id}`, { headers })).status).toBe(status);
      expect((await app.request('/env', { headers }, { region: id })).status).toBe(status);
      expect((await app.request('/body', { ...post, body: `["7","${id}"]` })).status).toBe(status);
    }
  });

  it('stand beside others, at once or later', async () => {
    const later = async (): Promise<string[]> => {
      await nextTurn();
      return ['read:data:later', 'read:data:last'];
    };
    const app = new Hono();
    app.get(
      '/all/:id',
      requireScope('read:data:{id}', later, () => 'read:data:now'),
      (c) => c.text('in'),
    );
    app.get('/any/:id', requireAnyScope('read:data:{id}', later), (c) => c.text('in'));
    const refused = await app.request('/all/7', { headers: bearer(['read:data:7']) });
    expect(await refused.json()).toMatchObject({
      required_scope: ['read:data:7', 'read:data:later', 'read:data:last', 'read:data:now'],
    });
    expect(await statusOf(app, '/all/7', 'read:data:*')).toBe(200);
    expect(await statusOf(app, '/any/7', 'read:data:last')).toBe(200);
    expect(await statusOf(app, '/any/7', 'read:data:8')).toBe(403);
  });

  it('are a fault of the program where they cannot be had: 500, and nobody gets in', async () => {
    const failing = [
      () => {
        throw new Error('no');
      },
      () => Promise.reject(new Error('no')),
      () => 'read:data',
      () => [],
    ];
    for (const compute of failing) {
      const app = new Hono().get('/', requireScope(compute), (c) => c.text('in'));
      expect(await statusOf(app, '/', 'read:data:*')).toBe(500);
      expect((await app.request('/')).status, 'not run for nobody').toBe(401);
    }
  });

  it('have no parameter under a wildcard', async () => {
    const app = new Hono();
    app.use('/customers/*', requireScope('read:data:customer-{id}'));
    app.get('/customers/:id', (c) => c.text('in'));
    expect(await statusOf(app, '/customers/7', 'read:data:*')).toBe(500);
  });
});

describe('the parameters of a route', () => {
  it.each([
    { path: '/customers/a%20b', id: 'a b' },
    { path: '/customers/%2a', id: '*' },
    { path: '/customers/a%2Fb', id: 'a/b' },
    { path: '/customers/100%', id: '100%' },
    { path: '/customers/caf%C3%A9', id: 'café' },
  ])('are decoded once, as the handler sees them: $path', async ({ path, id }) => {
    const app = new Hono();
    app.get('/customers/:id', requireScope('read:data:customer-{id}'), (c) =>
      c.text(c.req.param('id')),
    );
    const held = await app.request(path, { headers: bearer(['read:data:*']) });
    expect(await held.text()).toBe(id);
    const refused = await app.request(path, { headers: bearer(['read:data:x']) });
    const required_scope = [`read:data:customer-${id}`];
    expect(await refused.json()).toMatchObject({ required_scope });
  });
});

describe('the task', () => {
  it('is named from the context, and the token must be for it', async () => {
    const task = authenticate({ task: (c) => c.req.header('x-task') });
    const app = new Hono().get('/', task, (c) => c.text(c.var.agent.taskId ?? ''));
    const send = (headers: Record<string, string>): Response | Promise<Response> =>
      app.request('/', { headers: { ...bearer(), ...headers } });
    expect(await (await send({ 'x-task': 'task-1' })).text()).toBe('task-1');
    expect((await send({ 'x-task': 'task-2' })).status).toBe(403);
    expect((await send({})).status).toBe(403);
  });
});
