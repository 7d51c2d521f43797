import { afterEach, describe, expect, test, vi } from 'vitest';
import { AccessToken } from '../src/access-token.js';

afterEach(() => {
  vi.useRealTimers();
});

describe('what remains of a token', () => {
  test('goes down with the time', () => {
    vi.useFakeTimers({ toFake: ['Date', 'performance'] });
    const token = new AccessToken({ access_token: 't', expires_in: 300 }, Date.now() - 2000);
    expect(token.remainingMs).toBe(298_000);
    vi.advanceTimersByTime(298_500);
    expect(token.remainingMs).toBe(-500);
  });

  test.each([
    { name: 'set back', by: -3_600_000, remains: 300_000 },
    { name: 'set forward, or the machine has slept', by: 100_000, remains: 200_000 },
  ])('is the less of two clocks when one is $name', ({ by, remains }) => {
    vi.useFakeTimers({ toFake: ['Date', 'performance'] });
    const token = new AccessToken({ access_token: 't', expires_in: 300 }, Date.now());
    vi.setSystemTime(Date.now() + by);
    expect(token.remainingMs).toBe(remains);
  });
});
