import { describe, expect, it } from 'vitest';
import { Deferred, json, REFUSED, requestWith, turns, vouch } from './fixtures.js';
import { outcomeOf } from './guard-scene.js';
import { setUp, tokenNumber, outage } from './upkeep-scene.js';

describe('a token in steady use', () => {
  it('never waits after its first request, over a hundred times maxAge', async () => {
    const { guard, broker, clock, settle } = setUp({ maxAge: 5 });
    const check = guard.requireScope('read:data:7');
    const request = requestWith(tokenNumber(1));
    await check(request);
    for (let step = 0; step < 1_000; step += 1) {
      clock.advance(500);
      expect(outcomeOf(check(request))).toBe('allow');
      await settle();
    }
    const { hits, misses, refreshes } = guard.stats();
    expect({ hits, misses }).toEqual({ hits: 1_000, misses: 1 });
    // After 3.25 to 4 seconds; asked for on the next request.
    expect(refreshes).toBeGreaterThanOrEqual(500 / 4.5);
    expect(refreshes).toBeLessThanOrEqual(500 / 3.5);
    expect(broker.calls).toHaveLength(1 + refreshes);
  });

  it('does not wait while the broker takes its time', async () => {
    const { guard, broker, clock } = setUp({ maxAge: 5 });
    const check = guard.requireScope('read:data:7');
    const request = requestWith(tokenNumber(1));
    await check(request);
    const slow = new Deferred<Response>();
    broker.answer = () => slow.promise;
    clock.advance(4_000);
    expect(outcomeOf(check(request))).toBe('allow');
    clock.advance(999);
    expect(outcomeOf(check(request))).toBe('allow');
    slow.resolve(vouch(tokenNumber(1)));
    await turns(20);
    // Four seconds after it was asked, which counts; not after it was answered.
    clock.advance(4_000);
    expect(check(request)).toMatchObject({ agent: { proof: { source: 'cache', ageMs: 4_999 } } });
    expect(guard.stats().misses).toBe(1);
  });

  it('is found out within maxAge when it is revoked, without a request that waits', async () => {
    const { guard, broker, clock, settle } = setUp({ maxAge: 5 });
    const check = guard.requireScope('read:data:7');
    const request = requestWith(tokenNumber(1));
    await check(request);
    broker.answer = () => json(REFUSED);
    clock.advance(4_000);
    expect(outcomeOf(check(request))).toBe('allow');
    await settle();
    expect(outcomeOf(check(request))).toBe('invalid_token');
  });

  it('is asked for by each route in its own time', async () => {
    const { guard, broker, clock, settle } = setUp();
    const patient = guard.requireScope('read:data:7', { maxAge: 60 });
    const eager = guard.requireScope('read:data:7', { maxAge: 2 });
    const request = requestWith(tokenNumber(1));
    await patient(request);
    clock.advance(1_600);
    void patient(request);
    await settle();
    expect(broker.calls).toHaveLength(1);
    expect(outcomeOf(eager(request))).toBe('allow');
    await settle();
    expect(broker.calls).toHaveLength(2);
  });

  it('has as many asked for at once as calls may run, at most', async () => {
    const { guard, broker, clock } = setUp({ maxConcurrentCalls: 32 });
    const check = guard.requireScope('read:data:7');
    const requests = Array.from({ length: 100 }, (_, serial) => requestWith(tokenNumber(serial)));
    await Promise.all(requests.map(async (request) => check(request)));
    const slow = new Deferred<Response>();
    broker.answer = async (token) => (await slow.promise, vouch(token));
    clock.advance(4_500);
    for (const request of requests) expect(outcomeOf(check(request))).toBe('allow');
    await turns(10);
    expect(broker.calls).toHaveLength(132);
    expect(guard.stats().refreshes).toBe(32);
    slow.resolve(json({}));
    await turns(30);
    for (const request of requests) expect(outcomeOf(check(request))).toBe('allow');
    expect(guard.stats().refreshes).toBe(64);
  });

  it('loses nothing by a refresh that fails, which is not repeated on every request', async () => {
    const { guard, broker, clock, settle } = setUp({ maxAge: 10 });
    const check = guard.requireScope('read:data:7');
    const request = requestWith(tokenNumber(1));
    await check(request);
    broker.answer = outage;
    clock.advance(8_000);
    for (let hit = 0; hit < 50; hit += 1) {
      expect(outcomeOf(check(request))).toBe('allow');
      await settle();
    }
    expect(broker.calls).toHaveLength(2);
    // A tenth of maxAge later once more.
    clock.advance(1_001);
    void check(request);
    await settle();
    expect(broker.calls).toHaveLength(3);
    clock.advance(999);
    expect(outcomeOf(check(request))).toBe('allow');
    clock.advance(1);
    expect(outcomeOf(await check(request))).toBe('broker_unavailable');
  });
});
