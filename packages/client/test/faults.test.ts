// Everything that asks the broker, and brokers that are broken in every way we know of, on real sockets: the error
// says which way, in time, without a secret; nothing is done twice that must not be; and it all works afterwards.

import { inspect } from 'node:util';
import { describe, expect, test, vi } from 'vitest';
import { AgentWritError } from '../src/index.js';
import { BROKER_CALLS, type BrokerCall, type Scene, sceneAt, SECRETS } from './broker-calls.js';
import { BROKER_FAULTS, type Fault } from './broker-faults.js';
import { FakeBroker, rejection } from './fake-broker.js';

// They wait most of the time.
vi.setConfig({ maxConcurrency: 16 });

const DEADLINE_MS = 400;

// Less than what the broker asks for, where that is not to be waited for.
const AMPLE_MS = 5000;

// Far above the deadline, far below what a client without one would take.
const MARGIN_MS = 3000;

function expectHarmless(error: unknown): void {
  expect(error).toBeInstanceOf(AgentWritError);
  const shown = [inspect(error, { depth: 9, maxStringLength: null }), JSON.stringify(error)];
  expect(shown.join('\n')).not.toMatch(SECRETS);
}

function holdings({ agent, delegated }: Scene): object[] {
  return [agent, delegated].map(({ accessToken, released }) => ({ accessToken, released }));
}

async function expectFailure(call: BrokerCall, fault: Fault): Promise<void> {
  await using broker = await FakeBroker.start();
  const timeoutMs = fault.isEndless === undefined ? AMPLE_MS : DEADLINE_MS;
  const scene = await sceneAt(broker, timeoutMs);
  const before = holdings(scene);
  const sent = broker.to(call.route).length;
  broker.on(call.route, fault.answer);

  const startedAt = performance.now();
  const error = await rejection(call.make(scene, {}));
  const elapsed = performance.now() - startedAt;
  expect(error).toMatchObject(fault.error);
  expectHarmless(error);
  expect(elapsed).toBeLessThan(timeoutMs + MARGIN_MS);
  if (fault.isEndless !== undefined) expect(elapsed).toBeGreaterThan(DEADLINE_MS - 10);
  const { safe, unsafe } = fault.tries ?? { safe: 1, unsafe: 1 };
  expect(broker.to(call.route).length - sent).toBe(call.isSafe ? safe : unsafe);
  expect(holdings(scene)).toEqual(before);

  broker.on(call.route, ...(call.good === undefined ? [] : [call.good]));
  await call.make(scene, {});
  await scene.close();
}

describe.concurrent.each(BROKER_CALLS)('$name, when the broker', (call) => {
  test.each(BROKER_FAULTS)('$name', async (fault) => expectFailure(call, fault));
});
