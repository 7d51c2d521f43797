import type { Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { AgentWritError, TransportError } from '../src/errors.js';
import { Transport } from '../src/transport.js';
import { FakeBroker, gate, HEALTH, json, rejection } from './fake-broker.js';
import { rawServer } from './raw-server.js';

const { signal: never } = new AbortController();
const health = { method: 'GET', path: '/v1/health', signal: never } as const;

describe('a request', () => {
  test('carries base path, user agent, bearer and JSON body', async () => {
    await using broker = await FakeBroker.start();
    const route = 'POST /base/v1/x';
    broker.on(route, json(200, {}, { 'retry-after': '3', 'x-request-id': 'r-1' }));
    const transport = new Transport({ brokerUrl: `${broker.url}/base/`, userAgent: 'shop/1.0' });
    const answer = await transport.send({
      method: 'POST',
      path: '/v1/x',
      bearer: 'abc',
      body: { a: 1 },
      signal: never,
    });
    expect(answer).toEqual({
      status: 200,
      contentType: 'application/json',
      retryAfter: '3',
      requestId: 'r-1',
      body: '{}',
      truncated: false,
      isUtf8: true,
    });
    expect(broker.to(route)[0]).toMatchObject({
      headers: {
        'user-agent': 'shop/1.0',
        authorization: 'Bearer abc',
        'content-type': 'application/json',
      },
      body: { a: 1 },
    });
    await transport.close();
  });

  test('names this client by default', async () => {
    await using broker = await FakeBroker.start();
    const transport = new Transport({ brokerUrl: broker.url });
    await transport.send(health);
    expect(broker.to(HEALTH)[0]?.headers['user-agent']).toBe('agentwrit-typescript/0.1.0');
    expect(broker.to(HEALTH)[0]?.headers).not.toHaveProperty('authorization');
    await transport.close();
  });

  test('is not sent on to where a redirect points', async () => {
    await using broker = await FakeBroker.start();
    broker.on(HEALTH, json(301, {}, { location: '/v1/elsewhere' }));
    const transport = new Transport({ brokerUrl: broker.url });
    expect((await transport.send(health)).status).toBe(301);
    expect(broker.seen).toHaveLength(1);
    await transport.close();
  });

  test('reads at most 1 MiB of the answer and says so', async () => {
    await using broker = await FakeBroker.start();
    const limit = 1024 * 1024;
    const text = (size: number) => json(200, 'x'.repeat(size - 2));
    broker.on(HEALTH, text(limit), text(limit + 1), text(64 * limit));
    const transport = new Transport({ brokerUrl: broker.url });
    expect(await transport.send(health)).toMatchObject({ truncated: false });
    expect(await transport.send(health)).toMatchObject({ truncated: true });
    const huge = await transport.send(health);
    expect(huge.truncated).toBe(true);
    expect(huge.body.length).toBeLessThanOrEqual(limit);
    await transport.close();
  });
});

describe('no complete answer', () => {
  test('because nothing listens is a transport error with its cause', async () => {
    const server = await rawServer(() => {});
    await server[Symbol.asyncDispose]();
    const error = await rejection(new Transport({ brokerUrl: server.url }).send(health));
    expect(error).toBeInstanceOf(TransportError);
    expect(error).toMatchObject({
      code: 'transport',
      message: `broker unreachable at ${server.url}: connect ECONNREFUSED ${server.url.slice(7)}`,
      cause: { code: 'ECONNREFUSED' },
    });
  });

  test('because no address of the host answers still names the cause', () => {
    // What Node makes of a host with several addresses: a code, but no message.
    const cause = Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' });
    const error = new TransportError('transport', 'https://broker.example.com', cause);
    expect(error.message).toBe('broker unreachable at https://broker.example.com: ECONNREFUSED');
  });

  test('because the host has no address is a transport error', async () => {
    const brokerUrl = 'https://broker.invalid';
    const error = await rejection(new Transport({ brokerUrl }).send(health));
    expect(error).toMatchObject({ name: 'TransportError', code: 'transport' });
  });

  test.each([
    { name: 'closes at once', greet: (socket: Socket) => socket.end() },
    {
      name: 'closes in the middle of the body',
      greet: (socket: Socket) =>
        socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{')),
    },
    {
      name: 'does not speak HTTP',
      greet: (socket: Socket) => socket.once('data', () => socket.end('220 ready\r\n')),
    },
  ])('from a server that $name is a transport error', async ({ greet }) => {
    await using server = await rawServer(greet);
    const transport = new Transport({ brokerUrl: server.url });
    const error = await rejection(transport.send(health));
    expect(error).toBeInstanceOf(TransportError);
    expect(error).toMatchObject({ code: 'transport' });
    expect((error as TransportError).cause).toBeInstanceOf(Error);
    await transport.destroy();
  });
});

describe('an aborted signal', () => {
  test('rejects with its reason, before anything is sent when it was aborted before', async () => {
    await using broker = await FakeBroker.start();
    const transport = new Transport({ brokerUrl: broker.url });
    const reason = new Error('the user left');
    const signal = AbortSignal.abort(reason);
    expect(await rejection(transport.send({ ...health, signal }))).toBe(reason);
    expect(broker.seen).toHaveLength(0);
    await transport.close();
  });

  test('rejects with its reason while the answer is awaited', async () => {
    await using broker = await FakeBroker.start();
    const arrived = gate();
    broker.on(HEALTH, () => arrived.open());
    const transport = new Transport({ brokerUrl: broker.url });
    const controller = new AbortController();
    const outcome = rejection(transport.send({ ...health, signal: controller.signal }));
    await arrived.opened;
    controller.abort();
    expect(await outcome).toMatchObject({ name: 'AbortError' });
    await transport.destroy();
  });
});

describe('closing', () => {
  test('lets the request under way finish and refuses later ones', async () => {
    await using broker = await FakeBroker.start();
    const arrived = gate();
    const leave = gate();
    broker.on(HEALTH, async (response, seen) => {
      arrived.open();
      await leave.opened;
      await json(200, {})(response, seen);
    });
    const transport = new Transport({ brokerUrl: broker.url });
    const answer = transport.send(health);
    await arrived.opened;
    const closed = transport.close();
    expect(transport.close()).toBe(closed);
    const error = await rejection(transport.send(health));
    expect(error).toBeInstanceOf(AgentWritError);
    expect(error).toMatchObject({ code: 'closed' });
    leave.open();
    expect((await answer).status).toBe(200);
    await closed;
  });
});

describe('options', () => {
  const brokerUrl = 'https://broker.example.com';
  test.each([
    { name: '"brokerUrl"', options: { brokerUrl: 'nonsense' } },
    { name: '"timeoutMs"', options: { timeoutMs: 0 } },
    { name: '"timeoutMs"', options: { timeoutMs: Number.NaN } },
    { name: '"timeoutMs"', options: { timeoutMs: Number.POSITIVE_INFINITY } },
    { name: '"timeoutMs"', options: { timeoutMs: 2 ** 31 } },
    { name: '"timeoutMs"', options: { timeoutMs: '10' } },
    { name: '"userAgent"', options: { userAgent: 'a\r\nb' } },
    { name: '"userAgent"', options: { userAgent: '' } },
    { name: '"allowInsecureHttp"', options: { allowInsecureHttp: 'yes' } },
    { name: 'unknown option "timeout"', options: { timeout: 5 } },
  ])('that are wrong are named: $name in $options', ({ name, options }) => {
    const create = (): Transport => new Transport({ brokerUrl, ...(options as object) });
    expect(create).toThrow(TypeError);
    expect(create).toThrow(name);
  });
});
