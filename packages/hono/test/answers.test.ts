// What callers get in front of the guard and behind it: refusals, errors of handlers, HEAD, OPTIONS, 404.

import { setImmediate as nextTurn } from 'node:timers/promises';
import { Hono } from 'hono';
import { every, except } from 'hono/combine';
import { cors } from 'hono/cors';
import { HTTPException } from 'hono/http-exception';
import { describe, expect, it } from 'vitest';
import { bearer, Deferred, ScriptedBroker } from '../../core/test/fixtures.js';
import { createAgentWrit } from '../src/index.js';

const { requireScope } = createAgentWrit({ broker: new ScriptedBroker() });
const guard = requireScope('read:data:*');

describe('an error behind the guard', () => {
  it.each([
    {
      name: 'thrown',
      fail: () => {
        throw new Error('failed');
      },
    },
    { name: 'rejected', fail: () => Promise.reject(new Error('failed')) },
    {
      name: 'an HTTPException',
      fail: () => {
        throw new HTTPException(401, { message: 'failed' });
      },
    },
  ])('goes to onError as it is, cold and warm: $name', async ({ fail }) => {
    const app = new Hono().get('/', guard, fail);
    app.onError((error, c) => c.text(`caught: ${error.message}`, 418));
    for (const round of ['cold', 'warm']) {
      const answer = await app.request('/', { headers: bearer() });
      expect([answer.status, await answer.text()], round).toEqual([418, 'caught: failed']);
    }
  });

  it('that is an HTTPException keeps its own answer, 401 or not', async () => {
    const app = new Hono().get('/', guard, () => {
      throw new HTTPException(401, { message: 'log in to the shop' });
    });
    const answer = await app.request('/', { headers: bearer() });
    expect([answer.status, await answer.text()]).toEqual([401, 'log in to the shop']);
    expect(answer.headers.get('www-authenticate')).toBeNull();
  });
});

describe('a refusal', () => {
  it('keeps the headers of middleware before it, but for its own', async () => {
    const app = new Hono();
    app.use(cors({ origin: 'https://shop.example.com' }));
    app.use(async (c, next) => {
      c.header('x-early', '1');
      c.header('set-cookie', 'a=1', { append: true });
      c.header('set-cookie', 'b=2', { append: true });
      c.res.headers.set('cache-control', 'public, max-age=60');
      c.header('content-type', 'text/html');
      await next();
    });
    app.get('/', guard, (c) => c.text('in'));
    const { status, headers } = await app.request('/', {
      headers: { origin: 'https://shop.example.com' },
    });
    expect(status).toBe(401);
    expect(headers.get('access-control-allow-origin')).toBe('https://shop.example.com');
    expect(headers.get('x-early')).toBe('1');
    expect(headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('content-type')).toBe('application/problem+json');
    expect(headers.get('www-authenticate')).toContain('Bearer ');
  });

  it('takes the place of an answer that middleware before it had ready', async () => {
    const app = new Hono();
    app.use(async (c, next) => {
      c.res = new Response('cached');
      await next();
    });
    app.get('/', guard, (c) => c.text('in'));
    expect((await app.request('/')).status).toBe(401);
  });

  it('has the body that render() gives it, from the context', async () => {
    const agentwrit = createAgentWrit({
      broker: new ScriptedBroker(),
      render: (problem, c) => ({
        body: `${problem.status} ${c.req.path}`,
        contentType: 'text/plain',
      }),
    });
    const app = new Hono().get('/', agentwrit.authenticate(), (c) => c.text('in'));
    expect(await (await app.request('/')).text()).toBe('401 /');
  });

  it('is the same inside every() and except()', async () => {
    const app = new Hono();
    app.use('/a/*', every(guard));
    app.use('/b/*', except('/b/open', guard));
    app.get('/:part/:id', (c) => c.text('in'));
    expect((await app.request('/a/1')).status).toBe(401);
    expect((await app.request('/b/1')).status).toBe(401);
    expect((await app.request('/a/1', { headers: bearer() })).status).toBe(200);
    expect((await app.request('/b/1', { headers: bearer() })).status).toBe(200);
    expect((await app.request('/b/open')).status).toBe(200);
  });
});

describe('a late answer of the guard', () => {
  it.each([
    { name: 'an agent', headers: bearer() },
    { name: 'a refusal', headers: bearer(['read:other:1']) },
  ])('is dropped where something else has answered meanwhile: $name', async ({ headers }) => {
    const asked = new Deferred<void>();
    const late = new Deferred<void>();
    const broker = new ScriptedBroker();
    const vouch = broker.answer;
    broker.answer = async (token) => {
      asked.resolve();
      await late.promise;
      return vouch(token);
    };
    let runs = 0;
    const app = new Hono();
    // As hono/timeout does it, but on demand.
    app.use(async (_c, next) => {
      const timeout = asked.promise.then(() => {
        throw new HTTPException(504, { message: 'too late' });
      });
      await Promise.race([next(), timeout]);
    });
    app.get('/', createAgentWrit({ broker }).requireScope('read:data:7'), (c) => {
      runs += 1;
      return c.text('in');
    });
    const answer = await app.request('/', { headers });
    late.resolve();
    for (let turn = 0; turn < 5; turn += 1) await nextTurn();
    expect([answer.status, await answer.text(), runs]).toEqual([504, 'too late', 0]);
  });
});

describe('a guard for everything', () => {
  const app = new Hono().use('/private/*', guard);
  app.get('/private/data', (c) => c.text('in'));
  app.notFound((c) => c.text('no such page', 404));

  it('covers HEAD, OPTIONS and methods nobody has heard of', async () => {
    for (const method of ['HEAD', 'OPTIONS', 'PURGE']) {
      expect((await app.request('/private/data', { method })).status, method).toBe(401);
    }
    const head = await app.request('/private/data', { method: 'HEAD', headers: bearer() });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  it('says 401 before 404: who may not enter is not told what there is', async () => {
    expect((await app.request('/private/nothing')).status).toBe(401);
    const answer = await app.request('/private/nothing', { headers: bearer() });
    expect([answer.status, await answer.text()]).toEqual([404, 'no such page']);
    expect((await app.request('/private')).status).toBe(401);
    expect((await app.request('/privates')).status).toBe(404);
  });

  it('on a GET route covers HEAD, and nothing else', async () => {
    const single = new Hono().get('/', guard, (c) => c.text('in'));
    const head = await single.request('/', { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([401, '']);
    expect((await single.request('/', { method: 'OPTIONS' })).status).toBe(404);
  });
});
