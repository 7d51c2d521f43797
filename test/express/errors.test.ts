// What handlers throw goes to Express' error handling, whoever stands before them.

import { guarded } from '@agentwrit/express';
import type { ErrorRequestHandler, Express, RequestHandler } from 'express';
import { describe, expect, it } from 'vitest';
import { bearer } from '../../packages/core/test/fixtures.js';
import { authenticate, requireScope, serve, versions } from './apps.js';

const teapot: ErrorRequestHandler = (error: Error, _req, res, _next) => {
  res.status(418).send(error.message);
};

const refusing: RequestHandler = () => {
  throw new Error('boom');
};

async function answerOf(app: Express, headers = bearer()): Promise<[number, string]> {
  const answer = await fetch(await serve(app), { headers });
  return [answer.status, await answer.text()];
}

describe.each(versions)('an error on $name', ({ express }) => {
  it.each([
    ['thrown', guarded(refusing)],
    ['rejected', guarded(() => Promise.reject(new Error('boom')))],
    [
      'rejected later',
      guarded(async () => Promise.resolve().then(() => Promise.reject(new Error('boom')))),
    ],
    ['handed on', guarded((_req, _res, next) => next(new Error('boom')))],
    ['rejected by a promise of another make', guarded(() => foreignRejection(new Error('boom')))],
  ])('%s by a guarded() handler reaches the error handler', async (_how, handler) => {
    const app = express();
    app.get('/', requireScope('read:data:1'), handler);
    app.use(teapot);
    expect(await answerOf(app)).toEqual([418, 'boom']);
  });

  it.each([
    ['thrown', guarded(() => throwNothing())],
    ['thrown as a word that lets Express go on', guarded(() => throwWord())],
    // oxlint-disable-next-line typescript/prefer-promise-reject-errors
    ['rejected', guarded(() => Promise.reject(undefined))],
  ])('that is nothing, %s, does not let the request on', async (_how, handler) => {
    const app = express();
    app.get('/', requireScope('read:data:1'), handler, (_req, res) => void res.send('went on'));
    app.use(teapot);
    expect(await answerOf(app)).toEqual([418, 'a guarded() handler failed without saying why']);
  });

  it('of a plain handler is left alone', async () => {
    const app = express();
    app.get('/', requireScope('read:data:1'), refusing);
    app.use(teapot);
    expect(await answerOf(app)).toEqual([418, 'boom']);
  });

  it('is what a guarded() handler without a guard before it comes to', async () => {
    let calls = 0;
    const handler = guarded((_req, res) => {
      calls += 1;
      res.end('in');
    });
    const unguarded = express();
    unguarded.get('/', handler);
    unguarded.use(teapot);
    const [status, text] = await answerOf(unguarded);
    expect([status, text]).toEqual([418, expect.stringContaining('no guard stands before it')]);

    const optional = express();
    optional.get('/', authenticate({ optional: true }), handler);
    optional.use(teapot);
    const url = await serve(optional);
    expect((await fetch(url)).status).toBe(418);
    expect(calls).toBe(0);
    expect((await fetch(url, { headers: bearer() })).status).toBe(200);
    expect(calls).toBe(1);
  });

  it('comes of an agent that no guard has set', async () => {
    const app = express();
    app.use((req, _res, next) => {
      Object.assign(req, { agent: { id: 'made up', can: () => true } });
      next();
    });
    app.get(
      '/',
      guarded((_req, res) => void res.send('in')),
    );
    app.use(teapot);
    expect((await answerOf(app))[0]).toBe(418);
  });
});

// What a library might return that brings its own promises.
function foreignRejection(error: Error): unknown {
  const then = (_done: unknown, failed: (reason: Error) => void): void => failed(error);
  // oxlint-disable-next-line unicorn/no-thenable
  return { then };
}

function throwNothing(): never {
  // oxlint-disable-next-line typescript/only-throw-error, eslint/no-throw-literal
  throw undefined;
}

function throwWord(): never {
  // oxlint-disable-next-line typescript/only-throw-error, eslint/no-throw-literal
  throw 'route';
}
