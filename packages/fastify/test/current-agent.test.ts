// currentAgent() in everything that a guarded request calls, over its body, awaits, timers and streams.

import { EventEmitter } from 'node:events';
import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { describe, expect, it } from 'vitest';
import { bearer, Deferred, vouch } from '../../core/test/fixtures.js';
import { currentAgent } from '../src/current-agent.js';
import { guardedServer, overSocket } from './server.js';

const whoami = (): string => currentAgent()?.scope[0] ?? 'nobody';

const asyncWhoami = async (): Promise<string> => {
  const before = whoami();
  await Promise.resolve();
  await new Promise((resolve) => setTimeout(resolve, 1));
  return `${before} ${whoami()}`;
};

/** Sends a body and says what came back, by each of the ways into a server. */
const ways: Record<string, (app: FastifyInstance, scope: string) => Promise<string>> = {
  'by inject': async (app, scope) => {
    const answer = await app.inject({
      method: 'POST',
      url: '/',
      payload: { some: 'body' },
      headers: bearer([scope]),
    });
    return answer.body;
  },
  'by inject, as a stream': async (app, scope) => {
    const answer = await app.inject({
      method: 'POST',
      url: '/',
      payload: Readable.from(['{"some":', '"body"}']),
      headers: { 'content-type': 'application/json', ...bearer([scope]) },
    });
    return answer.body;
  },
  'over a socket': async (app, scope) => {
    const headers = [
      'Content-Type',
      'application/json',
      'Authorization',
      bearer([scope]).authorization,
    ];
    const sent = { method: 'POST', headers, body: '{"some":"body"}' };
    return (await overSocket(app, sent)).body;
  },
};

describe.each(Object.keys(ways))('currentAgent() for a request with a body, %s', (way) => {
  const send = ways[way] ?? expect.unreachable();

  it.each(['onRequest', 'preParsing', 'preValidation', 'preHandler'])(
    'is there behind a guard in %s, of the route and of the server',
    async (hook) => {
      for (const place of ['route', 'server']) {
        const { app, agentwrit } = await guardedServer();
        const guard = agentwrit.requireScope((request) => `read:data:${request.id}`);
        const seen: string[] = [];
        const note = (at: string) => (_request: unknown, _reply: unknown, done: () => void) => {
          seen.push(`${at} ${whoami()}`);
          done();
        };
        if (place === 'server') app.addHook(hook as 'onRequest', guard);
        const ofRoute = (at: string) => (place === 'route' && hook === at ? [guard] : []);
        app.post(
          '/',
          {
            onRequest: ofRoute('onRequest'),
            preParsing: ofRoute('preParsing'),
            preValidation: [...ofRoute('preValidation'), note('preValidation')],
            preHandler: [...ofRoute('preHandler'), note('preHandler')],
            schema: { body: { type: 'object', required: ['some'] } },
            onSend: (_request, _reply, payload, done) => {
              seen.push(`onSend ${whoami()}`);
              done(null, payload);
            },
          },
          asyncWhoami,
        );
        expect(await send(app, 'read:data:*'), place).toBe('read:data:* read:data:*');
        expect(seen).toEqual([
          hook === 'preHandler' ? 'preValidation nobody' : 'preValidation read:data:*',
          'preHandler read:data:*',
          'onSend read:data:*',
        ]);
      }
    },
  );

  it('is there for what a route says in its config', async () => {
    const { app } = await guardedServer();
    app.post('/', { config: { scope: 'read:data:7' } }, asyncWhoami);
    expect(await send(app, 'read:data:*')).toBe('read:data:* read:data:*');
  });
});

describe('currentAgent()', () => {
  it('is there in an answer that is streamed', async () => {
    const { app, agentwrit } = await guardedServer();
    // More than any buffer on the way holds, so that the stream has to wait for the socket.
    const padding = ' '.repeat(100_000);
    async function* words(): AsyncGenerator<string> {
      for (let word = 0; word < 20; word += 1) {
        yield whoami() + padding;
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
    app.get('/', { onRequest: agentwrit.requireScope('read:data:7') }, () =>
      Readable.from(words()),
    );
    const headers = ['Authorization', bearer().authorization];
    const { body } = await overSocket(app, { headers });
    expect(new Set(body.trim().split(/ +/))).toEqual(new Set(['read:data:*']));
  });

  it('is each request its own, however they overlap', async () => {
    const { app, agentwrit, broker } = await guardedServer();
    const held: Deferred<Response>[] = [];
    broker.answer = (token) => {
      const answer = new Deferred<Response>();
      held.push(answer);
      if (held.length === 2) {
        // The second one first.
        setImmediate(() => {
          answer.resolve(vouch(token));
          setImmediate(() => held[0]?.resolve(vouch(broker.calls[0]?.token ?? '')));
        });
      }
      return answer.promise;
    };
    const gate = new EventEmitter();
    let waiting = 0;
    app.get('/', { preHandler: agentwrit.authenticate() }, async () => {
      const before = whoami();
      waiting += 1;
      if (waiting === 2) gate.emit('open');
      else await new Promise((resolve) => gate.once('open', resolve));
      return `${before} ${whoami()}`;
    });
    const answers = await Promise.all(
      ['read:a:1', 'read:b:2'].map((scope) => app.inject({ url: '/', headers: bearer([scope]) })),
    );
    expect(answers.map(({ body }) => body)).toEqual(['read:a:1 read:a:1', 'read:b:2 read:b:2']);
  });

  it('is nobody on open routes, for optional strangers, and after a refusal', async () => {
    const { app, agentwrit } = await guardedServer();
    app.get('/open', whoami);
    app.get('/optional', { preHandler: agentwrit.authenticate({ optional: true }) }, whoami);
    app.get('/refused', { preHandler: agentwrit.authenticate() }, whoami);
    app.addHook('onSend', (_request, reply, payload, done) => {
      void reply.header('x-who', whoami());
      done(null, payload);
    });
    expect((await app.inject({ url: '/optional', headers: bearer() })).body).toBe('read:data:*');
    for (const url of ['/open', '/optional', '/refused']) {
      expect((await app.inject(url)).headers['x-who'], url).toBe('nobody');
    }
    expect(whoami()).toBe('nobody');
  });

  it('is there in the error handler', async () => {
    const { app } = await guardedServer();
    app.setErrorHandler((_error, _request, reply) => reply.code(418).send(whoami()));
    app.get('/', { config: { scope: 'read:data:7' } }, async () => {
      await Promise.resolve();
      throw new Error('failed');
    });
    expect((await app.inject({ url: '/', headers: bearer() })).body).toBe('read:data:*');
  });
});
