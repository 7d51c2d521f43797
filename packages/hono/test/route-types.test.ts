// What the compiler lets a route say, and what it still knows of the route afterwards. Checked by tsc.

import { type Context, Hono } from 'hono';
import { hc, type InferRequestType, type InferResponseType } from 'hono/client';
import { validator } from 'hono/validator';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { ScriptedBroker } from '../../core/test/fixtures.js';
import { createAgentWrit, publicRoute, type RouteOptions } from '../src/index.js';

const { requireScope, requireAnyScope, authenticate, resourceMetadata } = createAgentWrit({
  broker: new ScriptedBroker(),
  resource: 'https://api.example.com',
});

describe('what stands beside a guard', () => {
  const app = new Hono()
    .get('/customers/:id', requireScope('read:data:customer-{id}'), (c) =>
      c.json({ customer: c.req.param('id'), by: c.var.agent.id }),
    )
    .post(
      '/orders',
      requireScope('write:data:*'),
      validator('json', (value: { readonly amount: number }) => value),
      (c) => {
        expectTypeOf(c.req.valid('json')).toEqualTypeOf<{ readonly amount: number }>();
        return c.json({ amount: c.req.valid('json').amount, by: c.var.agent.id }, 201);
      },
    )
    .get('/health', publicRoute(), (c) => c.json({ seconds: performance.now() }));
  const { path, handler } = resourceMetadata();
  app.get(path, handler);

  it('keeps its types for the client', () => {
    const client = hc<typeof app>('http://localhost');
    const read = client.customers[':id'].$get;
    expectTypeOf<InferRequestType<typeof read>>().toEqualTypeOf<{ param: { id: string } }>();
    expectTypeOf<InferResponseType<typeof read>>().toEqualTypeOf<{
      customer: string;
      by: string;
    }>();
    const pay = client.orders.$post;
    expectTypeOf<InferRequestType<typeof pay>>().toEqualTypeOf<{
      json: { readonly amount: number };
    }>();
    expectTypeOf<InferResponseType<typeof pay, 201>>().toEqualTypeOf<{
      amount: number;
      by: string;
    }>();
    expectTypeOf<InferResponseType<typeof client.health.$get>>().toEqualTypeOf<{
      seconds: number;
    }>();
    expect(client.orders.$url().pathname).toBe('/orders');
  });
});

describe('what a guard takes', () => {
  it('is scopes in three parts', () => {
    const mistakes = (): void => {
      // @ts-expect-error no identifier
      requireScope('read:data');
      // @ts-expect-error an action alone
      requireScope('read');
      // @ts-expect-error no text
      requireScope(7);
      // @ts-expect-error scopes come one by one
      requireScope(['read:data:1']);
      // @ts-expect-error nothing is no scope
      requireAnyScope();
      // @ts-expect-error an unknown option
      requireScope('read:data:1', { maxage: 5 });
      // @ts-expect-error seconds are a number
      authenticate({ maxAge: '5' });
      // @ts-expect-error options come last
      requireScope({ maxAge: 5 }, 'read:data:1');
    };
    expect(mistakes).toThrow(TypeError);
  });

  it('is functions of the context too', () => {
    requireScope((c) => {
      expectTypeOf(c).toEqualTypeOf<Context>();
      return `read:data:customer-${c.req.param('id')}`;
    });
    requireAnyScope('read:data:1', async (c) => [await c.req.text(), 'read:data:2'], { maxAge: 1 });
    requireScope(
      (c: Context<{ Bindings: { readonly REGION: string } }>) => `read:data:${c.env.REGION}`,
    );
    authenticate({ task: (c) => c.req.header('x-task') });
    expectTypeOf<RouteOptions['task']>().parameter(0).toEqualTypeOf<Context>();
    createAgentWrit({
      broker: new ScriptedBroker(),
      render: (problem, c) => ({ body: problem.title, contentType: c.req.path }),
    });
    // @ts-expect-error a function that computes no scope
    requireScope((c) => c.req.header());
  });
});
