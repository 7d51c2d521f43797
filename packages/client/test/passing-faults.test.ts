// Everything that asks the broker, and a broker in trouble that passes while the call goes on: what can be asked
// again without harm is, and nothing else.

import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { describe, expect, test, vi } from 'vitest';
import { BROKER_CALLS, type BrokerCall, type Scene, sceneAt } from './broker-calls.js';
import { type Answer, FakeBroker, gate, json, problem, rejection } from './fake-broker.js';
import { wait } from './watched-broker.js';

// They wait most of the time.
vi.setConfig({ maxConcurrency: 16 });

const AMPLE_MS = 8000;

interface Passing {
  readonly name: string;
  readonly answer: Answer;
  /** Whether the call succeeds in the end: when it may be done twice, and when not. */
  readonly succeeds: { readonly safe: boolean; readonly unsafe: boolean };
}

const EITHER_WAY = { safe: true, unsafe: true };
const IF_SAFE = { safe: true, unsafe: false };

const passing: readonly Passing[] = [
  {
    name: 'asks to come back in time',
    answer: problem(429, 'rate_limited', 'later', { 'retry-after': '0' }),
    succeeds: EITHER_WAY,
  },
  {
    name: 'asks to come back at a date that has passed',
    answer: problem(429, 'rate_limited', 'later', {
      'retry-after': 'Sun, 15 Feb 2026 12:00:00 GMT',
    }),
    succeeds: EITHER_WAY,
  },
  {
    name: 'is not available for a moment, and says so',
    answer: json(503, {}, { 'retry-after': '0' }),
    succeeds: IF_SAFE,
  },
  {
    name: 'breaks off before it answers',
    answer: ({ socket }) => void socket?.resetAndDestroy(),
    succeeds: IF_SAFE,
  },
  {
    name: 'breaks off in its answer',
    answer: ({ socket }) => void socket?.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{'),
    succeeds: IF_SAFE,
  },
];

/** What the route is answered with once the trouble has passed. */
async function usualAnswer(
  { good }: BrokerCall,
  broker: FakeBroker,
  route: string,
): Promise<Answer> {
  if (good !== undefined) return good;
  const [method = 'GET', path = '/'] = route.split(' ');
  const answer = await fetch(broker.url + path, { method });
  const text = await answer.text();
  return (response) => {
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(answer.status === 204 ? undefined : text);
  };
}

async function settle(promise: Promise<unknown>): Promise<boolean> {
  return promise.then(
    () => true,
    () => false,
  );
}

describe.concurrent.each(BROKER_CALLS)('$name, when the broker', (call) => {
  test.each(passing)('$name, and then works', async ({ answer, succeeds }) => {
    await using broker = await FakeBroker.start();
    const scene = await sceneAt(broker, AMPLE_MS);
    const usual = await usualAnswer(call, broker, call.route);
    const sent = broker.to(call.route).length;
    broker.on(call.route, answer, usual);
    const isExpected = call.isSafe ? succeeds.safe : succeeds.unsafe;
    expect(await settle(call.make(scene, {}))).toBe(isExpected);
    expect(broker.to(call.route).length - sent).toBe(isExpected ? 2 : 1);
    await scene.close();
  });

  test('answers 401 with a page, that is taken for the word of something else', async () => {
    await using broker = await FakeBroker.start();
    const scene = await sceneAt(broker, AMPLE_MS);
    const { accessToken } = scene.agent;
    const sent = broker.to(call.route).length;
    const page = json(401, 'Please log in', { 'content-type': 'text/html' });
    broker.on(call.route, page);
    const error = await rejection(call.make(scene, {}));
    expect(error).toMatchObject({ name: 'AuthenticationError', code: 'problem_response' });
    // It says nothing of tokens: none is replaced, none is dead.
    expect(broker.to(call.route).length - sent).toBe(1);
    expect(scene.agent).toMatchObject({ accessToken, released: false });
    expect(scene.delegated.released).toBe(false);
    await scene.close();
  });
});

/** Closes the port, and the connections to it. @returns how often somebody has tried it since, and what to do then */
function downAt(url: string): { tries: number; onTry: () => void; [Symbol.dispose]: () => void } {
  const { port } = new URL(url);
  const down = {
    tries: 0,
    onTry: (): void => {},
    [Symbol.dispose]: () => void unsubscribe('undici:client:connectError', note),
  };
  const note = (message: unknown): void => {
    const { connectParams } = message as { connectParams: { port: string } };
    if (connectParams.port !== port) return;
    down.tries += 1;
    down.onTry();
  };
  subscribe('undici:client:connectError', note);
  return down;
}

const firstRequests = BROKER_CALLS.filter(
  ({ name }) => !/createAgent, (launch|challenge|registration)|registerAgent, reg/.test(name),
);

/** Gone, and its connections with it: idle ones that broke have been noticed. */
async function goDown(broker: FakeBroker): Promise<void> {
  await broker[Symbol.asyncDispose]();
  await wait(50);
}

async function leave(broker: FakeBroker, scene: Scene): Promise<void> {
  await scene.close();
  await broker[Symbol.asyncDispose]();
}

describe.concurrent.each(firstRequests)('$name, when nobody listens,', (call) => {
  test('is tried twice, and says so', async () => {
    const broker = await FakeBroker.start();
    const scene = await sceneAt(broker, AMPLE_MS);
    using down = downAt(broker.url);
    await goDown(broker);
    const startedAt = performance.now();
    expect(await rejection(call.make(scene, {}))).toMatchObject({
      name: 'TransportError',
      code: 'transport',
      cause: { code: 'ECONNREFUSED' },
    });
    expect(performance.now() - startedAt).toBeLessThan(AMPLE_MS - 1000);
    expect(down.tries).toBe(2);
    expect(scene.agent.released).toBe(false);
    await scene.close();
  });

  test('does not notice when somebody does at once', async () => {
    const broker = await FakeBroker.start();
    const { url } = broker;
    const scene = await sceneAt(broker, AMPLE_MS);
    using down = downAt(url);
    await goDown(broker);
    const back = gate();
    down.onTry = back.open;
    const done = call.make(scene, {});
    await back.opened;
    const successor = await FakeBroker.start(Number(new URL(url).port));
    if (call.good !== undefined) successor.on(call.route, call.good);
    await done;
    expect(successor.to(call.route)).toHaveLength(1);
    expect(down.tries).toBe(1);
    await leave(successor, scene);
  });
});
