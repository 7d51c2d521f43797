import { getEventListeners } from 'node:events';
import type { Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { TransportError } from '../src/errors.js';
import { Exchange } from '../src/exchange.js';
import {
  type Answer,
  APP_AUTH,
  FakeBroker,
  gate,
  HEALTH,
  json,
  problem,
  rejection,
  RENEW,
} from './fake-broker.js';
import { rawServer } from './raw-server.js';

const read = (value: unknown): unknown => value;

function health(exchange: Exchange, signal?: AbortSignal): Promise<unknown> {
  return exchange.within(signal, (deadline) =>
    exchange.call('GET', '/v1/health', { deadline }, read),
  );
}

function post(exchange: Exchange, path: string, isSafe = false): Promise<unknown> {
  return exchange.within(undefined, (deadline) =>
    exchange.call('POST', path, { deadline, isSafe }, read),
  );
}

describe('no complete answer', () => {
  test.each([
    { name: 'accepts and says nothing', greet: () => {} },
    {
      name: 'stops after the headers',
      greet: (socket: Socket) =>
        socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n')),
    },
    {
      name: 'sends the body a byte at a time for ever',
      greet: (socket: Socket) =>
        socket.once('data', () => {
          socket.write('HTTP/1.1 200 OK\r\ncontent-length: 999\r\n\r\n');
          const timer = setInterval(() => socket.write('x'), 5);
          socket.once('close', () => clearInterval(timer));
        }),
    },
  ])('from a server that $name ends at the deadline', async ({ greet }) => {
    await using server = await rawServer(greet);
    const exchange = new Exchange({ brokerUrl: server.url, timeoutMs: 60 });
    const start = performance.now();
    const error = await rejection(health(exchange));
    const elapsed = performance.now() - start;
    expect(error).toBeInstanceOf(TransportError);
    expect(error).toMatchObject({
      code: 'timeout',
      message: `broker unreachable at ${server.url}: no complete answer within 60 ms`,
    });
    expect(elapsed).toBeGreaterThanOrEqual(55);
    expect(elapsed).toBeLessThan(1000);
    await exchange.destroy();
  });

  test('within the deadline of several requests together ends them at it', async () => {
    await using broker = await FakeBroker.start();
    const slow: Answer = async (response, seen) => {
      await new Promise((resolve) => setTimeout(resolve, 40));
      await json(200, {})(response, seen);
    };
    broker.on(HEALTH, slow);
    const exchange = new Exchange({ brokerUrl: broker.url, timeoutMs: 150 });
    let answers = 0;
    const many = exchange.within(undefined, async (deadline) => {
      for (;;) {
        await exchange.call('GET', '/v1/health', { deadline }, read);
        answers += 1;
      }
    });
    expect(await rejection(many)).toMatchObject({ code: 'timeout' });
    expect(answers).toBeGreaterThan(0);
    expect(answers).toBeLessThan(4);
    await exchange.destroy();
  });
});

describe('a call that is over', () => {
  test('leaves no listener and no timer behind', async () => {
    await using broker = await FakeBroker.start();
    const exchange = new Exchange({ brokerUrl: broker.url });
    const { signal } = new AbortController();
    const timers = (): number =>
      process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    await health(exchange, signal);
    const before = timers();
    for (let count = 0; count < 20; count += 1) await health(exchange, signal);
    expect(timers()).toBeLessThan(before + 10);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    await exchange.close();
  });
});

describe('a connection that fails', () => {
  const cut: Answer = (response) => void response.destroy();

  test.each([
    { name: 'a call that is safe to repeat is tried once more', isSafe: true, tries: 2 },
    { name: 'a call that is not is left alone', isSafe: false, tries: 1 },
  ])('in the middle: $name', async ({ isSafe, tries }) => {
    await using broker = await FakeBroker.start();
    broker.on(RENEW, cut);
    const exchange = new Exchange({ brokerUrl: broker.url });
    expect(await rejection(post(exchange, '/v1/token/renew', isSafe))).toMatchObject({
      code: 'transport',
    });
    expect(broker.to(RENEW)).toHaveLength(tries);
    await exchange.destroy();
  });

  test('and then works is not noticed', async () => {
    await using broker = await FakeBroker.start();
    broker.on(HEALTH, cut, json(200, { fine: true }));
    const exchange = new Exchange({ brokerUrl: broker.url });
    expect(await health(exchange)).toEqual({ fine: true });
    await exchange.destroy();
  });

  test('before anything was sent is tried once more, safe or not', async () => {
    const first = await FakeBroker.start();
    const { url } = first;
    await first[Symbol.asyncDispose]();
    const exchange = new Exchange({ brokerUrl: url });
    const renewal = post(exchange, '/v1/token/renew');
    // It comes back on its port within the pause.
    await using broker = await FakeBroker.start(Number(new URL(url).port));
    expect(await renewal).toMatchObject({ expires_in: 300 });
    expect(broker.to(RENEW)).toHaveLength(1);
    await exchange.destroy();
  });
});

describe('an answer that says when to come back', () => {
  const later = (status: number, seconds: string): Answer =>
    problem(status, 'rate_limited', 'later', { 'retry-after': seconds });

  test.each([
    { name: '429 to a call that is not safe', status: 429, isSafe: false, tries: 2 },
    { name: '503 to a safe call', status: 503, isSafe: true, tries: 2 },
    { name: '503 to a call that is not safe', status: 503, isSafe: false, tries: 1 },
    { name: '500', status: 500, isSafe: true, tries: 1 },
  ])('$name: $tries tries', async ({ status, isSafe, tries }) => {
    await using broker = await FakeBroker.start();
    broker.on(APP_AUTH, later(status, '0'), json(200, {}));
    const exchange = new Exchange({ brokerUrl: broker.url });
    const outcome = await post(exchange, '/v1/app/auth', isSafe).then(
      () => 'done',
      () => 'refused',
    );
    expect(outcome).toBe(tries === 2 ? 'done' : 'refused');
    expect(broker.to(APP_AUTH)).toHaveLength(tries);
    await exchange.destroy();
  });

  test('"at once" is taken with a pause, so that it does not make a storm', async () => {
    await using broker = await FakeBroker.start();
    broker.on(APP_AUTH, later(429, '0'));
    const exchange = new Exchange({ brokerUrl: broker.url, timeoutMs: 600 });
    expect(await rejection(post(exchange, '/v1/app/auth'))).toMatchObject({
      code: 'rate_limited',
    });
    expect(broker.to(APP_AUTH).length).toBeGreaterThan(1);
    expect(broker.to(APP_AUTH).length).toBeLessThanOrEqual(6);
    await exchange.destroy();
  });

  test('after the deadline is not waited for', async () => {
    await using broker = await FakeBroker.start();
    broker.on(APP_AUTH, later(429, '30'));
    const exchange = new Exchange({ brokerUrl: broker.url, timeoutMs: 20_000 });
    const startedAt = performance.now();
    expect(await rejection(post(exchange, '/v1/app/auth'))).toMatchObject({
      code: 'rate_limited',
      retryAfterSeconds: 30,
    });
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    expect(broker.to(APP_AUTH)).toHaveLength(1);
    await exchange.destroy();
  });

  test('is waited for, but not beyond what the caller waits', async () => {
    await using broker = await FakeBroker.start();
    const arrived = gate();
    broker.on(APP_AUTH, async (response, seen) => {
      arrived.open();
      await later(429, '5')(response, seen);
    });
    const exchange = new Exchange({ brokerUrl: broker.url });
    const controller = new AbortController();
    const waiting = rejection(
      exchange.within(controller.signal, (deadline) =>
        exchange.call('POST', '/v1/app/auth', { deadline }, read),
      ),
    );
    await arrived.opened;
    controller.abort(new Error('the user left'));
    expect(await waiting).toMatchObject({ message: 'the user left' });
    expect(broker.to(APP_AUTH)).toHaveLength(1);
    await exchange.destroy();
  });
});
