import { describe, expect, it } from 'vitest';
import { json, REFUSED, requestWith, START_MS, vouch } from './fixtures.js';
import { outcomeOf } from './guard-scene.js';
import { setUp, tokenNumber, outage } from './upkeep-scene.js';

describe('a token the broker has refused', () => {
  it('is refused again at once, without a call, for as long as a route tolerates', async () => {
    const { guard, broker, clock, events } = setUp({ maxAge: 3 });
    broker.answer = () => json(REFUSED);
    const check = guard.requireScope('read:data:7');
    const request = requestWith(tokenNumber(1));
    expect(outcomeOf(await check(request))).toBe('invalid_token');
    clock.advance(3_000);
    expect(outcomeOf(check(request))).toBe('invalid_token');
    expect(events.map(({ cause }) => cause)).toEqual(['refused_by_broker', 'refused_by_broker']);
    expect(broker.calls).toHaveLength(1);
    clock.advance(1);
    await check(request);
    expect(broker.calls).toHaveLength(2);
  });

  it('is asked about again after five seconds, however long maxAge is', async () => {
    const { guard, broker, clock } = setUp({ maxAge: 3_600 });
    broker.answer = () => json(REFUSED);
    const check = guard.requireScope('read:data:7');
    const request = requestWith(tokenNumber(1));
    await check(request);
    broker.answer = vouch;
    clock.advance(5_000);
    expect(outcomeOf(check(request))).toBe('invalid_token');
    clock.advance(1);
    expect(outcomeOf(await check(request))).toBe('allow');
    expect(guard.stats().sizes).toMatchObject({ verdicts: 1, refused: 0 });
  });

  it('is asked about each time by a route that always asks', async () => {
    const { guard, broker } = setUp();
    broker.answer = () => json(REFUSED);
    const strict = guard.requireScope('read:data:7', { maxAge: 0 });
    const request = requestWith(tokenNumber(1));
    await strict(request);
    broker.answer = vouch;
    expect(outcomeOf(await strict(request))).toBe('allow');
  });

  it.each([
    { name: 'is still to become good', nbf: START_MS / 1000 + 30 },
    { name: 'has just become good', nbf: START_MS / 1000 },
  ])('and that $name is not remembered', async ({ nbf }) => {
    const { guard, broker } = setUp();
    broker.answer = () => json(REFUSED);
    const check = guard.requireScope('read:data:7');
    const request = requestWith(tokenNumber(1, { nbf }));
    expect(outcomeOf(await check(request))).toBe('invalid_token');
    broker.answer = vouch;
    expect(outcomeOf(await check(request))).toBe('allow');
  });

  it('is no token that could not be asked about', async () => {
    const { guard, broker } = setUp();
    const check = guard.requireScope('read:data:7');
    const request = requestWith(tokenNumber(1));
    const faults: ((token: string) => Response)[] = [
      outage,
      () => json({}),
      () => json({ valid: 'false' }),
      () => {
        throw new Error('down');
      },
    ];
    for (const fault of faults) {
      broker.answer = fault;
      expect(outcomeOf(await check(request))).toBe('broker_unavailable');
    }
    expect(guard.stats().sizes.refused).toBe(0);
    broker.answer = vouch;
    expect(outcomeOf(await check(request))).toBe('allow');
  });

  it('takes no place from one that is good: not even five thousand do', async () => {
    const { guard, broker } = setUp({ maxCachedTokens: 10, maxAge: 3_600 });
    const check = guard.requireScope('read:data:7');
    const good = Array.from({ length: 10 }, (_, serial) => requestWith(tokenNumber(serial)));
    for (const request of good) await check(request);
    broker.answer = () => json(REFUSED);
    for (let flood = 0; flood < 10; flood += 1) {
      const garbage = Array.from({ length: 500 }, (_, serial) =>
        requestWith(tokenNumber(1_000 + 500 * flood + serial)),
      );
      await Promise.all(garbage.map(async (request) => check(request)));
    }
    expect(guard.stats().sizes).toMatchObject({ verdicts: 10, refused: 1_000 });
    expect(broker.calls).toHaveLength(5_010);
    for (const request of good) expect(outcomeOf(check(request))).toBe('allow');
  });
});
