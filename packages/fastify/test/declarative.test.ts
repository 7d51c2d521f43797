// What a route says in its `config` → checked before its own preHandlers.

import { describe, expect, it } from 'vitest';
import { bearer } from '../../core/test/fixtures.js';
import type { Declaration } from '../src/index.js';
import { guardedServer } from './server.js';

const BOTH = ['read:data:7', 'read:log:x'];

describe('a route that says what it needs', () => {
  it.each<{ name: string; config: Declaration; good: string[][]; bad: string[][] }>([
    {
      name: 'a scope with a placeholder',
      config: { scope: 'read:data:{id}' },
      good: [['read:data:7'], ['read:data:*']],
      bad: [['read:data:8'], []],
    },
    {
      name: 'several scopes',
      config: { scope: ['read:data:{id}', 'read:log:x'] },
      good: [BOTH],
      bad: [['read:data:7'], ['read:log:x']],
    },
    {
      name: 'all of several',
      config: { scope: { all: ['read:data:{id}', 'read:log:x'] } },
      good: [BOTH],
      bad: [['read:data:7']],
    },
    {
      name: 'one of several',
      config: { scope: { any: ['read:data:{id}', 'read:log:x'] } },
      good: [['read:data:7'], ['read:log:x']],
      bad: [['read:log:y']],
    },
    {
      name: 'one scope in place of an array',
      config: { scope: { all: 'read:data:{id}' } },
      good: [['read:data:7']],
      bad: [['read:data:8']],
    },
    {
      name: 'a computed scope',
      config: { scope: ({ params }) => `read:data:${params['id']}` },
      good: [['read:data:7']],
      bad: [['read:data:8']],
    },
    {
      name: 'computed scopes among others',
      config: {
        scope: { all: ['read:log:x', async ({ params }) => [`read:data:${params['id']}`]] },
      },
      good: [BOTH],
      bad: [['read:data:7'], ['read:log:x']],
    },
    {
      name: 'a task',
      config: { scope: { all: 'read:data:{id}', task: () => 'task-2' } },
      good: [],
      bad: [['read:data:7']],
    },
    { name: 'any good token', config: { authenticate: true }, good: [['a:b:c']], bad: [] },
    {
      name: 'any good token of a task',
      config: { authenticate: { task: () => 'task-2' } },
      good: [],
      bad: [['a:b:c']],
    },
  ])('lets in who has $name', async ({ config, good, bad }) => {
    const { app } = await guardedServer();
    let calls = 0;
    app.get('/:id', { config }, () => (calls += 1));
    expect((await app.inject('/7')).statusCode).toBe(401);
    for (const scope of bad) {
      const answer = await app.inject({ url: '/7', headers: bearer(scope) });
      expect(answer.statusCode, String(scope)).toBe(403);
    }
    expect(calls).toBe(0);
    for (const scope of good) {
      const answer = await app.inject({ url: '/7', headers: bearer(scope) });
      expect(answer.statusCode, String(scope)).toBe(200);
    }
    expect(calls).toBe(good.length);
  });

  it('asks the broker every time where it says maxAge 0', async () => {
    const { app, broker } = await guardedServer();
    app.get('/', { config: { scope: { any: ['read:data:7'], maxAge: 0 } } }, () => 'in');
    const headers = bearer();
    for (const calls of [1, 2]) {
      expect((await app.inject({ url: '/', headers })).body).toBe('in');
      expect(broker.calls).toHaveLength(calls);
    }
  });

  it('lets everybody in where it is public, and nobody with a bad token where that is optional', async () => {
    const { app } = await guardedServer();
    app.get('/public', { config: { publicRoute: true } }, (request) => String(request.agent?.id));
    app.get('/optional', { config: { authenticate: { optional: true } } }, (request) =>
      String(request.agent?.taskId),
    );
    const bad = { authorization: 'Bearer x' };
    expect((await app.inject({ url: '/public', headers: bad })).body).toBe('undefined');
    expect((await app.inject('/optional')).body).toBe('undefined');
    expect((await app.inject({ url: '/optional', headers: bearer() })).body).toBe('task-1');
    expect((await app.inject({ url: '/optional', headers: bad })).statusCode).toBe(401);
  });

  it('is checked after its schema and before its own preHandlers', async () => {
    const { app, agentwrit } = await guardedServer();
    const steps: string[] = [];
    app.get(
      '/:id',
      {
        config: {
          scope: ({ params }) => {
            steps.push(typeof params['id']);
            return 'read:data:7';
          },
        },
        schema: { params: { type: 'object', properties: { id: { type: 'integer' } } } },
        preHandler: [
          (request, _reply, done) => {
            steps.push(`own ${request.agent?.taskId}`);
            done();
          },
          agentwrit.requireScope('read:log:x'),
        ],
      },
      () => 'in',
    );
    expect((await app.inject({ url: '/x', headers: bearer() })).statusCode).toBe(400);
    expect((await app.inject({ url: '/7', headers: bearer([]) })).statusCode).toBe(403);
    expect(steps).toEqual(['number']);
    const answer = await app.inject({ url: '/7', headers: bearer() });
    expect(answer.json()).toMatchObject({ required_scope: ['read:log:x'] });
    expect(steps).toEqual(['number', 'number', 'own task-1']);
  });

  it('is the same for HEAD, for every method, and with and without a slash below a prefix', async () => {
    const { app } = await guardedServer();
    const config = { scope: 'read:data:7' } as const;
    await app.register(
      (scope, _options, done) => {
        scope.get('/', { config }, () => 'in');
        scope.route({ method: ['POST', 'OPTIONS'], url: '/x', config, handler: () => 'in' });
        done();
      },
      { prefix: '/api' },
    );
    for (const [method, url] of [
      ['GET', '/api'],
      ['GET', '/api/'],
      ['HEAD', '/api'],
      ['HEAD', '/api/'],
      ['POST', '/api/x'],
      ['OPTIONS', '/api/x'],
    ] as const) {
      expect((await app.inject({ method, url })).statusCode, `${method} ${url}`).toBe(401);
      const answer = await app.inject({ method, url, headers: bearer() });
      expect(answer.statusCode, `${method} ${url}`).toBe(200);
    }
  });

  it('can be read by its handler, and keeps its object as it is', async () => {
    const { app } = await guardedServer();
    const config = Object.freeze({ scope: 'read:data:7', note: 'mine' } as const);
    app.get('/', { config }, ({ routeOptions }) => {
      const { scope, note } = routeOptions.config;
      return [scope, note];
    });
    const answer = await app.inject({ url: '/', headers: bearer() });
    expect(answer.json()).toEqual(['read:data:7', 'mine']);
  });
});
