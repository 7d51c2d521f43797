import express, { type ErrorRequestHandler } from 'express';
import { describe, expect, it } from 'vitest';
import { bearer, Deferred, ScriptedBroker, vouch } from '../../core/test/fixtures.js';
import { createAgentWrit } from '../src/index.js';
import { serve } from './server.js';

describe('a guard that has its answer late', () => {
  it.each([
    ['refused', 'write:data:x'],
    ['let in', 'read:data:x'],
  ] as const)(
    'does nothing when it is %s, and something else has answered while the broker was asked',
    async (_outcome, scope) => {
      const broker = new ScriptedBroker();
      const slow = new Deferred<Response>();
      broker.answer = () => slow.promise;
      const settled = new Deferred<undefined>();
      const { requireScope } = createAgentWrit({
        broker,
        onDecision: () => setImmediate(settled.resolve, undefined),
      });
      const later: unknown[] = [];
      const app = express();
      app.use((_req, res, next) => {
        next();
        res.status(408).end();
      });
      app.get('/', requireScope(scope), () => void later.push('handler'));
      const onError: ErrorRequestHandler = (error, _req, _res, _next) => void later.push(error);
      app.use(onError);
      expect((await fetch(await serve(app), { headers: bearer() })).status).toBe(408);
      slow.resolve(vouch(bearer().authorization));
      await settled.promise;
      expect(later).toEqual([]);
    },
  );

  it('lets a request on whose answer was begun before it', async () => {
    const { requireScope } = createAgentWrit({ broker: new ScriptedBroker() });
    const app = express();
    app.use((_req, res, next) => {
      res.write('begun ');
      next();
    });
    app.get('/', requireScope('read:data:x'), (_req, res) => void res.end('and ended'));
    const errors: unknown[] = [];
    const onError: ErrorRequestHandler = (error, _req, res, _next) => {
      errors.push(error);
      res.end();
    };
    app.use(onError);
    const url = await serve(app);
    for (const token of ['cold', 'warm']) {
      const answer = await fetch(url, { headers: bearer() });
      expect(await answer.text(), token).toBe('begun and ended');
    }
    expect(errors).toEqual([]);
  });

  it('does not refuse in the middle of another answer', async () => {
    const { requireScope } = createAgentWrit({ broker: new ScriptedBroker() });
    const app = express();
    app.use((_req, res, next) => {
      res.write('begun ');
      next();
      res.end('and ended');
    });
    const errors: unknown[] = [];
    const onError: ErrorRequestHandler = (error, _req, _res, _next) => void errors.push(error);
    app.get('/', requireScope('read:data:x'), (_req, res) => void res.end());
    app.use(onError);
    expect(await (await fetch(await serve(app))).text()).toBe('begun and ended');
    expect(errors).toEqual([]);
  });

  it('hands on what goes wrong while a late refusal is sent', async () => {
    const { requireScope } = createAgentWrit({ broker: new ScriptedBroker() });
    const app = express();
    app.use((_req, res, next) => {
      const writeHead = res.writeHead.bind(res);
      res.writeHead = () => {
        res.writeHead = writeHead;
        throw new Error('somebody wrapped writeHead');
      };
      next();
    });
    app.get('/', requireScope('write:data:x'), (_req, res) => void res.end());
    const onError: ErrorRequestHandler = (error: Error, _req, res, _next) => {
      res.status(418).send(error.message);
    };
    app.use(onError);
    const answer = await fetch(await serve(app), { headers: bearer() });
    expect([answer.status, await answer.text()]).toEqual([418, 'somebody wrapped writeHead']);
  });
});
