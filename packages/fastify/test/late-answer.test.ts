// The broker takes its time, and something else answers meanwhile.

import { get } from 'node:http';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { bearer, Deferred, REFUSED, json, turns, vouch } from '../../core/test/fixtures.js';
import { guardedServer, overSocket } from './server.js';

const token = bearer().authorization.slice('Bearer '.length);
const headers = { authorization: `Bearer ${token}` };

describe.each([
  { name: 'an acceptance', late: () => vouch(token) },
  { name: 'a refusal', late: () => json(REFUSED) },
])('$name that comes late', ({ late }) => {
  async function scene() {
    const { app, agentwrit, broker } = await guardedServer();
    const slow = new Deferred<Response>();
    const asked = new Deferred<undefined>();
    broker.answer = () => {
      asked.resolve(undefined);
      return slow.promise;
    };
    const calls = { handler: 0 };
    const preHandler = agentwrit.requireScope('read:data:7');
    return { app, broker, slow, asked: asked.promise, preHandler, calls };
  }

  it('is dropped where the answer is on its way as a stream', async () => {
    const { app, slow, asked, preHandler, calls } = await scene();
    const body = new PassThrough();
    const begun = new Deferred<undefined>();
    app.addHook('onRequest', (_request, reply, done) => {
      setImmediate(() => {
        void reply.code(408).send(body);
        begun.resolve(undefined);
      });
      done();
    });
    app.get('/', { preHandler }, () => (calls.handler += 1));
    const answer = app.inject({ url: '/', headers });
    body.write('too ');
    await Promise.all([asked, begun.promise]);
    await turns();
    slow.resolve(late());
    await turns();
    body.end('slow');
    expect([(await answer).statusCode, (await answer).body]).toEqual([408, 'too slow']);
    expect(calls.handler).toBe(0);
  });

  it('is dropped where the answer waits for a hook before it is sent', async () => {
    const { app, slow, asked, preHandler, calls } = await scene();
    const goOn = new Deferred<undefined>();
    const waiting = new Deferred<undefined>();
    app.addHook('onSend', async () => {
      waiting.resolve(undefined);
      await goOn.promise;
    });
    app.addHook('onRequest', (_request, reply, done) => {
      setImmediate(() => void reply.code(408).send('too slow'));
      done();
    });
    app.get('/', { preHandler }, () => (calls.handler += 1));
    const answer = app.inject({ url: '/', headers });
    await Promise.all([asked, waiting.promise]);
    slow.resolve(late());
    await turns();
    goOn.resolve(undefined);
    expect([(await answer).statusCode, (await answer).body]).toEqual([408, 'too slow']);
    expect(calls.handler).toBe(0);
  });

  it('is dropped where the whole answer is out', async () => {
    const { app, slow, asked, preHandler, calls } = await scene();
    app.addHook('onRequest', (_request, reply, done) => {
      setImmediate(() => void reply.code(408).send('too slow'));
      done();
    });
    app.get('/', { preHandler }, () => (calls.handler += 1));
    const { status, body } = await overSocket(app, { headers: Object.entries(headers).flat() });
    await asked;
    slow.resolve(late());
    await turns();
    expect([status, body, calls.handler]).toEqual([408, 'too slow', 0]);
  });

  it('is dropped where somebody has taken the reply for himself', async () => {
    const { app, slow, asked, preHandler, calls } = await scene();
    const hijacked = new Deferred<() => void>();
    app.addHook('onRequest', (_request, reply, done) => {
      setImmediate(() => {
        reply.hijack();
        hijacked.resolve(() => reply.raw.end('mine'));
      });
      done();
    });
    app.get('/', { preHandler }, () => (calls.handler += 1));
    const answer = app.inject({ url: '/', headers });
    const end = await hijacked.promise;
    await asked;
    slow.resolve(late());
    await turns();
    end();
    const { statusCode, body, headers: sent } = await answer;
    expect([statusCode, body, calls.handler]).toEqual([200, 'mine', 0]);
    expect(sent['content-type']).toBeUndefined();
  });

  it('does no harm where the client has gone away', async () => {
    const { app, slow, asked, preHandler, broker } = await scene();
    app.get('/', { preHandler }, () => 'in');
    await app.listen({ port: 0, host: '127.0.0.1' });
    const closed = new Deferred<unknown>();
    app.server.once('request', (request) => request.socket.once('close', closed.resolve));
    const client = get(app.listeningOrigin, { headers, agent: false }).on('error', () => undefined);
    await asked;
    client.destroy();
    await closed.promise;
    slow.resolve(late());
    await turns();
    broker.answer = vouch;
    expect(
      (await app.inject({ url: '/', headers: bearer(['read:*:*', 'read:data:7']) })).body,
    ).toBe('in');
  });
});
