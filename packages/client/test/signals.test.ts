// Everything that asks the broker, and callers who no longer wait: the promise rejects with their reason at once,
// and their signal is left as it was.

import { getEventListeners } from 'node:events';
import { describe, expect, test, vi } from 'vitest';
import { BROKER_CALLS, type BrokerCall, sceneAt } from './broker-calls.js';
import { type Answer, FakeBroker, gate, problem, rejection } from './fake-broker.js';
import { wait } from './watched-broker.js';

vi.setConfig({ maxConcurrency: 16 });

const AMPLE_MS = 8000;

// Far less than what is waited for.
const AT_ONCE_MS = 2000;

const REASON = new Error('the user left');

/** What happens to a call whose signal is aborted when its request has arrived and been answered so. */
async function abortedAfter(call: BrokerCall, answer: Answer) {
  const broker = await FakeBroker.start();
  const scene = await sceneAt(broker, AMPLE_MS);
  const arrived = gate();
  const cut = gate();
  broker.on(call.route, async (response, seen) => {
    response.once('close', () => cut.open());
    await answer(response, seen);
    arrived.open();
  });
  const sent = broker.to(call.route).length;
  const controller = new AbortController();
  const { signal } = controller;
  const failing = rejection(call.make(scene, { signal }));
  await arrived.opened;
  // What was answered gets there meanwhile.
  await wait(50);
  const startedAt = performance.now();
  controller.abort(REASON);
  const error = await failing;
  return {
    error,
    elapsed: performance.now() - startedAt,
    listeners: getEventListeners(signal, 'abort').length,
    tries: broker.to(call.route).length - sent,
    cut: cut.opened,
    broker,
    scene,
    async [Symbol.asyncDispose]() {
      await broker[Symbol.asyncDispose]();
      await scene.close();
    },
  };
}

const silence: Answer = () => {};
const later = problem(429, 'rate_limited', 'later', { 'retry-after': '5' });

describe.concurrent.each(BROKER_CALLS)('$name, given up', (call) => {
  test.each([
    { name: 'while its answer is awaited', answer: silence },
    { name: 'while it waits to be let in again', answer: later },
  ])('$name, rejects at once and leaves nothing on the signal', async ({ answer }) => {
    await using aborted = await abortedAfter(call, answer);
    expect(aborted.error).toBe(REASON);
    expect(aborted.elapsed).toBeLessThan(AT_ONCE_MS);
    expect(aborted.listeners).toBe(0);
    expect(aborted.tries).toBe(1);
  });

  test('before it was made, sends nothing', async () => {
    await using broker = await FakeBroker.start();
    const scene = await sceneAt(broker, AMPLE_MS);
    const sent = broker.seen.length;
    const signal = AbortSignal.abort(REASON);
    expect(await rejection(call.make(scene, { signal }))).toBe(REASON);
    expect(broker.seen).toHaveLength(sent);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    await scene.close();
  });

  test('leaves nothing on the signal when it succeeds and is not given up', async () => {
    await using broker = await FakeBroker.start();
    const scene = await sceneAt(broker, AMPLE_MS);
    const { signal } = new AbortController();
    if (call.good !== undefined) broker.on(call.route, call.good);
    await call.make(scene, { signal });
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    await scene.close();
  });
});

const shared = BROKER_CALLS.filter(({ isShared }) => isShared === true);
const own = BROKER_CALLS.filter(({ isShared }) => isShared !== true);

describe.concurrent.each(own)('$name, given up by the only one who waits', (call) => {
  test('no longer burdens the broker', async () => {
    await using aborted = await abortedAfter(call, silence);
    await aborted.cut;
    expect(aborted.error).toBe(REASON);
  });
});

describe.concurrent.each(shared)('$name, given up by one of two', (call) => {
  test('goes on for the other, with one request', async () => {
    await using broker = await FakeBroker.start();
    const scene = await sceneAt(broker, AMPLE_MS);
    const arrived = gate();
    const leave = gate();
    const [method = 'GET', path = '/'] = call.route.split(' ');
    const usual = await fetch(broker.url + path, { method });
    const text = await usual.text();
    const sent = broker.to(call.route).length;
    broker.on(call.route, async (response) => {
      arrived.open();
      await leave.opened;
      response.writeHead(usual.status, { 'content-type': 'application/json' });
      response.end(usual.status === 204 ? undefined : text);
    });
    const controller = new AbortController();
    const failing = rejection(call.make(scene, { signal: controller.signal }));
    const staying = call.make(scene, {});
    await arrived.opened;
    controller.abort(REASON);
    expect(await failing).toBe(REASON);
    leave.open();
    await staying;
    expect(broker.to(call.route).length - sent).toBe(1);
    await scene.close();
  });
});
