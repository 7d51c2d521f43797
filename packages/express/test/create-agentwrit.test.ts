import express, { type ErrorRequestHandler, type RequestHandler } from 'express';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { AGENT_ID, bearer, ScriptedBroker, vouch } from '../../core/test/fixtures.js';
import { type Agent, createAgentWrit } from '../src/index.js';
import { serve } from './server.js';

describe('requireScope for Express', () => {
  it('puts the agent on the request', async () => {
    const { requireScope } = createAgentWrit({ broker: new ScriptedBroker() });
    const app = express();
    app.get('/data', requireScope('read:data:*'), (req, res) => {
      expectTypeOf(req.agent).toEqualTypeOf<Agent | undefined>();
      res.json({ id: req.agent?.id, canWrite: req.agent?.can('write:data:1') });
    });
    const answer = await fetch(`${await serve(app)}/data`, { headers: bearer() });
    expect(await answer.json()).toEqual({ id: AGENT_ID, canWrite: false });
  });

  it('knows the whole path and pattern in a router below a prefix', async () => {
    const routes: (string | undefined)[] = [];
    const { requireScope } = createAgentWrit({
      broker: new ScriptedBroker(),
      onDecision: (event) => routes.push(event.route),
    });
    const router = express.Router();
    router.get('/customers/:id', requireScope('read:data:customer-{id}'), (_req, res) => {
      res.end();
    });
    const app = express().use('/api', router);
    const answer = await fetch(`${await serve(app)}/api/customers/7?x=1`);
    expect(await answer.json()).toMatchObject({
      instance: '/api/customers/7',
      required_scope: ['read:data:customer-7'],
    });
    expect(routes).toEqual(['/api/customers/:id']);
  });

  it('guards everything below app.use', async () => {
    const { requireScope } = createAgentWrit({ broker: new ScriptedBroker() });
    const app = express();
    app.use('/private', requireScope('read:data:x'));
    app.get('/private/a', (_req, res) => void res.send('secret'));
    app.get('/public', (_req, res) => void res.send('open'));
    const url = await serve(app);
    expect((await fetch(`${url}/private/a`)).status).toBe(401);
    expect((await fetch(`${url}/private/a`, { headers: bearer() })).status).toBe(200);
    expect((await fetch(`${url}/public`)).status).toBe(200);
  });

  it('calls next before it returns when the token is warm', async () => {
    const { requireScope } = createAgentWrit({ broker: new ScriptedBroker() });
    const guard = requireScope('read:data:x');
    const order: string[] = [];
    const traced: RequestHandler = (req, res, next) => {
      guard(req, res, (error?: unknown) => {
        order.push('next');
        next(error);
      });
      order.push('returned');
    };
    const app = express();
    app.get('/', traced, (_req, res) => void res.end());
    const url = await serve(app);
    await fetch(url, { headers: bearer() });
    await fetch(url, { headers: bearer() });
    expect(order).toEqual(['returned', 'next', 'next', 'returned']);
  });

  it('leaves the errors of a handler to the error handler, cold and warm', async () => {
    const { requireScope } = createAgentWrit({ broker: new ScriptedBroker() });
    const app = express();
    app.get('/', requireScope('read:data:x'), () => {
      throw new Error('handler failed');
    });
    const onError: ErrorRequestHandler = (error: Error, _req, res, _next) => {
      res.status(418).send(error.message);
    };
    app.use(onError);
    const url = await serve(app);
    for (const round of ['cold', 'warm']) {
      const answer = await fetch(url, { headers: bearer() });
      expect([answer.status, await answer.text()], round).toEqual([418, 'handler failed']);
    }
  });

  it('sees the credentials as the program has left them', async () => {
    const { requireScope } = createAgentWrit({ broker: new ScriptedBroker() });
    const app = express();
    app.use((req, _res, next) => {
      delete req.headers.authorization;
      next();
    });
    app.get('/', requireScope('read:data:x'), (_req, res) => void res.end());
    expect((await fetch(await serve(app), { headers: bearer() })).status).toBe(401);
  });

  it('refuses with 503 after close', async () => {
    const { requireScope, close } = createAgentWrit({ broker: new ScriptedBroker() });
    const app = express();
    app.get('/', requireScope('read:data:x'), (_req, res) => void res.end());
    const url = await serve(app);
    await close();
    expect((await fetch(url, { headers: bearer() })).status).toBe(503);
  });
});

describe('the guard behind it', () => {
  it('is told of revocations, and says what happened', async () => {
    const broker = new ScriptedBroker(vouch);
    const agentwrit = createAgentWrit({ broker });
    const app = express();
    app.get('/', agentwrit.requireScope('read:data:7'), (_req, res) => void res.end());
    const url = await serve(app);
    const headers = bearer();
    for (const calls of [1, 1]) {
      expect((await fetch(url, { headers })).status).toBe(200);
      expect(broker.calls).toHaveLength(calls);
    }
    agentwrit.revoke({ level: 'agent', target: AGENT_ID });
    expect((await fetch(url, { headers })).status).toBe(200);
    expect(agentwrit.stats()).toMatchObject({ hits: 1, misses: 2, broker: { calls: 2 } });
    await agentwrit.close();
  });
});
