// What is listed of a route, against what becomes of a stranger's request to it.

import type { FastifyInstance } from 'fastify';
import { expect, it } from 'vitest';
import { listRequirements, publicRoute } from '../src/index.js';
import { guardedServer } from './server.js';

it('a route is listed as guarded if, and only if, it refuses strangers, wherever it stands', async () => {
  const { app, agentwrit } = await guardedServer();
  const guard = agentwrit.requireScope('a:b:c');
  const ways: readonly object[] = [
    {},
    { config: { scope: 'a:b:c' } },
    { config: { authenticate: true } },
    { config: { publicRoute: true } },
    { onRequest: guard },
    { preParsing: guard },
    { preValidation: guard },
    { preHandler: guard },
    { onSend: publicRoute() },
    { preHandler: publicRoute() },
  ];
  const handler = (): string => 'in';
  const declareAll = (scope: FastifyInstance, at: string): void => {
    for (const [index, options] of ways.entries()) {
      scope.get(`${at}/${index}`, options, handler);
      scope.route({ method: ['PUT', 'POST'], url: `${at}/${index}`, handler, ...options });
    }
  };
  declareAll(app, '/root');
  const scopes = {
    '/plain': {},
    '/scoped': { scope: 'a:b:c' },
    '/known': { authenticate: true },
    '/public': { publicRoute: true },
  } as const;
  for (const [prefix, pluginOptions] of Object.entries(scopes)) {
    await app.register(
      async (scope) => {
        scope.get('/', handler);
        declareAll(scope, '/before');
        await scope.register(async (inner) => declareAll(inner, '/below-before'));
        await scope.register(agentwrit.plugin, pluginOptions);
        declareAll(scope, '/after');
        await scope.register(async (inner) => declareAll(inner, '/below-after'));
      },
      { prefix },
    );
  }
  declareAll(app, '/root-after');
  const listed = { guarded: 0, open: 0 };
  for (const { method, path, needs } of listRequirements(app)) {
    const { statusCode } = await app.inject({ method: method as 'GET', url: path });
    const isGuarded = needs.length > 0;
    expect([statusCode, `${method} ${path}`]).toEqual([isGuarded ? 401 : 200, `${method} ${path}`]);
    listed[isGuarded ? 'guarded' : 'open'] += 1;
  }
  expect(listed.guarded).toBeGreaterThan(150);
  expect(listed.open).toBeGreaterThan(150);
});
