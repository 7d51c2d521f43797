// A guard and brokers that are broken in every way we know of, on real sockets. Whatever they do, the answer is
// 503 with Retry-After and comes within the deadline, and nothing is left behind.

import { createServer, type RequestListener } from 'node:http';
import {
  type AddressInfo,
  createServer as createTcpServer,
  type Server,
  type Socket,
} from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { guardOn } from '../src/guard.js';
import type { Guard, GuardAnswer, GuardOptions } from '../src/index.js';
import { claimsOf, requestWith, tokenOf } from './fixtures.js';
import { FETCH, type NamedPlatform, POOL, WORKER } from './platforms.js';

const TIMEOUT_MS = 300;
// Far above the deadline, far below what a client without one would take.
const SOON_MS = TIMEOUT_MS + 2_000;

interface Target {
  readonly url: string;
  readonly sockets: ReadonlySet<Socket>;
}

const cleanUps: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

async function listen(server: Server, port = 0): Promise<Target> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    // The client may be gone when a case writes to it.
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  cleanUps.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, sockets };
}

type GuardOf = (broker: string, options?: Partial<GuardOptions>) => Guard;

function guardsOn({ platform }: NamedPlatform): GuardOf {
  const createGuard = guardOn(platform);
  return (broker, options) => {
    const guard = createGuard({ broker, timeoutMs: TIMEOUT_MS, ...options });
    cleanUps.push(() => guard.close());
    return guard;
  };
}

let serial = 0;

/** Live by the machine's clock, and like no other. */
function newToken(claims: Readonly<Record<string, unknown>> = {}): string {
  const iat = Math.floor(Date.now() / 1000);
  serial += 1;
  const jti = serial.toString(16).padStart(32, '0');
  return tokenOf(claimsOf({ iat, nbf: iat, exp: iat + 300, jti, ...claims }));
}

/** Of a `read:data:7` request with this token: `allow`, or the refusal's status and reason. */
async function ask(guard: Guard, token = newToken()): Promise<string> {
  const startedAt = performance.now();
  const answer = await guard.requireScope('read:data:7')(requestWith(token));
  expect(performance.now() - startedAt).toBeLessThan(SOON_MS);
  return wordOf(answer);
}

function wordOf(answer: GuardAnswer): string {
  if (answer.outcome !== 'refuse') return answer.outcome;
  const { status, reason, headers, body } = answer.refusal;
  if (status === 503) {
    expect(headers['retry-after']).toMatch(/^[1-9][0-9]?$/);
    expect(headers['www-authenticate']).toBeUndefined();
    expect(JSON.parse(body)).toMatchObject({ status: 503, error_code: reason });
  }
  return `${status} ${reason}`;
}

/** Turns of the loop until it is so: timers of our own would be counted. */
async function until(isSo: () => boolean): Promise<boolean> {
  const deadline = performance.now() + 3_000;
  while (!isSo() && performance.now() < deadline) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  return isSo();
}

/** Whether something of ours is freed. What a platform keeps of its own, and for how long, is its business. */
function freedOn(on: NamedPlatform): (isSo: () => boolean) => Promise<boolean> {
  return async (isSo) => on !== POOL || until(isSo);
}

function timers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
}

const ok = { 'content-type': 'application/json' };

function claimsIn(body: string): Record<string, unknown> {
  const { token } = JSON.parse(body) as { token: string };
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<
    string,
    unknown
  >;
}

/** Answers with what it makes of the claims in the token that it is asked about. */
function answering(answer: (claims: Record<string, unknown>) => unknown): RequestListener {
  return (req, res) => {
    let body = '';
    req.on('data', (chunk: Buffer) => (body += chunk.toString()));
    req.on('end', () => res.writeHead(200, ok).end(JSON.stringify(answer(claimsIn(body)))));
  };
}

const vouching = answering((claims) => ({ valid: true, claims }));

interface Case {
  readonly name: string;
  readonly server: () => Server;
  readonly cause: string;
}

const http =
  (listener: RequestListener): (() => Server) =>
  () =>
    createServer(listener);
const tcp =
  (onData: (socket: Socket) => void): (() => Server) =>
  () =>
    createTcpServer((socket) => void socket.once('data', () => onData(socket)));
const status = (code: number, headers: Record<string, string> = {}): (() => Server) =>
  http((req, res) => {
    // Good in every other way.
    req.resume().on('end', () => {
      res.writeHead(code, { ...ok, ...headers }).end('{"valid":true}');
    });
  });
const text = (body: string): (() => Server) =>
  http((_, res) => void res.writeHead(200, ok).end(body));
const claims = (changes: Readonly<Record<string, unknown>>): (() => Server) =>
  http(answering((claims) => ({ valid: true, claims: { ...claims, ...changes } })));

const HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n';

const cases: readonly Case[] = [
  { name: 'accepts and never answers', server: tcp(() => undefined), cause: 'timeout' },
  {
    name: 'stalls in its headers',
    server: tcp((socket) => void socket.write(HEAD)),
    cause: 'timeout',
  },
  {
    name: 'stalls in its body',
    server: tcp((socket) => void socket.write(`${HEAD}Content-Length: 99\r\n\r\n{"valid":`)),
    cause: 'timeout',
  },
  {
    name: 'dribbles',
    server: tcp((socket) => {
      socket.write(`${HEAD}Transfer-Encoding: chunked\r\n\r\n`);
      const timer = setInterval(() => socket.write('1\r\n \r\n'), 20);
      socket.on('close', () => clearInterval(timer));
    }),
    cause: 'timeout',
  },
  {
    name: 'resets before anything is said',
    server: () => createTcpServer((socket) => void socket.resetAndDestroy()),
    cause: 'connection',
  },
  {
    name: 'resets before it answers',
    server: tcp((socket) => void socket.resetAndDestroy()),
    cause: 'connection',
  },
  {
    name: 'resets in its headers',
    server: tcp((socket) => void socket.write(HEAD, () => socket.resetAndDestroy())),
    cause: 'connection',
  },
  {
    name: 'resets in its body',
    server: tcp(
      (socket) =>
        void socket.write(`${HEAD}Content-Length: 99\r\n\r\n{"valid":true`, () =>
          socket.resetAndDestroy(),
        ),
    ),
    cause: 'connection',
  },
  {
    name: 'ends before its body does',
    server: tcp((socket) => void socket.end(`${HEAD}Content-Length: 99\r\n\r\n{"valid":false}`)),
    cause: 'connection',
  },
  {
    name: 'speaks something else',
    server: tcp((socket) => void socket.end('220 ESMTP\r\n')),
    cause: 'connection',
  },
  { name: 'answers 500', server: status(500), cause: 'unexpected_status' },
  { name: 'answers 429', server: status(429, { 'retry-after': '7' }), cause: 'unexpected_status' },
  { name: 'answers 401', server: status(401), cause: 'unexpected_status' },
  { name: 'answers 403', server: status(403), cause: 'unexpected_status' },
  {
    name: 'redirects with 301',
    server: status(301, { location: '/' }),
    cause: 'unexpected_status',
  },
  {
    name: 'redirects with 308',
    server: status(308, { location: '/' }),
    cause: 'unexpected_status',
  },
  {
    name: 'answers with a page',
    server: http((_, res) => void res.writeHead(200, { 'content-type': 'text/html' }).end('<p>')),
    cause: 'malformed_answer',
  },
  {
    name: 'answers with a page that is called JSON',
    server: text('<!doctype html>'),
    cause: 'malformed_answer',
  },
  {
    name: 'answers with 10 MB',
    server: http(answering((claims) => ({ valid: true, claims, x: 'x'.repeat(10_000_000) }))),
    cause: 'malformed_answer',
  },
  { name: 'answers with an array', server: text('[true]'), cause: 'malformed_answer' },
  { name: 'answers null', server: text('null'), cause: 'malformed_answer' },
  { name: 'answers true', server: text('true'), cause: 'malformed_answer' },
  { name: 'answers with nothing', server: text(''), cause: 'malformed_answer' },
  {
    name: 'says valid: "true"',
    server: http(answering((claims) => ({ valid: 'true', claims }))),
    cause: 'malformed_answer',
  },
  {
    name: 'says valid: 1',
    server: http(answering((claims) => ({ valid: 1, claims }))),
    cause: 'malformed_answer',
  },
  { name: 'says no subject', server: claims({ sub: undefined }), cause: 'malformed_answer' },
  { name: 'says a subject of numbers', server: claims({ sub: 7 }), cause: 'malformed_answer' },
  {
    name: 'says an expiry in text',
    server: claims({ exp: '9999999999' }),
    cause: 'malformed_answer',
  },
  {
    name: 'says an expiry beyond all numbers',
    server: claims({ exp: 1e300 }),
    cause: 'malformed_answer',
  },
  { name: 'says an expiry of nothing', server: claims({ exp: null }), cause: 'malformed_answer' },
  {
    name: 'says a scope in text',
    server: claims({ scope: 'read:data:*' }),
    cause: 'malformed_answer',
  },
  {
    name: 'says a scope of objects',
    server: claims({ scope: [{ 0: 'read:data:*' }] }),
    cause: 'malformed_answer',
  },
  { name: 'says an audience of numbers', server: claims({ aud: [7] }), cause: 'malformed_answer' },
  { name: 'says a task of lists', server: claims({ task_id: [] }), cause: 'malformed_answer' },
  {
    name: 'says a chain of nothing',
    server: claims({ delegation_chain: [null] }),
    cause: 'malformed_answer',
  },
  {
    name: 'says a chain that is no list',
    server: claims({ delegation_chain: { length: 1 } }),
    cause: 'malformed_answer',
  },
  {
    name: 'speaks of another token',
    server: claims({ jti: 'f'.repeat(32) }),
    cause: 'malformed_answer',
  },
];

describe.each([POOL, FETCH, WORKER])('$name a broker that', (on) => {
  const guardOf = guardsOn(on);
  const isFreed = freedOn(on);

  it.each(cases)('$name makes it 503: $cause', async ({ server, cause }) => {
    const { url, sockets } = await listen(server());
    const causes: unknown[] = [];
    const guard = guardOf(url, { onDecision: (event) => causes.push(event.cause) });
    const before = timers();
    // The first two meet it at the same time, the third comes after.
    expect(await Promise.all([ask(guard), ask(guard)])).toEqual([
      '503 broker_unavailable',
      '503 broker_unavailable',
    ]);
    expect(await ask(guard)).toBe('503 broker_unavailable');
    expect(causes).toEqual([cause, cause, cause]);
    expect(guard.stats()).toMatchObject({
      sizes: { verdicts: 0, refused: 0, questions: 0 },
      broker: { running: 0, queued: 0, faults: { [cause]: 3 } },
    });

    await guard.close();
    expect(await isFreed(() => sockets.size === 0)).toBe(true);
    expect(await isFreed(() => timers() <= before)).toBe(true);
  });

  it('is not there makes it 503: connection', async () => {
    const server = createServer();
    const { url } = await listen(server);
    await new Promise((resolve) => server.close(resolve));
    expect(await ask(guardOf(url))).toBe('503 broker_unavailable');
  });

  it('asks to wait has the caller wait as long', async () => {
    const { url } = await listen(status(429, { 'retry-after': '7' })());
    const answer = await guardOf(url).requireScope('read:data:7')(requestWith(newToken()));
    expect(answer.outcome === 'refuse' && answer.refusal.headers['retry-after']).toBe('7');
  });

  it('works is believed, whatever it says', async () => {
    const { url } = await listen(createServer(vouching));
    expect(await ask(guardOf(url))).toBe('allow');
    const { url: other } = await listen(
      createServer(answering(() => ({ valid: false, error: 'token is invalid or expired' }))),
    );
    expect(await ask(guardOf(other))).toBe('401 invalid_token');
  });
});

describe.each([POOL, FETCH, WORKER])('$name a broker that fails now and then', (on) => {
  const guardOf = guardsOn(on);
  const isFreed = freedOn(on);

  it('fails those who met the fault, and nobody else', async () => {
    let calls = 0;
    const { url } = await listen(
      createServer((req, res) => {
        calls += 1;
        if (calls % 2 === 0) {
          res.writeHead(500).end();
        } else vouching(req, res);
      }),
    );
    const guard = guardOf(url);
    for (let round = 0; round < 30; round += 1) {
      expect([await ask(guard), await ask(guard)]).toEqual(['allow', '503 broker_unavailable']);
    }
    expect(guard.stats().broker).toMatchObject({ breaker: 'closed', calls: 60 });
  });

  it('fails nobody when it only hangs up', async () => {
    let calls = 0;
    const { url } = await listen(
      createServer((req, res) => {
        calls += 1;
        if (calls % 2 === 0) req.socket.resetAndDestroy();
        else vouching(req, res);
      }),
    );
    const guard = guardOf(url);
    for (let round = 0; round < 30; round += 1) expect(await ask(guard)).toBe('allow');
  });

  it('never has a warm token wait or fail', async () => {
    let isUp = true;
    const { url, sockets } = await listen(
      createServer((req, res) => {
        if (isUp) vouching(req, res);
      }),
    );
    const guard = guardOf(url);
    const warm = newToken();
    expect(await ask(guard, warm)).toBe('allow');
    isUp = false;
    expect(await ask(guard)).toBe('503 broker_unavailable');
    expect(guard.requireScope('read:data:7')(requestWith(warm))).toMatchObject({
      outcome: 'allow',
    });
    await guard.close();
    expect(await isFreed(() => sockets.size === 0)).toBe(true);
  });

  it('is left alone after a while, answers come at once then, and it is found when it is back', async () => {
    const server = createServer();
    const { url } = await listen(server);
    const port = Number(new URL(url).port);
    await new Promise((resolve) => server.close(resolve));
    const guard = guardOf(url);
    for (let fault = 0; fault < 5; fault += 1) await ask(guard);
    expect(guard.stats().broker).toMatchObject({ breaker: 'open', calls: 5 });
    expect(await ask(guard)).toBe('503 broker_unavailable');

    await listen(createServer(vouching), port);
    const deadline = performance.now() + 8_000;
    let answer = '';
    while (answer !== 'allow' && performance.now() < deadline) {
      answer = await ask(guard);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(answer).toBe('allow');
    expect(guard.stats().broker.breaker).toBe('closed');
  });

  it('hangs costs a crowd one deadline each, and not one after the other', async () => {
    const { url, sockets } = await listen(createTcpServer((socket) => void socket.resume()));
    const guard = guardOf(url, { maxConcurrentCalls: 4 });
    const before = timers();
    const outcomes = await Promise.all(Array.from({ length: 200 }, () => ask(guard)));
    for (const outcome of outcomes) expect(outcome).toMatch(/^503 /);
    // The others were never sent: there was no time left for them when the first were given up, or no place.
    expect(guard.stats()).toMatchObject({
      sizes: { questions: 0 },
      broker: { calls: on === WORKER ? 3 : 4, running: 0, queued: 0 },
    });
    expect(await isFreed(() => timers() <= before)).toBe(true);
    expect(await isFreed(() => sockets.size <= 4)).toBe(true);
    await guard.close();
    expect(await isFreed(() => sockets.size === 0)).toBe(true);
  });
});
