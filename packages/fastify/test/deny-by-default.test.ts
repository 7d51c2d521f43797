// A server that must not start while a route is open by mistake.

import { fastify } from 'fastify';
import { describe, expect, it } from 'vitest';
import { bearer, ScriptedBroker } from '../../core/test/fixtures.js';
import { assertGuarded, createAgentWrit, publicRoute } from '../src/index.js';
import { guardedServer, server } from './server.js';

const handler = (): string => 'in';
const denyByDefault = true;

describe('deny by default', () => {
  it('does not let a server start with open routes, and names them all', async () => {
    const { app, agentwrit } = await guardedServer({ denyByDefault });
    app.get('/guarded', { preHandler: agentwrit.requireScope('a:b:c') }, handler);
    app.get('/open', handler);
    await app.register(
      (scope, _options, done) => {
        scope.route({ method: ['PUT', 'POST'], url: '/x', handler });
        done();
      },
      { prefix: '/api' },
    );
    const start = app.listen({ port: 0, host: '127.0.0.1' });
    await expect(start).rejects.toThrow(
      'no guard that can be seen: GET /open, HEAD /open, PUT /api/x, POST /api/x.',
    );
    expect(app.server.listening).toBe(false);
  });

  it('knows guards in every place of a route, and what is public', async () => {
    const { app, agentwrit } = await guardedServer(
      { denyByDefault },
      { resource: 'https://a.example' },
    );
    const guard = agentwrit.requireScope('a:b:c');
    const other = (_request: unknown, _reply: unknown, done: () => void): void => done();
    app.get('/1', { onRequest: guard }, handler);
    app.get('/2', { preParsing: [guard] }, handler);
    app.get('/3', { preValidation: [other, guard] }, handler);
    app.get('/4', { preHandler: [other, agentwrit.authenticate()] }, handler);
    app.get('/5', { config: { scope: 'a:b:c' } }, handler);
    app.get('/6', { config: { authenticate: true } }, handler);
    app.get('/7', { config: { publicRoute: true } }, handler);
    app.get('/8', { preHandler: publicRoute() }, handler);
    const optional = { optional: true };
    app.get('/9', { config: { authenticate: optional, publicRoute: true } }, handler);
    const { path, handler: metadata } = agentwrit.resourceMetadata();
    app.get(path, metadata);
    await app.ready();
    expect((await app.inject('/8')).body).toBe('in');
    expect((await app.inject('/9')).body).toBe('in');
    expect((await app.inject('/3')).statusCode).toBe(401);
  });

  it('takes a route where credentials are optional for an open one, unless it says so', async () => {
    const { app } = await guardedServer({ denyByDefault });
    app.put('/', { config: { authenticate: { optional: true } } }, handler);
    await expect(app.ready()).rejects.toThrow('PUT /');
  });

  it.each(['onSend', 'onResponse', 'preSerialization', 'onError', 'onTimeout'])(
    'does not count a guard that comes too late, in %s',
    async (hook) => {
      const { app, agentwrit } = await guardedServer({ denyByDefault });
      app.route({
        method: 'PUT',
        url: '/',
        handler,
        [hook]: [agentwrit.requireScope('a:b:c')],
      });
      await expect(app.ready()).rejects.toThrow('PUT /');
    },
  );

  it('counts no guard of addHook, which Fastify does not show, and none inside another hook', async () => {
    const { app, agentwrit } = await guardedServer({ denyByDefault });
    const guard = agentwrit.requireScope('a:b:c');
    app.addHook('preHandler', guard);
    app.put('/', { preHandler: (...args) => guard(...args) }, handler);
    await expect(app.ready()).rejects.toThrow('PUT /');
  });

  it('does not let a server start with routes that were declared before the plugin', async () => {
    const { plugin } = createAgentWrit({ broker: new ScriptedBroker() });
    const app = server();
    app.put('/early', { config: { publicRoute: true } }, handler);
    await app.register(plugin, { denyByDefault });
    await expect(app.ready()).rejects.toThrow(
      /declared before the AgentWrit plugin.*\n.*\/early \(PUT\)/,
    );
  });

  it('does not let a server start where nobody waited for the plugin', async () => {
    const { plugin } = createAgentWrit({ broker: new ScriptedBroker() });
    const app = server();
    void app.register(plugin, { denyByDefault });
    app.put('/early', handler);
    await expect(app.ready()).rejects.toThrow('/early');
  });

  it('fails requests to a route that came in by a scope from before the plugin', async () => {
    const { plugin } = createAgentWrit({ broker: new ScriptedBroker() });
    const app = server();
    let early = app;
    await app.register((scope, _options, done) => {
      early = scope;
      done();
    });
    await app.register(plugin, { denyByDefault });
    early.put('/late', handler);
    // It cannot be seen, so nothing is said of it; but it does not answer.
    assertGuarded(app);
    expect((await app.inject({ method: 'PUT', url: '/late', headers: bearer() })).statusCode).toBe(
      500,
    );
    expect((await app.inject('/nowhere')).statusCode).toBe(404);
  });

  it('in a scope is about that scope, with what it had before, and not about others', async () => {
    const { app, agentwrit } = await guardedServer();
    app.put('/outside', handler);
    await app.register(async (scope) => {
      scope.put('/before', handler);
      await scope.register(agentwrit.plugin, { denyByDefault });
      scope.put('/guarded', { config: { scope: 'a:b:c' } }, handler);
      await scope.register((inner, _options, done) => {
        inner.put('/below', handler);
        done();
      });
    });
    await expect(app.ready()).rejects.toThrow('seen: PUT /before, PUT /below.');
  });

  it('in a scope needs a plugin on the server where there are routes already', async () => {
    const { plugin } = createAgentWrit({ broker: new ScriptedBroker() });
    const app = server();
    app.put('/outside', handler);
    await app.register(async (scope) => {
      await scope.register(plugin, { denyByDefault });
    });
    await expect(app.ready()).rejects.toThrow('register it on the server first');
  });

  it.each([
    {
      name: 'an unknown one',
      options: { denyByDefualt: true },
      says: 'unknown option "denyByDefualt"',
    },
    { name: 'a prefix', options: { prefix: '/api' }, says: 'unknown option "prefix"' },
    {
      name: 'a text',
      options: { denyByDefault: 'yes' },
      says: '"denyByDefault" must be true or false',
    },
    { name: 'undefined', options: { declarative: undefined }, says: '"declarative" must be' },
    { name: 'no scope', options: { scope: undefined }, says: 'got undefined' },
    { name: 'a bad scope', options: { scope: 'read:data' }, says: 'got "read:data"' },
  ])('is not registered with wrong options: $name', async ({ options, says }) => {
    const { plugin, close } = createAgentWrit({ broker: new ScriptedBroker() });
    const app = fastify();
    await expect(app.register(plugin, options as object)).rejects.toThrow(says);
    await close();
  });
});
