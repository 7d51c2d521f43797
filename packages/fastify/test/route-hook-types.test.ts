// What the compiler says of hooks: each wrong line is marked, and fails here once it compiles.

import { fastify, type FastifyRequest } from 'fastify';
import { describe, expectTypeOf } from 'vitest';
import { ScriptedBroker } from '../../core/test/fixtures.js';
import {
  assertGuarded,
  createAgentWrit,
  guarded,
  listRequirements,
  publicRoute,
} from '../src/index.js';
import { compiled, type ExampleProvider } from './compiled.js';

const agentwrit = createAgentWrit({ broker: new ScriptedBroker() });
const { requireScope, requireAnyScope, authenticate } = agentwrit;

describe('a hook', () => {
  const app = fastify();

  describe('stands wherever Fastify takes one', () => {
    compiled(() => {
      interface Route {
        Params: { id: string };
        Body: { amount: number };
      }
      const hook = requireScope('read:data:{id}');
      const all = {
        onRequest: hook,
        preParsing: [hook],
        preValidation: [publicRoute(), hook],
        preHandler: authenticate({ optional: true }),
      };
      app.post<Route>('/a/:id', all, (request) => request.params.id);
      app.withTypeProvider<ExampleProvider>().get('/b', all, () => '');
      app.addHook('onRequest', hook);
      app.addHook('preParsing', hook);
      app.addHook('preValidation', hook);
      app.addHook('preHandler', hook);
      const secure = fastify({ http2: true });
      secure.get<Route>('/a/:id', all, (request) => request.params.id);
      secure.get(
        '/a/:id',
        all,
        guarded((request) => request.agent.id),
      );
      secure.addHook('onRequest', hook);
      void secure.register(agentwrit.plugin);
      assertGuarded(secure);
      listRequirements(app.withTypeProvider<ExampleProvider>());
    });
  });

  describe('is not built from a scope that is none', () => {
    compiled(() => {
      // @ts-expect-error two parts
      requireScope('read:data');
      // @ts-expect-error one part
      requireAnyScope('read');
      // @ts-expect-error no text
      requireScope(7);
      // @ts-expect-error scopes stand one by one
      requireScope(['read:data:x', 'read:data:y']);
      // @ts-expect-error no scope at all
      requireScope();
      // @ts-expect-error no such option
      requireScope('read:data:x', { maxage: 0 });
      // @ts-expect-error not an option of scopes
      requireScope('read:data:x', { optional: true });
      // @ts-expect-error no text
      requireScope('read:data:x', { maxAge: '0' });
      // @ts-expect-error no such option
      authenticate({ optinal: true });
    });
  });

  describe('gives functions the request of Fastify', () => {
    compiled(() => {
      requireScope(
        (request) => {
          expectTypeOf(request.params['id']).toEqualTypeOf<string | undefined>();
          expectTypeOf(request.query['page']).toBeUnknown();
          expectTypeOf(request.routeOptions.url).toEqualTypeOf<string | undefined>();
          return `read:data:${request.params['id']}`;
        },
        { task: (request) => request.params['task'] },
      );
      requireScope<{ Params: { id: number } }>((request) => {
        expectTypeOf(request.params).toEqualTypeOf<{ id: number }>();
        return [`read:data:${request.params.id}`];
      });
      requireAnyScope(async (request: FastifyRequest<{ Body: { list: string[] } }>) => {
        await Promise.resolve();
        return request.body.list.map((id) => `read:data:${id}`);
      });
      authenticate<{ Params: { task: string } }>({ task: ({ params }) => params.task });
      // @ts-expect-error no scope
      requireScope((request) => request.ip.length);
      createAgentWrit({
        broker: 'http://127.0.0.1:8080',
        task: (request) => request.params['task'],
        render: (problem, request) => ({
          body: `${problem.title} ${request.originalUrl}`,
          contentType: 'text/plain',
        }),
      });
    });
  });
});
