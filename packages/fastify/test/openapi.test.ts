// What @fastify/swagger writes of guarded routes.

import { fastifySwagger, type FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { describe, expect, it } from 'vitest';
import { ScriptedBroker } from '../../core/test/fixtures.js';
import { createAgentWrit, describeSecurity } from '../src/index.js';
import { server } from './server.js';

interface Operation {
  readonly security?: unknown;
  readonly summary?: string;
  readonly 'x-required-scope'?: unknown;
}

const agentwrit = createAgentWrit({ broker: new ScriptedBroker() });
const { plugin, requireScope } = agentwrit;
const handler = (): string => 'in';

/** The operations of a server, such as `get /customers/{id}`. */
async function operationsOf(
  app: FastifyInstance,
): Promise<{ operations: Record<string, Operation>; schemes: Record<string, unknown> }> {
  await app.ready();
  const { paths = {}, components = {} } = app.swagger() as {
    paths?: Record<string, Record<string, Operation>>;
    components?: { securitySchemes?: Record<string, unknown> };
  };
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, said]) => [`${method} ${path}`, said] as const),
  );
  return {
    operations: Object.fromEntries(operations),
    schemes: components.securitySchemes ?? {},
  };
}

/** In either order. */
async function documented(
  version: string,
  order: readonly ('plugin' | 'swagger')[] = ['plugin', 'swagger'],
  options: FastifyDynamicSwaggerOptions = {},
): Promise<FastifyInstance> {
  const app = server();
  for (const name of order) {
    if (name === 'plugin') await app.register(plugin);
    else {
      await app.register(fastifySwagger, {
        openapi: { openapi: version },
        transformObject: describeSecurity,
        ...options,
      });
    }
  }
  return app;
}

describe.each([
  ['plugin', 'swagger'],
  ['swagger', 'plugin'],
] as const)('with %s registered before %s', (...order) => {
  it('a guarded operation names the scheme and what it needs', async () => {
    const app = await documented('3.1.0', order);
    app.get('/customers/:id', { config: { scope: 'read:data:customer-{id}' } }, handler);
    app.get('/both', { onRequest: requireScope('read:a:x', 'read:b:x') }, handler);
    app.get('/any', { config: { scope: { any: ['read:a:x', 'read:b:x'] } } }, handler);
    app.get('/two', {
      config: { scope: { any: ['read:a:x', 'read:b:x'] } },
      preHandler: requireScope('read:c:x'),
      handler,
    });
    app.get('/computed', { preHandler: requireScope('read:a:x', () => 'read:b:x') }, handler);
    app.get('/either', { config: { scope: { any: ['read:a:x', () => 'a:b:c'] } } }, handler);
    app.get('/anybody', { config: { authenticate: true } }, handler);
    app.get('/optional', { config: { authenticate: { optional: true } } }, handler);
    app.get('/public', { config: { publicRoute: true } }, handler);
    app.get('/open', handler);
    const { operations, schemes } = await operationsOf(app);
    expect(schemes).toMatchObject({ agentwrit: { type: 'http', scheme: 'bearer' } });
    const said = Object.entries(operations).map(([name, operation]) => [
      name,
      operation.security,
      operation['x-required-scope'],
    ]);
    const both = ['read:a:x', 'read:b:x'];
    expect(said).toEqual([
      [
        'get /customers/{id}',
        [{ agentwrit: ['read:data:customer-{id}'] }],
        [{ all: ['read:data:customer-{id}'] }],
      ],
      ['get /both', [{ agentwrit: both }], [{ all: both }]],
      ['get /any', [{ agentwrit: ['read:a:x'] }, { agentwrit: ['read:b:x'] }], [{ any: both }]],
      [
        'get /two',
        [{ agentwrit: ['read:a:x', 'read:c:x'] }, { agentwrit: ['read:b:x', 'read:c:x'] }],
        [{ any: both }, { all: ['read:c:x'] }],
      ],
      ['get /computed', [{ agentwrit: ['read:a:x'] }], [{ all: ['read:a:x'], computed: true }]],
      [
        'get /either',
        [{ agentwrit: ['read:a:x'] }, { agentwrit: [] }],
        [{ any: ['read:a:x'], computed: true }],
      ],
      ['get /anybody', [{ agentwrit: [] }], [{ all: [] }]],
      ['get /optional', [{ agentwrit: [] }, {}], [{ all: [], optional: true }]],
      ['get /public', [], undefined],
      ['get /open', undefined, undefined],
    ]);
  });

  it('a scope of routes says what it needs, and HEAD what GET does', async () => {
    const app = await documented('3.1.0', order, { exposeHeadRoutes: true });
    await app.register(async (scope) => {
      await scope.register(plugin, { scope: 'read:reports:*' });
      scope.get('/reports', handler);
    });
    const { operations } = await operationsOf(app);
    const security = [{ agentwrit: ['read:reports:*'] }];
    expect(operations).toMatchObject({
      'get /reports': { security },
      'head /reports': { security },
    });
  });
});

describe('a document', () => {
  it('of OpenAPI 3.0 names no scopes in security, which it does not allow', async () => {
    const app = await documented('3.0.3');
    app.get('/', { config: { scope: { any: ['read:a:x', 'read:b:x'] } } }, handler);
    const { operations } = await operationsOf(app);
    expect(operations['get /']).toMatchObject({
      security: [{ agentwrit: [] }],
      'x-required-scope': [{ any: ['read:a:x', 'read:b:x'] }],
    });
  });

  it('keeps what routes and the program say themselves', async () => {
    const own = { type: 'apiKey', name: 'key', in: 'query' } as const;
    const app = server();
    await app.register(plugin);
    await app.register(fastifySwagger, {
      openapi: { openapi: '3.1.0', components: { securitySchemes: { own, agentwrit: own } } },
      transformObject: describeSecurity,
    });
    const schema = { summary: 'Reads', security: [{ own: [] }] };
    app.get('/own', { schema, config: { scope: 'read:a:x' } }, handler);
    app.get('/public', { schema, config: { publicRoute: true } }, handler);
    app.get('/same', { schema: { summary: 'Same' }, config: { scope: 'read:a:x' } }, handler);
    const { operations, schemes } = await operationsOf(app);
    expect(schemes).toEqual({ own, agentwrit: own });
    expect(operations['get /own']).toMatchObject({
      ...schema,
      'x-required-scope': [{ all: ['read:a:x'] }],
    });
    expect(operations['get /public']).toMatchObject(schema);
    expect(operations['get /same']).toMatchObject({
      summary: 'Same',
      security: [{ agentwrit: ['read:a:x'] }],
    });
    // The object may be shared by routes that need something else.
    expect(Object.keys(schema)).toEqual(['summary', 'security']);
  });

  it('can be written where the program does not describe the scheme', async () => {
    const app = server();
    await app.register(plugin);
    await app.register(fastifySwagger, { openapi: {} });
    app.get('/', { config: { scope: 'read:a:x' } }, handler);
    const { operations } = await operationsOf(app);
    expect(operations['get /']).toMatchObject({ 'x-required-scope': [{ all: ['read:a:x'] }] });
    expect(operations['get /']?.security).toBeUndefined();
  });

  it('of Swagger 2 stays as it is', async () => {
    const app = server();
    await app.register(plugin);
    await app.register(fastifySwagger, { swagger: {}, transformObject: describeSecurity });
    app.get('/', { config: { scope: 'read:a:x' } }, handler);
    const { operations } = await operationsOf(app);
    expect(operations['get /']).toMatchObject({ 'x-required-scope': [{ all: ['read:a:x'] }] });
  });

  it('leaves the schemas of routes alone where there is no @fastify/swagger', async () => {
    const app = server();
    await app.register(plugin);
    app.get('/', { config: { scope: 'read:a:x' } }, ({ routeOptions }) => [
      routeOptions.schema === undefined,
    ]);
    app.addHook('onRoute', ({ schema }) => expect(schema).toBeUndefined());
    app.get('/again', { config: { publicRoute: true } }, handler);
    await app.ready();
  });
});
