import { describe, expect, it } from 'vitest';
import { Deferred, json, REFUSED, requestWith, vouch } from './fixtures.js';
import { setUp, tokenNumber, outage, type Setup } from './upkeep-scene.js';

describe('stats', () => {
  it('are all zero at first', () => {
    expect(setUp().guard.stats()).toEqual({
      hits: 0,
      misses: 0,
      joins: 0,
      refreshes: 0,
      remembered: 0,
      graces: 0,
      refusals: {},
      broker: {
        calls: 0,
        faults: {},
        latencyMs: { mean: 0, max: 0, last: 0 },
        breaker: 'closed',
        running: 0,
        queued: 0,
      },
      sizes: { verdicts: 0, refused: 0, questions: 0, tombstones: 0 },
      feed: 'none',
    });
  });

  it.each<{
    name: string;
    happens: (world: Setup) => Promise<void>;
    counted: Readonly<Record<string, unknown>>;
  }>([
    {
      name: 'one that had to wait, and two that were answered at once',
      happens: async ({ guard }) => {
        const check = guard.requireScope('read:data:7');
        for (let hit = 0; hit < 3; hit += 1) await check(requestWith(tokenNumber(1)));
      },
      counted: { misses: 1, hits: 2, joins: 0, sizes: { verdicts: 1 }, broker: { calls: 1 } },
    },
    {
      name: 'two that waited with it',
      happens: async ({ guard }) => {
        const check = guard.requireScope('read:data:7');
        const three = [1, 1, 1].map(async (serial) => check(requestWith(tokenNumber(serial))));
        expect(guard.stats()).toMatchObject({ sizes: { questions: 1 } });
        await Promise.all(three);
      },
      counted: { misses: 1, joins: 2, hits: 0, sizes: { questions: 0 } },
    },
    {
      name: 'one that was asked for ahead',
      happens: async ({ guard, clock, settle }) => {
        const check = guard.requireScope('read:data:7');
        await check(requestWith(tokenNumber(1)));
        clock.advance(4_500);
        void check(requestWith(tokenNumber(1)));
        await settle();
      },
      counted: { misses: 1, hits: 1, refreshes: 1, broker: { calls: 2 } },
    },
    {
      name: 'one that was refused, and again',
      happens: async ({ guard, broker }) => {
        broker.answer = () => json(REFUSED);
        const check = guard.requireScope('read:data:7');
        for (let round = 0; round < 3; round += 1) await check(requestWith(tokenNumber(1)));
      },
      counted: {
        misses: 1,
        remembered: 2,
        refusals: { invalid_token: 3 },
        sizes: { refused: 1, verdicts: 0 },
        broker: { calls: 1, faults: {} },
      },
    },
    {
      name: 'refusals by reason, none of which the broker was asked about',
      happens: async ({ guard }) => {
        const check = guard.requireScope('read:data:7');
        await check(requestWith(undefined));
        await check(requestWith('garbage'));
        await check(requestWith('', { authorization: ['Bearer a', 'Bearer b'] }));
      },
      counted: {
        misses: 0,
        remembered: 0,
        refusals: { missing_token: 1, invalid_token: 1, invalid_request: 1 },
        broker: { calls: 0 },
      },
    },
    {
      name: 'faults by kind',
      happens: async ({ guard, broker }) => {
        const check = guard.requireScope('read:data:7');
        broker.answer = outage;
        await check(requestWith(tokenNumber(1)));
        broker.answer = () => json({});
        await check(requestWith(tokenNumber(1)));
        await check(requestWith(tokenNumber(1)));
      },
      counted: {
        misses: 3,
        refusals: { broker_unavailable: 3 },
        broker: {
          calls: 3,
          faults: { unexpected_status: 1, malformed_answer: 2 },
          latencyMs: { mean: 0, max: 0, last: 0 },
        },
      },
    },
    {
      name: 'a breaker that is open, and calls that were not made',
      happens: async ({ guard, broker }) => {
        const check = guard.requireScope('read:data:7');
        broker.answer = outage;
        for (let fault = 0; fault < 7; fault += 1) await check(requestWith(tokenNumber(1)));
      },
      counted: {
        refusals: { broker_unavailable: 7 },
        broker: { calls: 5, faults: { unexpected_status: 5 }, breaker: 'open' },
      },
    },
    {
      name: 'one that was admitted on an old verdict',
      happens: async ({ guard, broker, clock }) => {
        const check = guard.requireScope('read:data:7', { grace: 60 });
        await check(requestWith(tokenNumber(1)));
        broker.answer = outage;
        clock.advance(6_000);
        await check(requestWith(tokenNumber(1)));
      },
      counted: { graces: 1, misses: 2, refusals: {}, sizes: { verdicts: 1 } },
    },
    {
      name: 'revocations that are kept',
      happens: ({ guard }) => {
        guard.requireScope('read:data:7');
        guard.revoke({ level: 'token', target: 'a' });
        guard.revoke({ level: 'token', target: 'a' });
        guard.revoke({ level: 'task', target: 'a' });
        return Promise.resolve();
      },
      counted: { sizes: { tombstones: 2 }, broker: { calls: 0 } },
    },
  ])('count $name', async ({ happens, counted }) => {
    const world = setUp();
    await happens(world);
    expect(world.guard.stats()).toMatchObject(counted);
  });

  it('say how long answers take, how many calls run and how many wait', async () => {
    const { guard, broker, settle } = setUp({ maxConcurrentCalls: 2, maxQueuedCalls: 5 });
    const slow = new Deferred<Response>();
    broker.answer = async (token) => (await slow.promise, vouch(token));
    const check = guard.requireScope('read:data:7');
    const five = [1, 2, 3, 4, 5].map(async (serial) => check(requestWith(tokenNumber(serial))));
    expect(guard.stats().broker).toMatchObject({ running: 2, queued: 3 });
    slow.resolve(json({}));
    await Promise.all(five);
    await settle();
    const { running, queued, calls, latencyMs } = guard.stats().broker;
    expect({ running, queued, calls }).toEqual({ running: 0, queued: 0, calls: 5 });
    expect(latencyMs.last).toBeGreaterThan(0);
    expect(latencyMs.mean).toBeGreaterThan(0);
    expect(latencyMs.max).toBeGreaterThanOrEqual(latencyMs.mean);
    expect(latencyMs.max).toBeLessThan(20_000);
  });

  it('are a copy: nobody can change what is counted', async () => {
    const { guard } = setUp();
    const stats = guard.stats();
    await guard.requireScope('read:data:7')(requestWith(undefined));
    expect(stats.refusals).toEqual({});
    Object.assign(guard.stats().refusals, { missing_token: 99 });
    expect(guard.stats().refusals).toEqual({ missing_token: 1 });
  });
});
