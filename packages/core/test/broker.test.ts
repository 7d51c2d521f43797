// Faults are real here: servers on loopback that refuse, stall, reset or talk nonsense.

import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type Broker, type BrokerCall, createBrokerCalls } from '../src/broker.js';
import { createBrokerGate } from '../src/broker-gate.js';
import { systemClock } from '../src/clock.js';
import { Deadlines } from '../src/deadlines.js';
import { BrokerFault } from '../src/fault.js';
import { createInProcessTransport } from '../src/in-process-transport.js';
import type { Platform } from '../src/platform.js';
import type { BrokerAnswer, BrokerTransport } from '../src/transport.js';
import { queuedTurns } from '../src/turns.js';
import { claimsOf, Deferred, json, REFUSED, tokenOf, turns, vouch } from './fixtures.js';
import { FETCH, POOL } from './platforms.js';

const TIMEOUT_MS = 300;
// Far above the deadline, far below the 5 s and more that a client without one would take.
const SOON_MS = 3_000;

const cleanUps: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

async function listen(server: Server | ReturnType<typeof createTcpServer>): Promise<string> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUps.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const CALL = { requestId: 'req-1', purpose: 'new' } as const;

function callsOver(
  transport: BrokerTransport,
  { maxConcurrentCalls = 8, onCall = (): void => undefined }: Partial<CallsOptions> = {},
): Broker {
  const gate = createBrokerGate({
    clock: systemClock,
    turns: queuedTurns({ maxConcurrentCalls, maxQueuedCalls: 100 }),
    timeoutMs: TIMEOUT_MS,
    onBreaker: () => undefined,
  });
  const deadlines = new Deadlines({
    timeoutMs: TIMEOUT_MS,
    isBackground: false,
    canBeEnded: true,
  });
  const calls = createBrokerCalls(transport, { deadlines, gate, onCall });
  cleanUps.push(() => calls.close());
  return calls;
}

interface CallsOptions {
  readonly maxConcurrentCalls: number;
  readonly onCall: (call: BrokerCall) => void;
}

async function faultOf(broker: Broker): Promise<BrokerFault> {
  const startedAt = performance.now();
  const error: unknown = await broker.validate(tokenOf(), CALL).catch((reason: unknown) => reason);
  expect(performance.now() - startedAt).toBeLessThan(SOON_MS);
  if (!(error instanceof BrokerFault)) throw new Error(`no fault, but ${String(error)}`);
  expect(error.message).not.toContain(tokenOf().slice(0, 20));
  return error;
}

const ok = { 'content-type': 'application/json' };

function callsOn({ createTransport }: Platform): (url: string) => Broker {
  const options = { connections: 8, timeoutMs: TIMEOUT_MS };
  return (url) => callsOver(createTransport({ url: new URL(url), tls: undefined }, options));
}

describe.each([POOL, FETCH])('createBrokerCalls $name', ({ platform }) => {
  const callsTo = callsOn(platform);

  it('sends one validation as the protocol says and reads the claims', async () => {
    const seen: unknown[] = [];
    const url = await listen(
      createServer((req, res) => {
        let body = '';
        req.on('data', (chunk: Buffer) => (body += chunk.toString()));
        req.on('end', () => {
          seen.push([
            req.method,
            req.url,
            req.headers['content-type'],
            req.headers['x-request-id'],
            body,
          ]);
          res.writeHead(200, ok).end(JSON.stringify({ valid: true, claims: claimsOf() }));
        });
      }),
    );
    const verdict = await callsTo(`${url}/base/`).validate(tokenOf(), CALL);
    expect(verdict).toMatchObject({ valid: true, claims: { sub: claimsOf()['sub'] } });
    expect(seen).toEqual([
      [
        'POST',
        '/base/v1/token/validate',
        'application/json',
        'req-1',
        JSON.stringify({ token: tokenOf() }),
      ],
    ]);
  });

  it('reads a refusal as a verdict, not as a fault', async () => {
    const url = await listen(
      createServer((_, res) => res.writeHead(200, ok).end(JSON.stringify(REFUSED))),
    );
    expect(await callsTo(url).validate(tokenOf(), CALL)).toMatchObject({ valid: false });
  });

  it('reuses its connections for calls that follow each other', async () => {
    let connections = 0;
    const server = createServer((_, res) => res.writeHead(200, ok).end(JSON.stringify(REFUSED)));
    server.on('connection', () => (connections += 1));
    const calls = callsTo(await listen(server));
    for (let call = 0; call < 5; call += 1) await calls.validate(tokenOf(), CALL);
    // The pool may open a second one while the first is still being freed.
    expect(connections).toBeLessThanOrEqual(2);
  });

  interface Case {
    name: string;
    code: string;
    answer: RequestListener;
  }

  const text =
    (body: string): RequestListener =>
    (_, res) =>
      void res.writeHead(200, ok).end(body);
  const status =
    (code: number, headers: Record<string, string> = {}): RequestListener =>
    (_, res) =>
      void res
        .writeHead(code, { ...ok, ...headers })
        .end(JSON.stringify({ valid: true, claims: claimsOf() }));

  const cases: readonly Case[] = [
    { name: 'answers 500', code: 'unexpected_status', answer: status(500) },
    { name: 'answers 503', code: 'unexpected_status', answer: status(503) },
    { name: 'answers 429', code: 'unexpected_status', answer: status(429) },
    { name: 'answers 401', code: 'unexpected_status', answer: status(401) },
    { name: 'answers 400', code: 'unexpected_status', answer: status(400) },
    {
      name: 'answers 404 as text',
      code: 'unexpected_status',
      answer: (_, res) => void res.writeHead(404).end('404 page not found\n'),
    },
    { name: 'answers 201', code: 'unexpected_status', answer: status(201) },
    {
      name: 'answers 204',
      code: 'unexpected_status',
      answer: (_, res) => void res.writeHead(204).end(),
    },
    {
      name: 'redirects',
      code: 'unexpected_status',
      answer: status(307, { location: '/v1/token/validate' }),
    },
    {
      name: 'answers HTML',
      code: 'malformed_answer',
      answer: (_, res) =>
        void res.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Log in</h1>'),
    },
    {
      name: 'answers JSON without saying so',
      code: 'malformed_answer',
      answer: (_, res) => void res.writeHead(200).end(JSON.stringify(REFUSED)),
    },
    { name: 'answers nothing', code: 'malformed_answer', answer: text('') },
    { name: 'answers half a JSON text', code: 'malformed_answer', answer: text('{"valid":tr') },
    { name: 'answers null', code: 'malformed_answer', answer: text('null') },
    { name: 'answers an array', code: 'malformed_answer', answer: text('[{"valid":true}]') },
    { name: 'answers without a verdict', code: 'malformed_answer', answer: text('{}') },
    {
      name: 'answers valid as text',
      code: 'malformed_answer',
      answer: text('{"valid":"true","claims":{}}'),
    },
    {
      name: 'answers valid as a number',
      code: 'malformed_answer',
      answer: text('{"valid":1,"claims":{}}'),
    },
    { name: 'vouches without claims', code: 'malformed_answer', answer: text('{"valid":true}') },
    {
      name: 'vouches with an array of claims',
      code: 'malformed_answer',
      answer: text('{"valid":true,"claims":[]}'),
    },
    {
      name: 'vouches without a subject',
      code: 'malformed_answer',
      answer: text(JSON.stringify({ valid: true, claims: claimsOf({ sub: '' }) })),
    },
    {
      name: 'vouches with scope as text',
      code: 'malformed_answer',
      answer: text(JSON.stringify({ valid: true, claims: claimsOf({ scope: 'read:data:*' }) })),
    },
    {
      name: 'vouches with exp as text',
      code: 'malformed_answer',
      answer: text(JSON.stringify({ valid: true, claims: claimsOf({ exp: '9' }) })),
    },
    {
      name: 'vouches with an unsafe integer',
      code: 'malformed_answer',
      answer: text(JSON.stringify({ valid: true, claims: claimsOf({ exp: 2 ** 53 }) })),
    },
    {
      name: 'sends a huge answer',
      code: 'malformed_answer',
      // Good in every other way.
      answer: text(JSON.stringify({ valid: true, claims: claimsOf(), x: 'x'.repeat(600_000) })),
    },
    { name: 'never answers', code: 'timeout', answer: () => undefined },
    {
      name: 'stalls in the middle of the body',
      code: 'timeout',
      answer: (_, res) => void res.writeHead(200, ok).write('{"valid":'),
    },
    {
      name: 'dribbles a body that never ends',
      code: 'timeout',
      answer: (_, res) => {
        res.writeHead(200, ok);
        const timer = setInterval(() => res.write(' '), 20);
        res.on('close', () => clearInterval(timer));
      },
    },
    {
      name: 'hangs up before answering',
      code: 'connection',
      answer: (req) => void req.socket.destroy(),
    },
    {
      name: 'hangs up in the middle of the body',
      code: 'connection',
      answer: (req, res) => {
        res.writeHead(200, { ...ok, 'content-length': '100' });
        res.write('{"valid":true', () => req.socket.destroy());
      },
    },
  ];

  it.each(cases)('calls it a fault when the broker $name: $code', async ({ answer, code }) => {
    const fault = await faultOf(callsTo(await listen(createServer(answer))));
    expect(fault.code).toBe(code);
  });

  it('hangs up on a broker that has missed the deadline', async () => {
    const hungUp = new Deferred<undefined>();
    const server = createServer(
      (req) => void req.socket.on('close', () => hungUp.resolve(undefined)),
    );
    expect((await faultOf(callsTo(await listen(server)))).code).toBe('timeout');
    await hungUp.promise;
  });

  it('calls it a fault when nobody listens', async () => {
    const server = createServer();
    const url = await listen(server);
    await new Promise((resolve) => server.close(resolve));
    expect((await faultOf(callsTo(url))).code).toBe('connection');
  });

  it('calls it a fault when the broker accepts and says nothing at all', async () => {
    const url = await listen(createTcpServer(() => undefined));
    expect((await faultOf(callsTo(url))).code).toBe('timeout');
  });

  it('calls it a fault when the broker does not speak HTTP', async () => {
    const url = await listen(createTcpServer((socket) => void socket.end('SSH-2.0-x\r\n\r\n')));
    expect((await faultOf(callsTo(url))).code).toBe('connection');
  });

  it.each([
    { name: 'another token id', claims: { jti: 'ffffffffffffffffffffffffffffffff' } },
    {
      name: 'another subject',
      claims: { sub: 'spiffe://agentwrit.local/agent/o/t/0000000000000000' },
    },
    { name: 'another expiry', claims: { exp: 2_000_000_000 } },
  ])('calls an answer about $name a fault', async ({ claims }) => {
    const answer = { valid: true, claims: claimsOf(claims) };
    const url = await listen(
      createServer((_, res) => res.writeHead(200, ok).end(JSON.stringify(answer))),
    );
    expect((await faultOf(callsTo(url))).code).toBe('malformed_answer');
  });

  it('gives running calls up when it is closed', async () => {
    const calls = callsTo(await listen(createServer(() => undefined)));
    const running = faultOf(calls);
    await calls.close();
    expect((await running).code).toBe('closed');
  });
});

describe('createBrokerCalls in process', () => {
  it('stops reading when the deadline has passed', async () => {
    const cancelled = new Deferred<undefined>();
    const body = new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        controller.enqueue(new TextEncoder().encode(' '));
      },
      cancel: () => cancelled.resolve(undefined),
    });
    const fault = await faultOf(inProcess(() => new Response(body, { headers: ok })));
    expect(fault.code).toBe('timeout');
    await cancelled.promise;
  });

  const inProcess = (fetch: (request: Request) => Response | Promise<Response>): Broker =>
    callsOver(createInProcessTransport({ fetch }));

  it('reads the same answers', async () => {
    const broker = inProcess(() => json({ valid: true, claims: claimsOf() }));
    expect(await broker.validate(tokenOf(), CALL)).toMatchObject({ valid: true });
  });

  it.each([
    {
      name: 'throws',
      fetch: () => {
        throw new Error('bug');
      },
      code: 'connection',
    },
    { name: 'rejects', fetch: () => Promise.reject(new Error('bug')), code: 'connection' },
    { name: 'never answers', fetch: () => new Promise<Response>(() => undefined), code: 'timeout' },
    { name: 'answers 500', fetch: () => json({}, { status: 500 }), code: 'unexpected_status' },
    {
      name: 'answers with no body',
      fetch: () => new Response(null, { headers: ok }),
      code: 'malformed_answer',
    },
  ])('calls it a fault when the broker $name', async ({ fetch, code }) => {
    expect((await faultOf(inProcess(fetch))).code).toBe(code);
  });
});

describe('the retry', () => {
  const GOOD: BrokerAnswer = {
    status: 200,
    contentType: 'application/json',
    retryAfter: undefined,
    body: '',
  };

  /** Answers the n-th call with the n-th of these; a text is a good answer, an error its failure. */
  function scripted(...answers: readonly (Partial<BrokerAnswer> | Error | 'silence')[]): {
    readonly transport: BrokerTransport;
    readonly calls: () => number;
  } {
    let calls = 0;
    const post = async (): Promise<BrokerAnswer> => {
      const answer = answers[calls];
      calls += 1;
      if (answer === 'silence') return new Promise(() => undefined);
      if (answer instanceof Error) throw answer;
      return { ...GOOD, ...answer };
    };
    return {
      transport: {
        ...createInProcessTransport({ fetch: () => new Response() }),
        post,
        close: () => Promise.resolve(),
      },
      calls: () => calls,
    };
  }

  const lost = new BrokerFault('connection', 'lost');
  const vouched = { body: JSON.stringify({ valid: true, claims: claimsOf() }) };

  it('follows a failed connection, once, and is part of the same call', async () => {
    const { transport, calls } = scripted(lost, vouched);
    const seen: BrokerCall[] = [];
    const broker = callsOver(transport, { onCall: (call) => seen.push(call) });
    expect(await broker.validate(tokenOf(), CALL)).toMatchObject({ valid: true });
    expect(calls()).toBe(2);
    expect(seen).toMatchObject([{ fault: undefined }]);
  });

  it('is not repeated', async () => {
    const { transport, calls } = scripted(lost, lost, vouched);
    expect((await faultOf(callsOver(transport))).code).toBe('connection');
    expect(calls()).toBe(2);
  });

  it.each([
    { name: 'a status', first: { status: 500 } },
    { name: 'a status that asks to wait', first: { status: 429, retryAfter: '1' } },
    { name: 'nonsense', first: { body: '{' } },
    {
      name: 'an answer about another token',
      first: { ...vouched, body: vouched.body.replace('/task-1/', '/task-9/') },
    },
    { name: 'no answer in time', first: 'silence' as const },
    { name: 'an answer that is too large', first: new BrokerFault('malformed_answer', 'large') },
  ])('does not follow $name', async ({ first }) => {
    const { transport, calls } = scripted(first, vouched);
    await faultOf(callsOver(transport));
    expect(calls()).toBe(1);
  });

  it('has no deadline of its own', async () => {
    const { transport, calls } = scripted(lost, 'silence');
    const startedAt = performance.now();
    expect((await faultOf(callsOver(transport))).code).toBe('timeout');
    expect(performance.now() - startedAt).toBeLessThan(TIMEOUT_MS + 1_000);
    expect(calls()).toBe(2);
  });
});

describe.each([POOL, FETCH])('the retry $name', ({ platform }) => {
  const callsTo = callsOn(platform);

  it('hides that the broker hung up on a connection just as a call went out on it', async () => {
    const idle: Socket[] = [];
    const url = await listen(
      createServer((req, res) => {
        idle.push(req.socket);
        res.writeHead(200, ok).end(JSON.stringify(REFUSED));
      }),
    );
    const calls = callsTo(url);
    for (let round = 0; round < 5; round += 1) {
      await calls.validate(tokenOf(), CALL);
      // The client has not heard of it when it sends.
      for (const socket of idle.splice(0)) socket.destroy();
      expect(await calls.validate(tokenOf(), CALL)).toMatchObject({ valid: false });
    }
  });

  it('hides that the broker hung up on all of them at once, as one does that is restarted', async () => {
    const sockets = new Set<Socket>();
    const waiting: (() => void)[] = [];
    let together = 8;
    const url = await listen(
      createServer((req, res) => {
        sockets.add(req.socket);
        waiting.push(() => res.writeHead(200, ok).end(JSON.stringify(REFUSED)));
        // Together, so that each has a connection to itself.
        if (waiting.length === together) for (const answer of waiting.splice(0)) answer();
      }),
    );
    const calls = callsTo(url);
    const many = (count: number): Promise<unknown> => {
      together = count;
      return Promise.all(Array.from({ length: count }, () => calls.validate(tokenOf(), CALL)));
    };
    for (const count of [1, 3, 8]) {
      await many(8);
      // With `fetch` there may be some from the round before.
      expect(sockets.size).toBeGreaterThanOrEqual(8);
      for (const socket of sockets) socket.destroy();
      sockets.clear();
      await many(count);
    }
  });
});

describe('the deadline', () => {
  it('covers the time a call waits for its turn', async () => {
    const never = createInProcessTransport({ fetch: () => new Promise(() => undefined) });
    const broker = callsOver(never, { maxConcurrentCalls: 1 });
    const startedAt = performance.now();
    const faults = await Promise.all(Array.from({ length: 8 }, () => faultOf(broker)));
    expect(faults[0]?.code).toBe('timeout');
    // One after the other they would take eight times as long.
    expect(performance.now() - startedAt).toBeLessThan(TIMEOUT_MS + 1_000);
  });

  it('leaves no timer behind, whatever comes of a call', async () => {
    const timers = (): number =>
      process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timers();
    const broker = callsOver(createInProcessTransport({ fetch: () => vouch(tokenOf()) }));
    await broker.validate(tokenOf(), CALL);
    const failing = callsOver(createInProcessTransport({ fetch: () => json({}, { status: 500 }) }));
    await faultOf(failing);
    const hanging = callsOver(
      createInProcessTransport({ fetch: () => new Promise<Response>(() => undefined) }),
    );
    const given = faultOf(hanging);
    await turns();
    await hanging.close();
    expect((await given).code).toBe('closed');
    expect(timers()).toBe(before);
  });
});
