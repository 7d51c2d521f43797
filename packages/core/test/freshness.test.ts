import { describe, expect, it } from 'vitest';
import { type Instant, Timeline } from '../src/clock.js';
import { Freshness, isWithin } from '../src/freshness.js';
import { FakeClock } from './fixtures.js';

function setUp(maxAgeWithoutFeedMs?: number): {
  clock: FakeClock;
  timeline: Timeline;
  /** On both clocks, that long ago. */
  ago: (ms: number) => Instant;
  freshness: Freshness;
  /** Whether a validation that began that long ago is young enough for a route with this `maxAge`. */
  admits: (ageMs: number, maxAgeMs: number) => boolean;
} {
  const clock = new FakeClock();
  const timeline = new Timeline(clock);
  const freshness = new Freshness(timeline, { maxAgeWithoutFeedMs });
  const ago = (ms: number): Instant => {
    const { at, wall } = timeline.now();
    return { at: at - ms, wall: wall - ms };
  };
  return {
    clock,
    timeline,
    ago,
    freshness,
    admits: (ageMs, maxAgeMs) => isWithin(ago(ageMs), freshness.limit(maxAgeMs)),
  };
}

describe('a moment', () => {
  it('comes after every moment before it, though the clock stands still', () => {
    const { timeline } = setUp();
    const [first, second] = [timeline.mark(), timeline.mark()];
    expect(second.order).toBeGreaterThan(first.order);
    expect(second.at).toBe(first.at);
  });

  it('is read from both clocks', () => {
    const { clock, timeline } = setUp();
    clock.advance(1_000);
    clock.setWallClock(7_000);
    expect(timeline.now()).toEqual({ at: clock.monotonic(), wall: 7_000 });
    expect(timeline.mark()).toMatchObject(timeline.now());
  });
});

describe('isWithin', () => {
  const limit = { at: 110, wall: 1_010, ageMs: 10 };

  it.each([
    { name: 'at the limit on both clocks', at: 100, wall: 1_000, within: true },
    { name: 'older on the monotonic clock', at: 99, wall: 5_000, within: false },
    { name: 'older on the wall clock', at: 500, wall: 999, within: false },
    { name: 'on a clock that tells no time', at: 500, wall: Number.NaN, within: false },
  ])('$name: $within', ({ at, wall, within }) => {
    expect(isWithin({ at, wall }, limit)).toBe(within);
  });

  it('takes nothing for young by a limit that is no time', () => {
    expect(isWithin({ at: 1, wall: 1 }, { at: Number.NaN, wall: 0, ageMs: 9 })).toBe(false);
    expect(isWithin({ at: 1, wall: 1 }, { at: 1, wall: 1, ageMs: Number.NaN })).toBe(false);
  });
});

describe('without a feed', () => {
  it('a validation may be as old as the route says, to the millisecond', () => {
    const { admits, freshness } = setUp();
    expect([admits(2_000, 2_000), admits(2_001, 2_000)]).toEqual([true, false]);
    expect(freshness.isFed).toBe(false);
  });

  it('none is young enough for a route that always asks, not even one of this moment', () => {
    const { admits, clock } = setUp();
    expect(admits(0, 0)).toBe(false);
    clock.setWallClock(clock.now() + 60_000);
    expect(admits(-60_000, 0)).toBe(false);
  });
});

describe('with a feed', () => {
  it('a validation gets no older than maxAgeWithoutFeed before the feed has said anything', () => {
    const { admits } = setUp(5_000);
    expect([admits(5_000, 60_000), admits(5_001, 60_000)]).toEqual([true, false]);
    expect([admits(2_000, 2_000), admits(2_001, 2_000)]).toEqual([true, false]);
  });

  it('it gets as old as the route says while the feed has spoken within that time', () => {
    const { admits, clock, timeline, freshness } = setUp(5_000);
    freshness.synced(timeline.mark());
    clock.advance(5_000);
    expect([admits(60_000, 60_000), admits(60_001, 60_000)]).toEqual([true, false]);
    expect(freshness.isFed).toBe(true);
    clock.advance(1);
    expect([admits(5_000, 60_000), admits(5_001, 60_000)]).toEqual([true, false]);
    expect(freshness.isFed).toBe(false);
  });

  it('the moment counts that the feed knows up to, not that it spoke at', () => {
    const { admits, clock, timeline, freshness } = setUp(5_000);
    const looked = timeline.mark();
    clock.advance(4_000);
    freshness.synced(looked);
    clock.advance(1_001);
    expect(admits(5_001, 60_000)).toBe(false);
  });

  it('it falls back at once when the feed is lost, and recovers when it is back', () => {
    const { admits, timeline, freshness } = setUp(5_000);
    freshness.synced(timeline.mark());
    freshness.lost();
    expect([admits(5_001, 60_000), freshness.isFed]).toEqual([false, false]);
    freshness.synced(timeline.mark());
    expect([admits(5_001, 60_000), freshness.isFed]).toEqual([true, true]);
  });

  it('the feed is silent when the machine has slept', () => {
    const { admits, clock, timeline, freshness } = setUp(5_000);
    freshness.synced(timeline.mark());
    clock.setWallClock(clock.now() + 5_001);
    expect(admits(5_001, 60_000)).toBe(false);
  });

  it('a route that always asks does so in any case', () => {
    const { admits, timeline, freshness } = setUp(5_000);
    freshness.synced(timeline.mark());
    expect(admits(0, 0)).toBe(false);
  });

  it('maxAgeWithoutFeed 0 asks every time while the feed is silent', () => {
    const { admits, clock, timeline, freshness } = setUp(0);
    clock.advance(1);
    expect(admits(1, 60_000)).toBe(false);
    freshness.synced(timeline.mark());
    clock.advance(1);
    expect(admits(1, 60_000)).toBe(false);
  });
});
