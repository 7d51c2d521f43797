// What the compiler says of what routes say in their `config`: each wrong line is marked, and fails here once it compiles.

import { fastify } from 'fastify';
import { describe, expectTypeOf } from 'vitest';
import { ScriptedBroker } from '../../core/test/fixtures.js';
import { createAgentWrit, guarded } from '../src/index.js';
import { compiled } from './compiled.js';

const agentwrit = createAgentWrit({ broker: new ScriptedBroker() });

describe('what a route says', () => {
  const app = fastify();
  const handler = (): string => '';

  describe('takes scopes, functions and options', () => {
    compiled(() => {
      app.get('/a/:id', { config: { scope: 'read:data:customer-{id}' } }, handler);
      app.get('/a', { config: { scope: ['read:data:a', 'read:data:b'] } }, handler);
      app.get(
        '/a',
        { config: { scope: { any: ['read:data:a', 'read:data:b'], maxAge: 0 } } },
        handler,
      );
      app.get('/a', { config: { scope: { all: 'read:data:a', grace: 0 } } }, handler);
      app.get(
        '/a/:id',
        { config: { scope: (request) => `read:data:${request.params['id']}` } },
        handler,
      );
      app.get(
        '/a/:id',
        {
          config: {
            scope: { all: ['read:data:a', async ({ params }) => `read:data:${params['id']}`] },
          },
        },
        handler,
      );
      app.get('/a', { config: { authenticate: true } }, handler);
      app.get('/a', { config: { authenticate: { optional: true } } }, handler);
      app.get('/a', { config: { publicRoute: true } }, handler);
      app.route({ method: 'GET', url: '/a', config: { scope: 'read:data:*' }, handler });
      app.get<{ Params: { id: string } }>(
        '/a/:id',
        { config: { scope: 'read:data:{id}' } },
        guarded((request) => request.params.id + request.agent.id),
      );
      app.get('/a', { config: { scope: 'read:data:*', other: 7 } }, (request) => {
        expectTypeOf(request.routeOptions.config.other).toBeNumber();
        return '';
      });
    });
  });

  describe('is refused where it is wrong', () => {
    compiled(() => {
      // @ts-expect-error two parts
      app.get('/a', { config: { scope: 'read:data' } }, handler);
      // @ts-expect-error a number
      app.get('/a', { config: { scope: 7 } }, handler);
      // @ts-expect-error none
      app.get('/a', { config: { scope: [] } }, handler);
      // @ts-expect-error one is malformed
      app.get('/a', { config: { scope: ['read:data:a', 'read'] } }, handler);
      // @ts-expect-error both
      app.get('/a', { config: { scope: { any: ['read:data:a'], all: ['read:data:b'] } } }, handler);
      // @ts-expect-error neither
      app.get('/a', { config: { scope: { maxAge: 0 } } }, handler);
      // @ts-expect-error no seconds
      app.get('/a', { config: { scope: { any: ['read:data:a'], maxAge: '0' } } }, handler);
      // @ts-expect-error says nothing
      app.get('/a', { config: { authenticate: false } }, handler);
      // @ts-expect-error says nothing
      app.get('/a', { config: { publicRoute: false } }, handler);
      // @ts-expect-error not there perhaps
      app.get('/a', { config: { scope: process.env['SCOPE'] } }, handler);
      // @ts-expect-error two parts
      void app.register(agentwrit.plugin, { scope: 'read:data' });
      // @ts-expect-error no text
      void app.register(agentwrit.plugin, { declarative: 'no' });
    });
  });
});
