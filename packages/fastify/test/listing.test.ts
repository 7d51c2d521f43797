// What listRequirements() and assertGuarded() see of a server.

import { describe, expect, it } from 'vitest';
import { ScriptedBroker } from '../../core/test/fixtures.js';
import { assertGuarded, createAgentWrit, listRequirements, publicRoute } from '../src/index.js';
import { guardedServer, server } from './server.js';

const handler = (): string => 'in';

describe('listRequirements()', () => {
  it('has every route in the order of registration, with everything it needs', async () => {
    const { app, agentwrit } = await guardedServer();
    const { requireScope, requireAnyScope, authenticate } = agentwrit;
    app.get(
      '/customers/:id',
      {
        config: { scope: { any: ['read:data:{id}', 'read:log:x'], maxAge: 0 } },
        onRequest: authenticate(),
        preHandler: requireScope('read:data:x', () => 'read:data:y'),
      },
      handler,
    );
    await app.register(
      (scope, _options, done) => {
        scope.route({
          method: ['POST', 'PUT'],
          url: '/',
          preHandler: requireAnyScope('a:b:c', 'a:b:d'),
          handler,
        });
        scope.post('/public', { preParsing: publicRoute() }, handler);
        scope.post('/strangers', { config: { authenticate: { optional: true } } }, handler);
        scope.all('/every', { exposeHeadRoute: false }, handler);
        done();
      },
      { prefix: '/api' },
    );
    app.post('/open', handler);
    const none = { match: 'none', scopes: [], isComputed: false, isOptional: false, maxAge: 5 };
    const any = { ...none, match: 'any' };
    const customers = {
      path: '/customers/:id',
      needs: [
        none,
        { ...any, scopes: ['read:data:{id}', 'read:log:x'], maxAge: 0 },
        { ...none, match: 'all', scopes: ['read:data:x'], isComputed: true },
      ],
      isPublic: false,
    };
    const api = { path: '/api', needs: [{ ...any, scopes: ['a:b:c', 'a:b:d'] }], isPublic: false };
    const routes = listRequirements(app).filter(({ path }) => path !== '/api/every');
    expect(routes).toEqual([
      { method: 'GET', ...customers },
      { method: 'HEAD', ...customers },
      { method: 'POST', ...api },
      { method: 'PUT', ...api },
      { method: 'POST', path: '/api/public', needs: [], isPublic: true },
      {
        method: 'POST',
        path: '/api/strangers',
        needs: [{ ...none, isOptional: true }],
        isPublic: false,
      },
      { method: 'POST', path: '/open', needs: [], isPublic: false },
    ]);
    const every = listRequirements(app).filter(({ path }) => path === '/api/every');
    expect(every.map(({ method }) => method)).toEqual(expect.arrayContaining(['GET', 'DELETE']));
    expect(every.every(({ needs }) => needs.length === 0)).toBe(true);
    expect(() => assertGuarded(app)).toThrow('GET /api/every');
    expect(() => assertGuarded(app)).toThrow('POST /open');
    expect(() => assertGuarded(app)).not.toThrow('/customers');
  });

  it('has the routes of a scope where it is asked for one', async () => {
    const { app } = await guardedServer();
    app.post('/outside', handler);
    await app.register((scope, _options, done) => {
      scope.post('/inside', { config: { publicRoute: true } }, handler);
      scope.register((inner, _innerOptions, innerDone) => {
        inner.post('/below', { config: { publicRoute: true } }, handler);
        innerDone();
      });
      scope.after(() => {
        expect(listRequirements(scope).map(({ path }) => path)).toEqual(['/inside', '/below']);
        assertGuarded(scope);
      });
      done();
    });
    expect(listRequirements(app).map(({ path }) => path)).toEqual([
      '/outside',
      '/inside',
      '/below',
    ]);
  });

  it('sees the guards of every AgentWrit on the server, whichever plugin is there', async () => {
    const { app } = await guardedServer();
    const other = createAgentWrit({ broker: new ScriptedBroker(), maxAge: 7 });
    app.post('/', { onRequest: other.requireScope('a:b:c') }, handler);
    expect(listRequirements(app)[0]?.needs).toMatchObject([{ scopes: ['a:b:c'], maxAge: 7 }]);
    assertGuarded(app);
    await other.close();
  });

  it('knows what an onRoute hook adds to a route after it', async () => {
    const { app, agentwrit } = await guardedServer();
    app.addHook('onRoute', (options) => {
      options.preHandler = [agentwrit.requireScope('a:b:c')];
    });
    app.post('/', handler);
    expect(listRequirements(app)[0]?.needs).toMatchObject([{ scopes: ['a:b:c'] }]);
    expect((await app.inject({ method: 'POST', url: '/' })).statusCode).toBe(401);
  });

  it('says so where there is no plugin, or one that came too late', async () => {
    const { plugin } = createAgentWrit({ broker: new ScriptedBroker() });
    const app = server();
    app.post('/early', handler);
    expect(() => listRequirements(app)).toThrow('no AgentWrit plugin is registered on it');
    expect(() => assertGuarded(app)).toThrow('no AgentWrit plugin is registered on it');
    await app.register(plugin);
    expect(() => listRequirements(app)).toThrow(
      /before the AgentWrit plugin.*\n.*\/early \(POST\)/,
    );
    expect(() => assertGuarded(app)).toThrow('/early');
  });
});
