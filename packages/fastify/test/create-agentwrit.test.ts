import { fastify } from 'fastify';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { AGENT_ID, bearer, ScriptedBroker, vouch } from '../../core/test/fixtures.js';
import { type Agent, createAgentWrit } from '../src/index.js';

describe('requireScope for Fastify', () => {
  it('puts the agent on the request', async () => {
    const agentwrit = createAgentWrit({ broker: new ScriptedBroker() });
    const app = fastify();
    await app.register(agentwrit.plugin);
    // Not only inside the plugin's own scope.
    expect(app.hasRequestDecorator('agent')).toBe(true);
    app.get('/data', { preHandler: agentwrit.requireScope('read:data:*') }, (request) => {
      expectTypeOf(request.agent).toEqualTypeOf<Agent | undefined>();
      return { id: request.agent?.id };
    });
    app.get('/open', (request) => ({ id: request.agent?.id ?? 'nobody' }));
    const answer = await app.inject({ url: '/data', headers: bearer() });
    expect(answer.json()).toEqual({ id: AGENT_ID });
    // One request's agent is nowhere to be seen on another's.
    expect((await app.inject('/open')).json()).toEqual({ id: 'nobody' });
    await app.close();
  });

  it('works in plugins below a prefix, registered before or after', async () => {
    const routes: (string | undefined)[] = [];
    const agentwrit = createAgentWrit({
      broker: new ScriptedBroker(),
      onDecision: (event) => routes.push(event.route),
    });
    const app = fastify();
    await app.register(
      (scope, _options, done) => {
        const preHandler = agentwrit.requireScope('read:data:customer-{id}');
        scope.get('/customers/:id', { preHandler }, () => 'in');
        done();
      },
      { prefix: '/api' },
    );
    await app.register(agentwrit.plugin);
    const answer = await app.inject('/api/customers/7?x=1');
    expect(answer.json()).toMatchObject({
      instance: '/api/customers/7',
      required_scope: ['read:data:customer-7'],
    });
    expect(routes).toEqual(['/api/customers/:id']);
    await app.close();
  });

  it('refuses before the body is read when it is an onRequest hook', async () => {
    const agentwrit = createAgentWrit({ broker: new ScriptedBroker() });
    const app = fastify();
    await app.register(agentwrit.plugin);
    let parsed = 0;
    app.addContentTypeParser('text/x', (_request, _payload, done) => {
      parsed += 1;
      done(null, {});
    });
    app.post('/data', { onRequest: agentwrit.requireScope('read:data:x') }, () => 'in');
    const send = (headers: Record<string, string>): Promise<{ statusCode: number }> =>
      app.inject({
        method: 'POST',
        url: '/data',
        payload: 'x',
        headers: { 'content-type': 'text/x', ...headers },
      });
    expect([(await send({})).statusCode, parsed]).toEqual([401, 0]);
    expect([(await send(bearer())).statusCode, parsed]).toEqual([200, 1]);
    await app.close();
  });

  it('guards every route of a scope as a hook of the scope', async () => {
    const agentwrit = createAgentWrit({ broker: new ScriptedBroker() });
    const app = fastify();
    await app.register(agentwrit.plugin);
    await app.register((scope, _options, done) => {
      scope.addHook('preHandler', agentwrit.requireScope('read:data:x'));
      scope.get('/private', () => 'secret');
      done();
    });
    app.get('/public', () => 'open');
    expect((await app.inject('/private')).statusCode).toBe(401);
    expect((await app.inject({ url: '/private', headers: bearer() })).body).toBe('secret');
    expect((await app.inject('/public')).body).toBe('open');
    await app.close();
  });

  it('leaves the errors of a handler to the error handler, cold and warm', async () => {
    const agentwrit = createAgentWrit({ broker: new ScriptedBroker() });
    const app = fastify();
    app.setErrorHandler((error: Error, _request, reply) => reply.code(418).send(error.message));
    app.get('/', { preHandler: agentwrit.requireScope('read:data:x') }, () => {
      throw new Error('handler failed');
    });
    for (const round of ['cold', 'warm']) {
      const answer = await app.inject({ url: '/', headers: bearer() });
      expect([answer.statusCode, answer.body], round).toEqual([418, 'handler failed']);
    }
    await app.close();
  });

  it('fills a placeholder with what a schema has made of a parameter', async () => {
    const agentwrit = createAgentWrit({ broker: new ScriptedBroker() });
    const app = fastify();
    const schema = { params: { type: 'object', properties: { id: { type: 'integer' } } } };
    app.get<{ Params: { id: number } }>(
      '/customers/:id',
      { schema, preHandler: agentwrit.requireScope('read:data:customer-{id}') },
      (request) => ({ id: request.params.id }),
    );
    const send = (id: string, scope: string): Promise<{ statusCode: number; body: string }> =>
      app.inject({ url: `/customers/${id}`, headers: bearer([scope]) });
    expect((await send('7', 'read:data:customer-7')).body).toBe('{"id":7}');
    // What is checked is what the handler gets.
    expect((await send('07', 'read:data:customer-7')).body).toBe('{"id":7}');
    expect((await send('07', 'read:data:customer-07')).statusCode).toBe(403);
    expect((await send('9007199254740993', 'read:data:customer-9007199254740993')).statusCode).toBe(
      500,
    );
    await app.close();
  });

  it('may be there twice on one server', async () => {
    const app = fastify();
    for (const audience of ['orders', 'billing']) {
      const agentwrit = createAgentWrit({ broker: new ScriptedBroker(), audience });
      await app.register(agentwrit.plugin);
      app.get(`/${audience}`, { preHandler: agentwrit.requireScope('read:data:x') }, () => 'in');
    }
    expect((await app.inject('/orders')).statusCode).toBe(401);
    expect((await app.inject({ url: '/billing', headers: bearer() })).statusCode).toBe(401);
    await app.close();
  });

  it('closes the guard with the server', async () => {
    const agentwrit = createAgentWrit({ broker: new ScriptedBroker() });
    const closing = fastify();
    await closing.register(agentwrit.plugin);
    await closing.close();
    const other = fastify();
    other.get('/', { preHandler: agentwrit.requireScope('read:data:x') }, () => 'in');
    expect((await other.inject({ url: '/', headers: bearer() })).statusCode).toBe(503);
    await other.close();
  });
});

describe('the guard behind it', () => {
  it('is told of revocations, and says what happened', async () => {
    const broker = new ScriptedBroker(vouch);
    const agentwrit = createAgentWrit({ broker });
    const app = fastify();
    app.get('/', { preHandler: agentwrit.requireScope('read:data:7') }, () => 'in');
    const headers = bearer();
    for (const calls of [1, 1]) {
      expect((await app.inject({ url: '/', headers })).statusCode).toBe(200);
      expect(broker.calls).toHaveLength(calls);
    }
    agentwrit.revoke({ level: 'agent', target: AGENT_ID });
    expect((await app.inject({ url: '/', headers })).statusCode).toBe(200);
    expect(agentwrit.stats()).toMatchObject({ hits: 1, misses: 2, broker: { calls: 2 } });
    await agentwrit.close();
    await app.close();
  });
});
