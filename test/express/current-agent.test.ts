// currentAgent() is the caller of the request at hand, wherever in its course it is asked.

import { EventEmitter, once } from 'node:events';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { guarded } from '@agentwrit/express';
import { currentAgent } from '@agentwrit/express/current-agent';
import type { RequestHandler } from 'express';
import { describe, expect, it } from 'vitest';
import { bearer } from '../../packages/core/test/fixtures.js';
import { authenticate, requireScope, send, serve, versions } from './apps.js';

const guard = requireScope('read:data:1');
const headers = ['Authorization', bearer().authorization];

describe.each(versions)('currentAgent on $name', ({ express }) => {
  it('is the agent of the request, across awaits, timers and callbacks', async () => {
    const app = express();
    app.get('/', guard, (req, res, fail) => {
      const seen: unknown[] = [currentAgent()];
      void (async () => {
        await Promise.resolve();
        seen.push(currentAgent());
        await new Promise((resolve) => setTimeout(resolve, 1));
        seen.push(currentAgent());
        process.nextTick(() => {
          seen.push(currentAgent());
          res.json(seen.map((agent) => agent !== undefined && agent === req.agent));
        });
      })().catch(fail);
    });
    const url = await serve(app);
    for (const token of ['cold', 'warm']) {
      expect(JSON.parse((await send(url, { headers })).body), token).toEqual([
        true,
        true,
        true,
        true,
      ]);
    }
    expect(currentAgent()).toBeUndefined();
  });

  it('is still there when express.json() has read a body that came in pieces', async () => {
    const app = express();
    app.post('/', guard, express.json(), (req, res) => {
      res.json({ body: req.body as unknown, task: currentAgent()?.taskId });
    });
    const { body } = await send(await serve(app), {
      method: 'POST',
      headers: [...headers, 'Content-Type', 'application/json', 'Transfer-Encoding', 'chunked'],
      body: ['{"a"', ':1', '}'],
    });
    expect(JSON.parse(body)).toEqual({ body: { a: 1 }, task: 'task-1' });
  });

  it('is lost behind middleware that goes on from elsewhere, but not in a guarded() handler', async () => {
    const elsewhere = new EventEmitter();
    const wandering: RequestHandler = (_req, _res, next) => {
      elsewhere.once('go', () => next());
      elsewhere.emit('waiting');
    };
    const app = express();
    app.get('/plain', guard, wandering, (_req, res) => {
      res.json({ task: currentAgent()?.taskId });
    });
    app.get(
      '/guarded',
      guard,
      wandering,
      guarded(async (_req, res) => {
        await Promise.resolve();
        res.json({ task: currentAgent()?.taskId });
      }),
    );
    const url = await serve(app);
    for (const [path, expected] of [
      ['/plain', {}],
      ['/guarded', { task: 'task-1' }],
    ] as const) {
      const waiting = once(elsewhere, 'waiting');
      const answered = send(url + path, { headers });
      await waiting;
      elsewhere.emit('go');
      expect(JSON.parse((await answered).body), path).toEqual(expected);
    }
  });

  it('is there while an answer is streamed', async () => {
    const app = express();
    app.get('/', guard, (_req, res, fail) => {
      async function* lines(): AsyncGenerator<string> {
        for (const number of [1, 2]) {
          await new Promise((resolve) => setImmediate(resolve));
          yield `${number} ${currentAgent()?.taskId}\n`;
        }
      }
      pipeline(Readable.from(lines()), res).catch(fail);
    });
    expect((await send(await serve(app), { headers })).body).toBe('1 task-1\n2 task-1\n');
  });

  it('is there in the error handler of a handler that fails later', async () => {
    const app = express();
    app.get(
      '/',
      guard,
      guarded(async () => Promise.reject(new Error('boom'))),
    );
    app.use((error: Error, _req: unknown, res: { end: (text: string) => void }, _next: unknown) => {
      res.end(`${error.message} ${currentAgent()?.taskId}`);
    });
    expect((await send(await serve(app), { headers })).body).toBe('boom task-1');
  });

  it('is nobody where nobody has said who they are, and each request has its own', async () => {
    const app = express();
    app.get('/', authenticate({ optional: true }), async (_req, res) => {
      await new Promise((resolve) => setImmediate(resolve));
      res.json({ task: currentAgent()?.taskId });
    });
    const url = await serve(app);
    const [mine, nobody] = await Promise.all([send(url, { headers }), send(url)]);
    expect([mine, nobody].map(({ body }) => JSON.parse(body) as unknown)).toEqual([
      { task: 'task-1' },
      {},
    ]);
  });
});
