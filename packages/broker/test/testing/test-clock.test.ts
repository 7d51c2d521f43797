import { afterEach, describe, expect, it, vi } from 'vitest';
import { createTestClock } from '../../src/testing/test-clock.js';
import { start, validate } from './started.js';

afterEach(() => {
  vi.useRealTimers();
});

describe('the clock of a test broker', () => {
  it('moves tokens to their end without waiting', async () => {
    const broker = await start();
    const { token } = await broker.issueToken({ scope: ['read:data:1'], ttl: 300 });
    broker.clock.advance(290);
    expect((await validate(broker, token)).valid).toBe(true);
    broker.clock.advance(12);
    expect((await validate(broker, token)).valid).toBe(false);
  });

  it('can be set', async () => {
    const broker = await start();
    broker.clock.set(new Date('2031-01-01T00:00:00Z'));
    const { claims } = await broker.issueToken({ scope: ['read:data:1'] });
    expect(new Date(claims.iat * 1000).getUTCFullYear()).toBe(2031);
  });
});

describe('now', () => {
  it('runs with real time, also from where it was set or advanced to', () => {
    vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) });
    const clock = createTestClock();
    vi.advanceTimersByTime(1000);
    expect(clock.now()).toBe(Date.UTC(2026, 0, 1) + 1000);
    clock.advance(-0.5);
    vi.advanceTimersByTime(1000);
    expect(clock.now()).toBe(Date.UTC(2026, 0, 1) + 1500);
    clock.set(Date.UTC(2031, 0, 1));
    vi.advanceTimersByTime(7);
    expect(clock.now()).toBe(Date.UTC(2031, 0, 1) + 7);
    clock.set(new Date(0));
    expect(clock.now()).toBe(0);
  });

  it('never leaves the range of Date', () => {
    vi.useFakeTimers();
    const clock = createTestClock();
    clock.set(8.64e15 - 1);
    vi.advanceTimersByTime(5000);
    expect(clock.now()).toBe(8.64e15);
  });
});

describe('monotonic', () => {
  it('goes on with real time and with advance, and stays where the wall clock goes back', () => {
    vi.useFakeTimers();
    const clock = createTestClock();
    const start = clock.monotonic();
    const elapsed = (): number => Math.round(clock.monotonic() - start);
    vi.advanceTimersByTime(250);
    expect(elapsed()).toBe(250);
    clock.advance(2);
    expect(elapsed()).toBe(2250);
    clock.advance(-60);
    expect(elapsed()).toBe(2250);
    clock.set(Date.now() - 3_600_000);
    clock.set(Date.now() + 3_600_000);
    expect(elapsed()).toBe(2250);
    vi.advanceTimersByTime(50);
    expect(elapsed()).toBe(2300);
  });

  it('never goes back when timers are faked and restored', () => {
    const clock = createTestClock();
    let before = clock.monotonic();
    for (const turn of [vi.useFakeTimers, vi.useRealTimers]) {
      turn.call(vi);
      const after = clock.monotonic();
      expect(after).toBeGreaterThanOrEqual(before);
      before = after;
    }
  });
});

describe('what is no time', () => {
  it.each([
    { name: 'an invalid Date', time: new Date('yesterday') },
    { name: 'NaN', time: Number.NaN },
    { name: 'a text', time: '2031-01-01' },
    { name: 'null', time: null },
    { name: 'more than a Date holds', time: 8.65e15 },
    { name: 'seconds', time: 1_800_000_000 },
    { name: 'the end of the dinosaurs', time: -9e15 },
  ])('is refused by set: $name', ({ time }) => {
    const clock = createTestClock();
    expect(() => clock.set(time as number)).toThrow(TypeError);
    expect(() => clock.set(time as number)).toThrow(
      /^"time" must be a Date or epoch milliseconds(?:, got 1800000000: are these seconds\?)?$/,
    );
    expect(Math.abs(clock.now() - Date.now())).toBeLessThan(1000);
  });

  it.each([Number.NaN, Infinity, '5', 1e13, -1e13])('is refused by advance: %s', (seconds) => {
    const clock = createTestClock();
    expect(() => clock.advance(seconds as number)).toThrow(TypeError);
    expect(() => clock.advance(seconds as number)).toThrow(/^"seconds" must/);
    expect(Math.abs(clock.now() - Date.now())).toBeLessThan(1000);
  });
});
