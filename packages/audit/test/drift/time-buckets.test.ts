import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TimeBuckets } from '../../src/drift/time-buckets.js';

function bucketsOf(times: readonly number[]): TimeBuckets {
  const buckets = new TimeBuckets();
  for (const time of times) buckets.add(time);
  return buckets;
}

// As far as a Date goes.
const anyTime = fc.integer({ min: -8.64e15, max: 8.64e15 });

describe('steps of time', () => {
  it('are a minute each while there is room', () => {
    expect(bucketsOf([60_000, 61_000, 180_000]).timeline).toEqual({
      from: 60_000,
      stepMs: 60_000,
      counts: [2, 0, 1],
    });
  });

  it('double when there are too many', () => {
    const { from, stepMs, counts } = bucketsOf([0, 32 * 60_000]).timeline;
    expect({ from, stepMs, last: counts.at(-1), length: counts.length }).toEqual({
      from: 0,
      stepMs: 120_000,
      last: 1,
      length: 17,
    });
  });

  it('lose nothing, stay few, and do not depend on the order, whatever the clock does', () => {
    fc.assert(
      fc.property(fc.array(anyTime, { minLength: 1, maxLength: 50 }), (times) => {
        const { timeline } = bucketsOf(times);
        expect(timeline.counts.reduce((sum, count) => sum + count, 0)).toBe(times.length);
        expect(timeline.counts.length).toBeLessThanOrEqual(32);
        expect(timeline.from).toBeLessThanOrEqual(Math.min(...times));
        expect(bucketsOf(times.toReversed()).timeline).toEqual(timeline);
      }),
    );
  });

  it('add up', () => {
    fc.assert(
      fc.property(fc.array(anyTime), fc.array(anyTime), (some, others) => {
        const sum = bucketsOf(some);
        sum.addAll(bucketsOf(others));
        expect(sum.timeline).toEqual(bucketsOf([...some, ...others]).timeline);
      }),
    );
  });
});
