// Calls to one agent that wait for each other, and a broker that never answers: each ends at its own deadline, and
// waiting for another one counts.

import { describe, expect, test } from 'vitest';
import { BROKER_CALLS, sceneAt } from './broker-calls.js';
import {
  type Answer,
  DELEGATE,
  FakeBroker,
  gate,
  problem,
  RELEASE,
  rejection,
  RENEW,
} from './fake-broker.js';

const DEADLINE_MS = 1000;

// Well before two deadlines one after the other.
const LIMIT_MS = 1700;

const callOf = (name: string) => {
  const found = BROKER_CALLS.find((call) => call.name === name);
  if (found === undefined) throw new Error(`no call ${name}`);
  return found;
};

describe.concurrent.each([
  { first: 'renew', second: 'release' },
  { first: 'renew', second: 'delegate' },
  { first: 'release', second: 'renew' },
  { first: 'release', second: 'delegate' },
])('a $second that waits for a $first', ({ first, second }) => {
  test.each(['agent', 'delegated'])('of %s ends at the deadline of one call', async (holder) => {
    await using broker = await FakeBroker.start();
    const scene = await sceneAt(broker, DEADLINE_MS);
    const arrived = gate();
    const held: (() => void)[] = [];
    const silence: Answer = (response, seen) => {
      held.push(() => void problem(500, 'internal_error', 'no')(response, seen));
      arrived.open();
    };
    for (const route of [RENEW, RELEASE, DELEGATE]) broker.on(route, silence);
    const before = rejection(callOf(`${holder}.${first}`).make(scene, {}));
    await arrived.opened;
    const startedAt = performance.now();
    const error = await rejection(callOf(`${holder}.${second}`).make(scene, {}));
    expect(performance.now() - startedAt).toBeLessThan(LIMIT_MS);
    expect(error).toMatchObject({ code: 'timeout' });
    expect(await before).toMatchObject({ code: 'timeout' });

    // A renewal that nobody waits for any more may still bring a token: it is not cut short.
    for (const answer of held) answer();
    for (const route of [RENEW, RELEASE, DELEGATE]) broker.on(route);
    for (const name of ['delegate', 'renew', 'release']) {
      await callOf(`${holder}.${name}`).make(scene, {});
    }
    await scene.close();
  });
});
