// The plugin, registered in a scope with what every route there needs.

import { describe, expect, it } from 'vitest';
import { bearer, ScriptedBroker } from '../../core/test/fixtures.js';
import { createAgentWrit, listRequirements } from '../src/index.js';
import { guardedServer, server } from './server.js';

describe('a plugin that says what every route of its scope needs', () => {
  it('guards those routes, whenever they were declared, and no other', async () => {
    const { app, agentwrit } = await guardedServer();
    app.get('/before', () => 'open');
    await app.register(
      async (reports) => {
        reports.get('/first', () => 'in');
        await reports.register(agentwrit.plugin, { scope: 'read:reports:*' });
        reports.get('/weekly', (request) => String(request.agent?.taskId));
        reports.get('/none', { config: { publicRoute: true } }, () => 'in');
        await reports.register((inner, _options, done) => {
          inner.get('/below', () => 'in');
          done();
        });
      },
      { prefix: '/reports' },
    );
    app.get('/after', () => 'open');
    for (const path of ['first', 'weekly', 'below', 'none']) {
      const url = `/reports/${path}`;
      expect((await app.inject(url)).statusCode, url).toBe(401);
      expect((await app.inject({ method: 'HEAD', url })).statusCode, url).toBe(401);
      expect((await app.inject({ url, headers: bearer() })).statusCode, url).toBe(403);
      const answer = await app.inject({ url, headers: bearer(['read:reports:*']) });
      expect(answer.statusCode, url).toBe(200);
    }
    expect((await app.inject('/before')).body).toBe('open');
    expect((await app.inject('/after')).body).toBe('open');
    const guarded = listRequirements(app).filter(({ needs }) => needs.length > 0);
    expect(new Set(guarded.map(({ path }) => path))).toEqual(
      new Set(['/reports/first', '/reports/weekly', '/reports/none', '/reports/below']),
    );
  });

  it('adds to what scopes around it and routes inside it say', async () => {
    const scopes: string[] = [];
    const { app, agentwrit } = await guardedServer(
      { scope: 'read:a:x' },
      { onDecision: ({ requiredScope }) => scopes.push(...requiredScope) },
    );
    await app.register(async (scope) => {
      await scope.register(agentwrit.plugin, { scope: { any: ['read:b:x', 'read:b:y'] } });
      scope.put(
        '/',
        { config: { scope: 'read:c:x' }, preHandler: agentwrit.requireScope('read:d:x') },
        () => 'in',
      );
    });
    const [listed] = listRequirements(app);
    const declared = listed?.needs.map((needs) => needs.scopes);
    expect(declared).toEqual([['read:a:x'], ['read:b:x', 'read:b:y'], ['read:c:x'], ['read:d:x']]);
    const headers = bearer(['read:a:x', 'read:b:x', 'read:c:x', 'read:d:x']);
    expect((await app.inject({ method: 'PUT', url: '/', headers })).body).toBe('in');
    for (const missing of ['a', 'b', 'c', 'd']) {
      const held = ['read:a:x', 'read:b:x', 'read:c:x', 'read:d:x'];
      const answer = await app.inject({
        method: 'PUT',
        url: '/',
        headers: bearer(held.filter((scope) => !scope.startsWith(`read:${missing}`))),
      });
      expect(answer.statusCode, missing).toBe(403);
    }
    expect(scopes).not.toHaveLength(0);
  });

  it('may be any good token, or nothing: for routes that others have written', async () => {
    const { app, agentwrit } = await guardedServer({ denyByDefault: true });
    await app.register(async (docs) => {
      await docs.register(agentwrit.plugin, { publicRoute: true });
      docs.get('/docs', () => 'open');
    });
    await app.register(async (scope) => {
      const authenticate = { optional: true };
      await scope.register(agentwrit.plugin, { authenticate, publicRoute: true });
      scope.get('/me', (request) => request.agent?.taskId ?? 'nobody');
    });
    expect((await app.inject('/docs')).body).toBe('open');
    expect((await app.inject('/me')).body).toBe('nobody');
    expect((await app.inject({ url: '/me', headers: bearer([]) })).body).toBe('task-1');
  });

  it('is its own guard, even where another one checks what routes say', async () => {
    const app = server();
    const outer = createAgentWrit({ broker: new ScriptedBroker(), realm: 'outer' });
    const inner = createAgentWrit({ broker: new ScriptedBroker(), realm: 'inner' });
    await app.register(outer.plugin);
    await app.register(async (scope) => {
      await scope.register(inner.plugin, { scope: 'read:b:x', declarative: false });
      scope.get('/', { config: { scope: 'read:a:x' } }, () => 'in');
    });
    const realmFor = async (headers: Record<string, string>): Promise<unknown> =>
      (await app.inject({ url: '/', headers })).headers['www-authenticate'];
    expect(await realmFor({})).toContain('realm="outer"');
    expect(await realmFor(bearer(['read:a:x']))).toContain('realm="inner"');
    expect(await realmFor(bearer(['read:a:x', 'read:b:x']))).toBeUndefined();
  });
});
