// More than one guard in front of a handler: on the route, above it, and of different brokers.

import { type Context, Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import { bearer, json, REFUSED, ScriptedBroker, vouch } from '../../core/test/fixtures.js';
import { type AgentVariables, createAgentWrit } from '../src/index.js';

const { requireScope, requireAnyScope, authenticate } = createAgentWrit({
  broker: new ScriptedBroker(),
});

/** Its broker says of every agent that it may also do this. */
const generous = createAgentWrit({
  broker: new ScriptedBroker(async (token) => {
    const { claims } = (await vouch(token).json()) as { claims: Record<string, unknown> };
    return json({ valid: true, claims: { ...claims, scope: ['read:data:*', 'write:data:9'] } });
  }),
});

/** Its broker has no good word for anybody. */
const strict = createAgentWrit({
  broker: new ScriptedBroker(() => json(REFUSED)),
});

function scopeOf(c: Context<{ Variables: AgentVariables }>): Response {
  return c.json(c.var.agent.scope);
}

describe('two guards on a route', () => {
  it('are both checked, in their order, and the last one says who is calling', async () => {
    const app = new Hono();
    app.get('/a', requireScope('read:data:1'), generous.requireScope('write:data:9'), scopeOf);
    app.get('/b', generous.requireScope('write:data:9'), requireScope('read:data:1'), scopeOf);
    const a = await app.request('/a', { headers: bearer() });
    expect(await a.json()).toEqual(['read:data:*', 'write:data:9']);
    const b = await app.request('/b', { headers: bearer() });
    expect(await b.json()).toEqual(['read:data:*']);
    const refused = await app.request('/a', { headers: bearer(['read:data:2']) });
    expect(await refused.json()).toMatchObject({ required_scope: ['read:data:1'] });
  });

  it('refuse if either does', async () => {
    const app = new Hono();
    app.get('/a', strict.authenticate(), authenticate(), (c) => c.text('in'));
    app.get('/b', authenticate(), strict.authenticate(), (c) => c.text('in'));
    for (const path of ['/a', '/b']) {
      expect((await app.request(path, { headers: bearer() })).status, path).toBe(401);
    }
  });

  it('leave the agent of the first one where the second only looks', async () => {
    // Its guard sees no credential, as one that reads another request would.
    const app = new Hono().get(
      '/',
      requireScope('read:data:1'),
      async (c, next) => {
        c.req.raw = new Request(c.req.raw, { headers: {} });
        await next();
      },
      authenticate({ optional: true }),
      (c) => scopeOf(c),
    );
    const answer = await app.request('/', { headers: bearer() });
    expect(await answer.json()).toEqual(['read:data:*']);
  });
});

describe('guards of apps within apps', () => {
  const inner = new Hono<{ Variables: AgentVariables }>();
  inner.get('/before', (c) => c.text('before'));
  inner.use(requireScope('read:data:inner'));
  inner.get('/:id', requireScope('read:data:customer-{id}'), scopeOf);
  inner.onError((_error, c) => c.text('caught', 500));
  const app = new Hono();
  app.use('/api/*', requireScope('read:data:outer'));
  app.route('/api/inner', inner);
  app.get('/free', (c) => c.text('free'));

  it('are passed from the outside to the inside', async () => {
    const held = ['read:data:outer', 'read:data:inner', 'read:data:customer-7'];
    for (const [index, missing] of held.entries()) {
      const headers = bearer(held.slice(0, index));
      const answer = await app.request('/api/inner/7', { headers });
      expect(answer.status).toBe(403);
      expect(await answer.json()).toMatchObject({ required_scope: [missing] });
    }
    const answer = await app.request('/api/inner/7', { headers: bearer(held) });
    expect(await answer.json()).toEqual(held);
  });

  it('stand in front of what is registered after them, and of nothing else', async () => {
    const headers = bearer(['read:data:outer']);
    expect((await app.request('/api/inner/before', { headers })).status).toBe(200);
    expect((await app.request('/api/inner/before')).status).toBe(401);
    expect(await (await app.request('/free')).text()).toBe('free');
  });
});

describe('requireAnyScope', () => {
  it('needs one of its scopes, and names all when there is none', async () => {
    const app = new Hono();
    app.get('/:id', requireAnyScope('read:data:all', 'read:data:customer-{id}'), (c) =>
      c.text('in'),
    );
    for (const scope of ['read:data:all', 'read:data:customer-7']) {
      expect((await app.request('/7', { headers: bearer([scope]) })).status).toBe(200);
    }
    const answer = await app.request('/8', { headers: bearer(['read:data:customer-7']) });
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({
      required_scope: ['read:data:all', 'read:data:customer-8'],
    });
  });
});

describe('authenticate', () => {
  it('takes any good token, and no other', async () => {
    const app = new Hono().get('/', authenticate(), scopeOf);
    const answer = await app.request('/', { headers: bearer(['read:other:1']) });
    expect(await answer.json()).toEqual(['read:other:1']);
    expect((await app.request('/')).status).toBe(401);
    expect((await app.request('/', { headers: { authorization: 'Bearer x' } })).status).toBe(401);
  });

  it('lets pass who has no credential where it is optional, but not who has a bad one', async () => {
    const app = new Hono();
    app.get('/', authenticate({ optional: true }), (c) => c.json(c.var.agent?.scope ?? null));
    app.get('/strict', strict.authenticate({ optional: true }), (c) => c.text('in'));
    expect(await (await app.request('/')).json()).toBeNull();
    expect(await (await app.request('/', { headers: bearer() })).json()).toEqual(['read:data:*']);
    expect((await app.request('/', { headers: { authorization: 'Bearer x' } })).status).toBe(401);
    expect((await app.request('/strict')).status).toBe(200);
    expect((await app.request('/strict', { headers: bearer() })).status).toBe(401);
  });
});
