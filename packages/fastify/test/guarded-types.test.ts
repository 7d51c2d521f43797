// What the compiler says of guarded() handlers: each wrong line is marked, and fails here once it compiles.

import { fastify } from 'fastify';
import { describe, expectTypeOf } from 'vitest';
import { ScriptedBroker } from '../../core/test/fixtures.js';
import { type Agent, createAgentWrit, guarded } from '../src/index.js';
import { compiled, type ExampleProvider } from './compiled.js';

const { requireScope } = createAgentWrit({ broker: new ScriptedBroker() });
const preHandler = requireScope('read:data:*');

describe('a guarded() handler', () => {
  const app = fastify();

  describe('has an agent, where others may have one', () => {
    compiled(() => {
      app.get('/a', { preHandler }, (request) => {
        expectTypeOf(request.agent).toEqualTypeOf<Agent | undefined>();
        expectTypeOf(request.getDecorator<Agent>('agent')).toEqualTypeOf<Agent>();
        // @ts-expect-error not certain
        return request.agent.id;
      });
      app.get(
        '/a',
        { preHandler },
        guarded((request) => {
          expectTypeOf(request.agent).toEqualTypeOf<Agent>();
          return request.agent.id;
        }),
      );
    });
  });

  describe('keeps the generics of its route', () => {
    compiled(() => {
      interface Route {
        Params: { id: string };
        Body: { amount: number };
        Querystring: { page: string };
        Reply: { you: string };
      }
      app.post<Route>(
        '/b/:id',
        { preHandler },
        guarded((request, reply) => {
          expectTypeOf(request.params).toEqualTypeOf<{ id: string }>();
          expectTypeOf(request.body.amount).toBeNumber();
          expectTypeOf(request.query.page).toBeString();
          // @ts-expect-error no such parameter
          void request.params.name;
          // @ts-expect-error no such answer
          void reply.send({ me: '' });
          return { you: request.agent.id };
        }),
      );
      app.post<Route>(
        '/b/:id',
        { preHandler },
        guarded(async (request, reply) => {
          await reply.code(201).send({ you: request.agent.id + request.params.id });
        }),
      );
      app.post<Route>(
        '/b/:id',
        { preHandler },
        // @ts-expect-error no such answer
        guarded((request) => ({ me: request.agent.id })),
      );
      app.route<Route>({
        method: 'POST',
        url: '/b/:id',
        preHandler,
        handler: guarded((request) => ({ you: request.agent.id + request.params.id })),
      });
    });
  });

  describe('takes its types from a schema, with a type provider', () => {
    compiled(() => {
      const typed = app.withTypeProvider<ExampleProvider>();
      const schema = {
        params: { example: { id: 7 as number } },
        body: { example: { amount: '' as string } },
      };
      typed.post(
        '/c/:id',
        { schema, preHandler },
        guarded((request) => {
          expectTypeOf(request.params).toEqualTypeOf<{ id: number }>();
          expectTypeOf(request.body.amount).toBeString();
          return request.agent.id;
        }),
      );
      typed.get(
        '/c/:id',
        { schema: { params: schema.params, response: { 200: { example: 7 } } }, preHandler },
        // @ts-expect-error the answer is a number
        guarded((request) => request.agent.id),
      );
      typed.route({
        method: 'POST',
        url: '/c/:id',
        schema,
        preHandler,
        handler: guarded((request) => {
          expectTypeOf(request.params).toEqualTypeOf<{ id: number }>();
          return request.agent.id;
        }),
      });
    });
  });

  describe('knows its server', () => {
    compiled(() => {
      app.get(
        '/d',
        { preHandler },
        guarded(function () {
          return this.version;
        }),
      );
    });
  });
});
