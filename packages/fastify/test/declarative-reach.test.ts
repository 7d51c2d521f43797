// Where routes that say what they need are checked, by which guard, and what happens where none can see them.

import type { FastifyContextConfig, FastifyInstance } from 'fastify';
import { describe, expect, it } from 'vitest';
import { bearer, ScriptedBroker } from '../../core/test/fixtures.js';
import { createAgentWrit, listRequirements } from '../src/index.js';
import { guardedServer, server } from './server.js';

const config = { scope: 'read:data:7' } as const;

describe('a route that was declared before the plugin was there', () => {
  const handler = (): string => 'in';

  it('fails closed on the same server, where nobody waited for the plugin', async () => {
    const { plugin } = createAgentWrit({ broker: new ScriptedBroker() });
    const app = server();
    void app.register(plugin);
    app.get('/', { config }, handler);
    app.get('/authenticated', { config: { authenticate: true } }, handler);
    app.get('/open', handler);
    for (const url of ['/', '/authenticated']) {
      const answer = await app.inject({ url, headers: bearer() });
      expect(answer.statusCode).toBe(500);
      expect(answer.json()).toMatchObject({
        message: expect.stringContaining('await app.register'),
      });
    }
    expect((await app.inject({ method: 'HEAD', url: '/' })).statusCode).toBe(500);
    // Nothing is known of the others: they are as they were.
    expect((await app.inject('/open')).body).toBe('in');
    expect((await app.inject('/nowhere')).statusCode).toBe(404);
  });

  it('fails closed in a scope that was there before, its own plugins included', async () => {
    const { plugin } = createAgentWrit({ broker: new ScriptedBroker() });
    const app = server();
    await app.register(
      async (scope) => {
        scope.get('/a', { config }, handler);
        await scope.register((inner, _options, done) => {
          inner.get('/b', { config }, handler);
          done();
        });
      },
      { prefix: '/early' },
    );
    await app.register(plugin);
    for (const url of ['/early/a', '/early/b']) {
      expect((await app.inject({ url, headers: bearer() })).statusCode).toBe(500);
    }
  });

  it('fails closed where only its scope was there before', async () => {
    const { plugin } = createAgentWrit({ broker: new ScriptedBroker() });
    const app = server();
    const scopes: FastifyInstance[] = [];
    await app.register(async (scope) => void scopes.push(scope));
    await app.register(plugin);
    for (const scope of scopes) scope.get('/late', { config }, handler);
    expect((await app.inject('/late')).statusCode).toBe(500);
    expect((await app.inject({ url: '/late', headers: bearer() })).statusCode).toBe(500);
  });

  it('is guarded all the same in the scope of a plugin further out', async () => {
    const { app, agentwrit } = await guardedServer();
    await app.register(async (scope) => {
      scope.get('/', { config }, handler);
      await scope.register(agentwrit.plugin);
    });
    expect((await app.inject('/')).statusCode).toBe(401);
    expect((await app.inject({ url: '/', headers: bearer() })).body).toBe('in');
  });
});

describe('a plugin that is registered in a scope', () => {
  it('acts in that scope and below, and nowhere else', async () => {
    const { plugin } = createAgentWrit({ broker: new ScriptedBroker() });
    const app = server();
    await app.register(async (scope) => {
      await scope.register(plugin);
      scope.get('/inside', { config }, () => 'in');
      scope.register((inner, _options, done) => {
        inner.get('/below', { config }, () => 'in');
        done();
      });
    });
    // Nothing of it is out here, not even the decorator.
    app.get('/outside', { config }, () => 'in');
    expect((await app.inject('/inside')).statusCode).toBe(401);
    expect((await app.inject('/below')).statusCode).toBe(401);
    expect((await app.inject('/outside')).body).toBe('in');
    expect(app.hasRequestDecorator('agent')).toBe(false);
  });

  it('checks once where its guard is registered further out as well', async () => {
    let decisions = 0;
    const { app, agentwrit } = await guardedServer({}, { onDecision: () => (decisions += 1) });
    await app.register(agentwrit.plugin);
    await app.register(async (scope) => {
      await scope.register(agentwrit.plugin);
      scope.get('/', { config }, () => 'in');
    });
    expect((await app.inject({ url: '/', headers: bearer() })).body).toBe('in');
    expect(decisions).toBe(1);
    expect(listRequirements(app).map(({ method }) => method)).toEqual(['GET', 'HEAD']);
  });
});

describe('of several guards', () => {
  const guardOf = (realm: string) => createAgentWrit({ broker: new ScriptedBroker(), realm });

  it('the nearest checks what a route says', async () => {
    const [outer, inner] = [guardOf('outer'), guardOf('inner')];
    const app = server();
    await app.register(outer.plugin);
    await app.register(async (scope) => {
      await scope.register(inner.plugin);
      scope.get('/inner', { config }, () => 'in');
    });
    await app.register(async (scope) => {
      await scope.register(inner.plugin, { declarative: false });
      scope.get('/passed-on', { config }, () => 'in');
    });
    app.get('/outer', { config }, () => 'in');
    for (const [url, realm] of [
      ['/inner', 'inner'],
      ['/passed-on', 'outer'],
      ['/outer', 'outer'],
    ] as const) {
      const { headers } = await app.inject(url);
      expect(headers['www-authenticate'], url).toContain(`realm="${realm}"`);
      expect((await app.inject({ url, headers: bearer() })).body).toBe('in');
    }
  });

  it('on one server, one says that it does not check what routes say', async () => {
    const app = server();
    await app.register(guardOf('a').plugin, { declarative: false });
    await app.register(guardOf('b').plugin);
    app.get('/', { config }, () => 'in');
    expect((await app.inject('/')).headers['www-authenticate']).toContain('realm="b"');
  });

  it('no two check one route: it cannot be declared', async () => {
    const app = server();
    await app.register(guardOf('a').plugin);
    await app.register(guardOf('b').plugin);
    app.get('/open', () => 'in');
    app.get('/public', { config: { publicRoute: true } }, () => 'in');
    expect(() => app.get('/', { config }, () => 'in')).toThrow(
      '"declarative: false" to all but one',
    );
  });

  it('at least one checks it: else it cannot be declared', async () => {
    const app = server();
    await app.register(guardOf('a').plugin, { declarative: false });
    expect(() => app.get('/', { config }, () => 'in')).toThrow('no guard here checks it');
  });
});

describe('an onRoute hook of another plugin', () => {
  it.each([
    {
      name: 'tightens what is declared',
      change: (config: FastifyContextConfig) => ({ ...config, scope: 'write:admin:*' as const }),
    },
    {
      name: 'changes it in place',
      change: (config: FastifyContextConfig) =>
        Object.assign(config, { scope: 'write:admin:*' as const }),
    },
  ])(
    'does not let the server start when it $name: that would not be checked',
    async ({ change }) => {
      const { app } = await guardedServer();
      app.addHook('onRoute', (options) => {
        options.config = change(options.config ?? {});
      });
      app.put('/changed', { config: { scope: 'a:b:c' } }, () => 'in');
      app.put('/added', () => 'in');
      await expect(app.ready()).rejects.toThrow('PUT /changed, PUT /added');
    },
  );

  it('cannot take away what a route has said: the server does not start', async () => {
    const { app } = await guardedServer();
    app.addHook('onRoute', (options) => {
      if (options.url === '/lost') options.config = {};
    });
    app.get('/kept', { config }, () => 'in');
    app.get('/lost', { exposeHeadRoute: false, config }, () => 'in');
    await expect(app.ready()).rejects.toThrow(/another onRoute hook: GET \/lost$/);
  });

  it('may declare routes of its own like those it sees: they are guarded too', async () => {
    const { app } = await guardedServer();
    app.addHook('onRoute', function mirror(options) {
      if (options.url === '/a') this.route({ ...options, method: 'PUT', url: '/b' });
    });
    app.get('/a', { exposeHeadRoute: false, config }, () => 'in');
    const listed = listRequirements(app).map(({ method, path }) => `${method} ${path}`);
    expect(listed.toSorted()).toEqual(['GET /a', 'PUT /b']);
    for (const [method, url] of [
      ['GET', '/a'],
      ['PUT', '/b'],
    ] as const) {
      expect((await app.inject({ method, url })).statusCode).toBe(401);
      expect((await app.inject({ method, url, headers: bearer() })).body).toBe('in');
    }
  });
});
