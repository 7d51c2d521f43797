// What the platform's fetch is asked for, and what it is kept from doing by itself.

import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { BrokerFault } from '../src/fault.js';
import { createFetchTransport } from '../src/fetch-transport.js';
import { type BrokerAnswer, type OperatorTransport, OversizedAnswer } from '../src/transport.js';
import { Deferred, turns } from './fixtures.js';

const ok = { 'content-type': 'application/json' };

/** The URL of a server that is gone after the test. */
async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function post(transport: OperatorTransport, body = '{}'): Promise<BrokerAnswer> {
  const { signal } = new AbortController();
  return transport.post('/v1/token/validate', body, { requestId: 'req-1', signal });
}

function get(transport: OperatorTransport, maxBytes: number): Promise<BrokerAnswer> {
  const { signal } = new AbortController();
  return transport.get('/v1/audit/events', {
    token: 'secret',
    requestId: 'req-1',
    signal,
    maxBytes,
  });
}

/** With `fetch` as it is told to be. */
async function withFetch<T>(fetch: unknown, run: () => Promise<T>): Promise<T> {
  const original = globalThis.fetch;
  Object.assign(globalThis, { fetch });
  try {
    return await run();
  } finally {
    Object.assign(globalThis, { fetch: original });
  }
}

async function faultOf(answer: Promise<unknown>): Promise<BrokerFault> {
  const fault: unknown = await answer.catch((error: unknown) => error);
  if (!(fault instanceof BrokerFault)) throw new Error(`no fault, but ${inspect(fault)}`);
  return fault;
}

const transportTo = (url: string): OperatorTransport =>
  createFetchTransport({ url: new URL(url), tls: undefined });
const BROKER = 'https://broker.example';

describe('a request', () => {
  it('has its own headers and no others of ours', async () => {
    const seen: { url: unknown; init: RequestInit }[] = [];
    const fetch = (url: unknown, init: RequestInit): Promise<Response> => {
      seen.push({ url, init });
      return Promise.resolve(new Response('{}', { headers: ok }));
    };
    await withFetch(fetch, async () => {
      await post(transportTo(`${BROKER}/base/`), '{"token":"t"}');
      await get(transportTo(BROKER), 100);
    });
    expect(seen).toEqual([
      {
        url: `${BROKER}/base/v1/token/validate`,
        init: {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            accept: 'application/json',
            'x-request-id': 'req-1',
          },
          body: '{"token":"t"}',
          redirect: 'manual',
          signal: expect.any(AbortSignal),
        },
      },
      {
        url: `${BROKER}/v1/audit/events`,
        init: {
          method: 'GET',
          headers: {
            authorization: 'Bearer secret',
            accept: 'application/json',
            'x-request-id': 'req-1',
          },
          body: null,
          redirect: 'manual',
          signal: expect.any(AbortSignal),
        },
      },
    ]);
  });

  it('arrives with what it asks for', async () => {
    const arrived = new Deferred<IncomingMessage>();
    const url = await listen((req, res) => {
      arrived.resolve(req);
      res.writeHead(200, { ...ok, 'retry-after': '7' }).end('{"a":"ä€"}');
    });
    expect(await get(transportTo(url), 100)).toEqual({
      status: 200,
      contentType: 'application/json',
      retryAfter: '7',
      body: '{"a":"ä€"}',
    });
    const { method, headers } = await arrived.promise;
    expect(method).toBe('GET');
    expect(headers).toMatchObject({ authorization: 'Bearer secret', 'x-request-id': 'req-1' });
    expect(headers).not.toHaveProperty('cookie');
  });
});

describe('a redirect', () => {
  it.each([301, 302, 303, 307, 308])('is not followed: %i', async (status) => {
    const paths: unknown[] = [];
    const url = await listen((req, res) => {
      paths.push(req.url);
      // Where it leads to, all is well.
      if (req.url === '/elsewhere') res.writeHead(200, ok).end('{"valid":true}');
      else res.writeHead(status, { location: '/elsewhere' }).end();
    });
    expect(await post(transportTo(url))).toMatchObject({ status, body: '' });
    expect(await get(transportTo(url), 100)).toMatchObject({ status, body: '' });
    expect(paths).toEqual(['/v1/token/validate', '/v1/audit/events']);
  });

  it('that the platform hides is a status that is none', async () => {
    const hidden = { status: 0, type: 'opaqueredirect', headers: new Headers(), body: null };
    const answer = await withFetch(
      () => Promise.resolve(hidden),
      () => post(transportTo(BROKER)),
    );
    expect(answer).toEqual({ status: 0, contentType: '', retryAfter: undefined, body: '' });
  });
});

describe('the body of an answer', () => {
  /** Gives bytes for as long as they are taken, and tells how many were. */
  function endless(chunkBytes: number): {
    response: Response;
    taken: () => number;
    cancelled: Promise<void>;
  } {
    let taken = 0;
    const cancelled = new Deferred<void>();
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          taken += chunkBytes;
          controller.enqueue(new Uint8Array(chunkBytes).fill(0x20));
        },
        cancel: () => cancelled.resolve(),
      },
      { highWaterMark: 0 },
    );
    return {
      response: new Response(body, { headers: ok }),
      taken: () => taken,
      cancelled: cancelled.promise,
    };
  }

  it('is read no further than the first chunk that is too much, and then given up', async () => {
    const { response, taken, cancelled } = endless(100);
    const answer = withFetch(
      () => Promise.resolve(response),
      () => get(transportTo(BROKER), 1_000),
    );
    expect(await faultOf(answer)).toBeInstanceOf(OversizedAnswer);
    await cancelled;
    expect(taken()).toBe(1_100);
  });

  it('may be exactly as long as it may be', async () => {
    const body = `"${'x'.repeat(998)}"`;
    const url = await listen((_, res) => void res.writeHead(200, ok).end(body));
    expect(await get(transportTo(url), 1_000)).toMatchObject({ body });
    expect(await faultOf(get(transportTo(url), 999))).toBeInstanceOf(OversizedAnswer);
  });

  it('is put together whatever letters its chunks are cut in', async () => {
    const bytes = new TextEncoder().encode('{"a":"ä€😀"}');
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
        controller.close();
      },
    });
    const answer = await withFetch(
      () => Promise.resolve(new Response(body, { headers: ok })),
      () => post(transportTo(BROKER)),
    );
    expect(answer.body).toBe('{"a":"ä€😀"}');
  });

  it('keeps a byte order mark, which is no JSON', async () => {
    const url = await listen((_, res) => void res.writeHead(200, ok).end('\ufeff{}'));
    expect((await post(transportTo(url))).body).toBe('\ufeff{}');
  });

  it('that hangs is let go when the call is over, and is not taken for whole', async () => {
    const cancelled = new Deferred<void>();
    const started = new Deferred<void>();
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new TextEncoder().encode('{}')),
      pull: () => (started.resolve(), new Promise<void>(() => undefined)),
      cancel: () => cancelled.resolve(),
    });
    const controller = new AbortController();
    const answer = withFetch(
      () => Promise.resolve(new Response(body, { headers: ok })),
      () => transportTo(BROKER).post('/x', '{}', { requestId: 'r', signal: controller.signal }),
    );
    await started.promise;
    // It has been read as far as there is anything, and waits.
    await turns();
    const fault = new BrokerFault('timeout', 'too late');
    controller.abort(fault);
    expect(await faultOf(answer)).toBe(fault);
    await cancelled.promise;
  });

  it('is not even begun when the call is over by then', async () => {
    const cancelled = new Deferred<void>();
    const body = new ReadableStream({ cancel: () => cancelled.resolve() });
    const controller = new AbortController();
    const fault = new BrokerFault('timeout', 'too late');
    const fetch = (): Promise<Response> => {
      controller.abort(fault);
      return Promise.resolve(new Response(body, { headers: ok }));
    };
    const answer = withFetch(fetch, () =>
      transportTo(BROKER).post('/x', '{}', { requestId: 'r', signal: controller.signal }),
    );
    expect(await faultOf(answer)).toBe(fault);
    await cancelled.promise;
  });
});

describe('what fetch rejects with', () => {
  const SECRET = 'eyJhbGciOiJFZERTQSJ9.secret';
  it.each([
    {
      name: 'a code',
      error: Object.assign(new Error(SECRET), { code: 'ENOTFOUND' }),
      code: 'ENOTFOUND',
    },
    {
      name: 'a cause with a code, as on Node',
      error: new TypeError(SECRET, {
        cause: Object.assign(new Error(SECRET), { code: 'ECONNREFUSED' }),
      }),
      code: 'ECONNREFUSED',
    },
    {
      name: 'a code that is text of all kinds',
      error: Object.assign(new Error(SECRET), { code: `got ${SECRET}` }),
      code: 'unknown',
    },
    { name: 'no code', error: new TypeError(SECRET), code: 'unknown' },
    {
      name: 'a code that is a number',
      error: Object.assign(new Error(SECRET), { code: 7 }),
      code: 'unknown',
    },
    { name: 'text', error: SECRET, code: 'unknown' },
    { name: 'nothing', error: undefined, code: 'unknown' },
  ])('is told by its code alone: $name', async ({ error, code }) => {
    const fault = await withFetch(
      // oxlint-disable-next-line typescript/prefer-promise-reject-errors
      () => Promise.reject(error),
      () => faultOf(post(transportTo(BROKER))),
    );
    expect([fault.code, fault.message]).toEqual([
      'connection',
      `the connection to the broker failed (${code})`,
    ]);
    expect(inspect(fault, { depth: 9, showHidden: true })).not.toContain('secret');
  });
});
