import { Hono } from 'hono';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { AGENT_ID, bearer, ScriptedBroker } from '../../core/test/fixtures.js';
import { type Agent, createAgentWrit } from '../src/index.js';

describe('requireScope for Hono', () => {
  it('puts the agent on the context, and its type only behind the guard', async () => {
    const { requireScope } = createAgentWrit({ broker: new ScriptedBroker() });
    const app = new Hono();
    app.get('/data', requireScope('read:data:*'), (c) => {
      expectTypeOf(c.var.agent).toEqualTypeOf<Agent>();
      return c.json({ id: c.var.agent.id });
    });
    app.get('/open', (c) => {
      // @ts-expect-error nothing has put an agent there
      const agent: unknown = c.var.agent;
      return c.json({ agent: agent ?? null });
    });
    const answer = await app.request('/data', { headers: bearer() });
    expect(await answer.json()).toEqual({ id: AGENT_ID });
    expect(await (await app.request('/open')).json()).toEqual({ agent: null });
  });

  it('knows the whole path and pattern in an app below a prefix', async () => {
    const routes: (string | undefined)[] = [];
    const { requireScope } = createAgentWrit({
      broker: new ScriptedBroker(),
      onDecision: (event) => routes.push(event.route),
    });
    const api = new Hono().get('/customers/:id', requireScope('read:data:customer-{id}'), (c) =>
      c.text('in'),
    );
    const app = new Hono().route('/api', api);
    const answer = await app.request('/api/customers/7?x=1');
    expect(await answer.json()).toMatchObject({
      instance: '/api/customers/7',
      required_scope: ['read:data:customer-7'],
    });
    expect(routes).toEqual(['/api/customers/:id']);
  });

  it('guards everything below app.use', async () => {
    const { requireScope } = createAgentWrit({ broker: new ScriptedBroker() });
    const app = new Hono();
    app.use('/private/*', requireScope('read:data:x'));
    app.get('/private/a', (c) => c.text('secret'));
    app.get('/public', (c) => c.text('open'));
    expect((await app.request('/private/a')).status).toBe(401);
    expect(await (await app.request('/private/a', { headers: bearer() })).text()).toBe('secret');
    expect(await (await app.request('/public')).text()).toBe('open');
  });

  it('refuses two Authorization fields that the platform has joined', async () => {
    const { requireScope } = createAgentWrit({ broker: new ScriptedBroker() });
    const app = new Hono().get('/', requireScope('read:data:x'), (c) => c.text('in'));
    const headers = new Headers(bearer());
    headers.append('authorization', bearer().authorization);
    expect((await app.request('/', { headers })).status).toBe(400);
  });

  it('counts the Authorization fields itself where Node shows them', async () => {
    const { requireScope } = createAgentWrit({ broker: new ScriptedBroker() });
    const app = new Hono().get('/', requireScope('read:data:x'), (c) => c.text('in'));
    const send = (...values: string[]): Response | Promise<Response> => {
      const rawHeaders = values.flatMap((value) => ['Authorization', value]);
      const headers: Record<string, string> =
        values[0] === undefined ? {} : { authorization: values[0] };
      return app.request('/', { headers }, { incoming: { rawHeaders } });
    };
    expect((await send(bearer().authorization)).status).toBe(200);
    expect((await send('Basic eA==', 'Basic eQ==')).status).toBe(400);
    expect((await send()).status).toBe(401);
  });

  it('sees the credentials of the request it stands on, not of one around it', async () => {
    const { requireScope } = createAgentWrit({ broker: new ScriptedBroker() });
    const inner = new Hono().get('/', requireScope('read:data:x'), (c) => c.text('in'));
    const outer = new Hono().get('/', (c) => inner.fetch(new Request(c.req.url), c.env));
    const rawHeaders = ['Authorization', bearer().authorization];
    const answer = await outer.request('/', { headers: bearer() }, { incoming: { rawHeaders } });
    expect(answer.status).toBe(401);
  });

  it('refuses with 503 after close', async () => {
    const { requireScope, close } = createAgentWrit({ broker: new ScriptedBroker() });
    const app = new Hono().get('/', requireScope('read:data:x'), (c) => c.text('in'));
    await close();
    expect((await app.request('/', { headers: bearer() })).status).toBe(503);
  });
});

describe('the guard behind it', () => {
  it('is told of revocations, and says what happened', async () => {
    const broker = new ScriptedBroker();
    const agentwrit = createAgentWrit({ broker });
    const app = new Hono().get('/', agentwrit.requireScope('read:data:7'), (c) => c.text('in'));
    const headers = bearer();
    for (const calls of [1, 1]) {
      expect((await app.request('/', { headers })).status).toBe(200);
      expect(broker.calls).toHaveLength(calls);
    }
    agentwrit.revoke({ level: 'agent', target: AGENT_ID });
    expect((await app.request('/', { headers })).status).toBe(200);
    expect(agentwrit.stats()).toMatchObject({ hits: 1, misses: 2, broker: { calls: 2 } });
    await agentwrit.close();
  });
});
