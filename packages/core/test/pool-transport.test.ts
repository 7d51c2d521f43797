// Answers as they come in on a real socket, byte for byte as the test says. Faults are tested with the calls to the
// broker.

import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { LightSignal } from '../src/call-signal.js';
import { BrokerFault } from '../src/fault.js';
import { createPoolTransport } from '../src/pool-transport.js';
import { PooledAnswer } from '../src/pooled-answer.js';
import { type BrokerAnswer, type OperatorTransport, OversizedAnswer } from '../src/transport.js';
import { Deferred, turns } from './fixtures.js';

const cleanUps: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

interface Scene {
  readonly transport: OperatorTransport;
  /** Request lines, in order. */
  readonly asked: string[];
  /** Connections so far. */
  readonly connections: () => number;
  /** Resolves when the client has hung up on one. */
  readonly hungUp: Promise<void>;
}

type Answer = (socket: Socket, path: string) => void;

async function scene(answer: Answer, connections = 1): Promise<Scene> {
  const asked: string[] = [];
  const hungUp = new Deferred<void>();
  const sockets = new Set<Socket>();
  let count = 0;
  const server = createServer((socket) => {
    count += 1;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => hungUp.resolve());
    socket.on('data', (data) => {
      const [, path = ''] = data.toString('latin1').split(' ', 2);
      // The body may come by itself.
      if (!path.startsWith('/')) return;
      asked.push(path);
      answer(socket, path);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUps.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const transport = createPoolTransport({ url, tls: undefined }, { connections, timeoutMs: 2_000 });
  cleanUps.push(() => transport.close());
  return { transport, asked, connections: () => count, hungUp: hungUp.promise };
}

function post(
  { transport }: Scene,
  signal: LightSignal | AbortSignal = new LightSignal(),
  path = '/x',
): Promise<BrokerAnswer> {
  return transport.post(path, '{}', { requestId: 'r', signal });
}

const faultOf = (answer: Promise<unknown>): Promise<unknown> =>
  answer.catch((fault: unknown) => fault);

/** A whole answer. */
const whole =
  (head: string, body = '{}'): Answer =>
  (socket) =>
    void socket.write(`HTTP/1.1 200 OK\r\n${head}Content-Length: ${body.length}\r\n\r\n${body}`);

const JSON_TYPE = 'Content-Type: application/json\r\n';

async function until(isSo: () => boolean): Promise<void> {
  const deadline = performance.now() + 3_000;
  while (!isSo() && performance.now() < deadline) await turns(1);
  expect(isSo()).toBe(true);
}

describe('an answer over a pool', () => {
  it('is its status, its type, its text and how long to wait', async () => {
    const head = `${JSON_TYPE}Retry-After: 7\r\n`;
    expect(await post(await scene(whole(head, '{"a":1}')))).toEqual({
      status: 200,
      contentType: 'application/json',
      retryAfter: '7',
      body: '{"a":1}',
    });
  });

  it('has no type and nothing to wait for where it says nothing of them', async () => {
    const answer = await post(await scene(whole('')));
    expect(answer).toEqual({ status: 200, contentType: '', retryAfter: undefined, body: '{}' });
  });

  it('has the first of several types', async () => {
    const head = 'content-type: text/html\r\nCONTENT-TYPE: application/json\r\n';
    expect((await post(await scene(whole(head)))).contentType).toBe('text/html');
  });

  it('is not what came before it: an interim one lends it neither status nor headers', async () => {
    const interim = `HTTP/1.1 103 Early Hints\r\n${JSON_TYPE}Retry-After: 9\r\n\r\n`;
    const answer = await post(
      await scene((socket, path) => {
        socket.write(interim);
        whole('')(socket, path);
      }),
    );
    expect(answer).toEqual({ status: 200, contentType: '', retryAfter: undefined, body: '{}' });
  });

  it('is put together from pieces that end in the middle of a letter', async () => {
    const bytes = Buffer.from('{"a":"ä€😀"}');
    const answer = post(
      await scene((socket) => {
        socket.write(`HTTP/1.1 200 OK\r\n${JSON_TYPE}Content-Length: ${bytes.length}\r\n\r\n`);
        const next = (at: number): void => {
          if (at >= bytes.length) return;
          socket.write(bytes.subarray(at, at + 1), () => setImmediate(next, at + 1));
        };
        next(0);
      }),
    );
    expect((await answer).body).toBe('{"a":"ä€😀"}');
  });

  it('that is not UTF-8 is a fault', async () => {
    const bytes = Buffer.from([0x22, 0xff, 0x22]);
    const scenery = await scene((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\n${JSON_TYPE}Content-Length: 3\r\n\r\n`);
      socket.write(bytes);
    });
    expect(await faultOf(post(scenery))).toMatchObject({ code: 'malformed_answer' });
  });

  it('that is too large is not read to its end', async () => {
    let written = 0;
    const scenery = await scene((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\n${JSON_TYPE}Content-Length: 900000000\r\n\r\n`);
      const go = (): void => {
        written += 60_000;
        if (!socket.destroyed) socket.write(Buffer.alloc(60_000, 0x20), go);
      };
      go();
    });
    const { signal } = new AbortController();
    const options = { token: 't', requestId: 'r', signal, maxBytes: 100_000 };
    const fault = await faultOf(scenery.transport.get('/x', options));
    expect(fault).toBeInstanceOf(OversizedAnswer);
    await scenery.hungUp;
    expect(written).toBeLessThan(100_000_000);
  });
});

describe('what is wrong with an answer', () => {
  it('is told to the caller, and not thrown at the client that brings it', () => {
    const aborted: string[] = [];
    const controller = {
      aborted: false,
      paused: false,
      reason: null,
      abort: ({ message }: Error) => void aborted.push(message),
      pause: () => undefined,
      resume: () => undefined,
    };
    const told: unknown[] = [];
    const bring = (maxBytes: number, bytes: readonly number[]): void => {
      const answer = new PooledAnswer({
        maxBytes,
        signal: new LightSignal(),
        resolve: () => told.push('an answer'),
        reject: (fault) => told.push(fault),
      });
      answer.onRequestStart(controller);
      answer.onResponseStart(controller, 200, {});
      answer.onResponseData(controller, Uint8Array.from(bytes));
      answer.onResponseEnd();
    };
    bring(9, [0x22, 0xff, 0x22]);
    expect(told).toMatchObject([{ code: 'malformed_answer' }]);
    expect(aborted).toEqual([]);
    bring(1, [0x7b, 0x7d]);
    expect(told[1]).toBeInstanceOf(OversizedAnswer);
    expect(aborted).toEqual(['given up']);
  });
});

describe('a call over a pool that nobody waits for any more', () => {
  const fault = new BrokerFault('timeout', 'too late');

  it.each([
    {
      name: 'a light one',
      make: () => {
        const signal = new LightSignal();
        return { signal, abort: () => signal.abort(fault) };
      },
    },
    {
      name: "the platform's",
      make: () => {
        const controller = new AbortController();
        return { signal: controller.signal, abort: () => controller.abort(fault) };
      },
    },
  ])('ends with its signal, $name, and hangs up', async ({ make }) => {
    const scenery = await scene(() => undefined);
    const { signal, abort } = make();
    const answer = faultOf(post(scenery, signal));
    await until(() => scenery.asked.length === 1);
    abort();
    expect(await answer).toBe(fault);
    await scenery.hungUp;
  });

  it('ends in the middle of an answer, too', async () => {
    const scenery = await scene(
      (socket) =>
        void socket.write(`HTTP/1.1 200 OK\r\n${JSON_TYPE}Content-Length: 99\r\n\r\n{"valid":`),
    );
    const signal = new LightSignal();
    const answer = faultOf(post(scenery, signal));
    await until(() => scenery.asked.length === 1);
    await turns();
    signal.abort(fault);
    expect(await answer).toBe(fault);
    await scenery.hungUp;
  });

  it('is not sent when that is known before', async () => {
    const scenery = await scene(whole(JSON_TYPE));
    const signal = new LightSignal();
    signal.abort(fault);
    expect(await faultOf(post(scenery, signal))).toBe(fault);
    await turns();
    expect([scenery.asked, scenery.connections()]).toEqual([[], 0]);
  });

  it('is not sent when it was still waiting for a connection, and ends at once', async () => {
    const first = new Deferred<Socket>();
    const scenery = await scene((socket, path) =>
      path === '/first' ? first.resolve(socket) : whole(JSON_TYPE)(socket, path),
    );
    const answer = post(scenery, new LightSignal(), '/first');
    const socket = await first.promise;
    const signal = new LightSignal();
    const given = faultOf(post(scenery, signal, '/given-up'));
    signal.abort(fault);
    expect(await given).toBe(fault);
    whole(JSON_TYPE)(socket, '/first');
    expect((await answer).status).toBe(200);
    expect((await post(scenery, new LightSignal(), '/next')).status).toBe(200);
    expect(scenery.asked).toEqual(['/first', '/next']);
  });

  it('takes no connection from others when it has been answered', async () => {
    const scenery = await scene(whole(JSON_TYPE));
    for (let call = 0; call < 3; call += 1) {
      const signal = new LightSignal();
      expect((await post(scenery, signal)).status).toBe(200);
      signal.abort(fault);
      await turns();
    }
    expect([scenery.asked.length, scenery.connections()]).toEqual([3, 1]);
  });
});
