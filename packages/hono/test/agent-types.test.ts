// What the compiler knows behind a guard. Checked by tsc: nothing here depends on a request.

import { Hono } from 'hono';
import { createFactory, createMiddleware } from 'hono/factory';
import { describe, expectTypeOf, it } from 'vitest';
import { ScriptedBroker } from '../../core/test/fixtures.js';
import {
  type Agent,
  type AgentMiddleware,
  type AgentVariables,
  createAgentWrit,
  type OptionalAgentVariables,
  publicRoute,
} from '../src/index.js';

const { requireScope, requireAnyScope, authenticate } = createAgentWrit({
  broker: new ScriptedBroker(),
});

interface Bindings {
  readonly REGION: string;
}

describe('the agent on the context', () => {
  it('is there behind every guard of the route', () => {
    const app = new Hono<{ Bindings: Bindings }>();
    for (const guard of [
      requireScope('read:data:*'),
      requireAnyScope('read:data:1', 'read:data:2'),
      authenticate(),
    ]) {
      app.get('/:id', guard, (c) => {
        expectTypeOf(c.var.agent).toEqualTypeOf<Agent>();
        expectTypeOf(c.get('agent')).toEqualTypeOf<Agent>();
        expectTypeOf(c.env).toEqualTypeOf<Bindings>();
        expectTypeOf(c.req.param('id')).toEqualTypeOf<string>();
        return c.text('in');
      });
    }
  });

  it('may be missing where authentication is optional', () => {
    const app = new Hono();
    app.get('/', authenticate({ optional: true }), (c) => {
      expectTypeOf(c.var.agent).toEqualTypeOf<Agent | undefined>();
      return c.text('in');
    });
    app.get('/', authenticate({ optional: false, maxAge: 0 }), (c) => {
      expectTypeOf(c.var.agent).toEqualTypeOf<Agent>();
      return c.text('in');
    });
    app.get('/', authenticate({ optional: true }), requireScope('read:data:1'), (c) => {
      expectTypeOf(c.var.agent).toEqualTypeOf<Agent>();
      return c.text('in');
    });
    const isOptional: boolean = Math.random() > 2;
    app.get('/', authenticate({ optional: isOptional }), (c) => {
      expectTypeOf(c.var.agent).toEqualTypeOf<Agent | undefined>();
      return c.text('in');
    });
  });

  it('does not exist without a guard', () => {
    const app = new Hono();
    app.get('/', (c) => {
      // @ts-expect-error nobody has put one there
      const agent: unknown = c.var.agent;
      return c.json({ agent });
    });
    app.get('/', publicRoute(), (c) => {
      // @ts-expect-error that one lets everybody in
      const agent: unknown = c.var.agent;
      return c.json({ agent });
    });
    const guarded = app.get('/a', requireScope('read:data:1'), (c) => c.text(c.var.agent.id));
    guarded.get('/b', (c) => {
      // @ts-expect-error it was for the other route
      const agent: unknown = c.var.agent;
      return c.json({ agent });
    });
  });

  it('is there in an app whose variables say so, and behind use() in a chain', () => {
    const app = new Hono<{ Variables: AgentVariables & { readonly tenant: string } }>();
    app.use(requireScope('read:data:*'));
    app.get('/', (c) => {
      expectTypeOf(c.var.agent).toEqualTypeOf<Agent>();
      expectTypeOf(c.var.tenant).toEqualTypeOf<string>();
      return c.text('in');
    });
    new Hono().use(requireScope('read:data:*')).get('/', (c) => {
      expectTypeOf(c.var.agent).toEqualTypeOf<Agent>();
      return c.text('in');
    });
    new Hono().use('/a/*', authenticate({ optional: true })).get('/a/b', (c) => {
      expectTypeOf(c.var.agent).toEqualTypeOf<Agent | undefined>();
      return c.text('in');
    });
    new Hono<{ Variables: OptionalAgentVariables }>().get('/', (c) => {
      expectTypeOf(c.var.agent).toEqualTypeOf<Agent | undefined>();
      return c.text('in');
    });
    new Hono()
      .basePath('/api')
      .use(requireScope('read:data:*'))
      .get('/:id', (c) => {
        expectTypeOf(c.var.agent).toEqualTypeOf<Agent>();
        expectTypeOf(c.req.param('id')).toEqualTypeOf<string>();
        return c.text('in');
      });
  });

  it('is there in what hono/factory makes', () => {
    const factory = createFactory<{ Bindings: Bindings }>();
    const handlers = factory.createHandlers(requireScope('read:data:*'), (c) => {
      expectTypeOf(c.var.agent).toEqualTypeOf<Agent>();
      expectTypeOf(c.env).toEqualTypeOf<Bindings>();
      return c.text('in');
    });
    factory.createApp().get('/', ...handlers);
    factory.createApp().get('/', requireScope('read:data:*'), (c) => c.text(c.var.agent.id));
    const audit = createMiddleware<{ Variables: AgentVariables }>(async (c, next) => {
      expectTypeOf(c.var.agent).toEqualTypeOf<Agent>();
      await next();
    });
    new Hono().get('/', requireScope('read:data:*'), audit, (c) => c.text(c.var.agent.id));
    expectTypeOf(requireScope('read:data:*')).toEqualTypeOf<AgentMiddleware>();
  });
});
