// Where nobody may wait for another's call to end. Those that wait are tested with the gate before them.

import { describe, expect, it } from 'vitest';
import { BrokerFault } from '../src/fault.js';
import { type CallPurpose, promptTurns, type Turns } from '../src/turns.js';
import { Deferred, FakeClock, turns } from './fixtures.js';

const TIMEOUT_MS = 2_000;

interface Setup {
  readonly clock: FakeClock;
  readonly places: Turns;
  readonly made: Deferred<string>[];
  /** What comes of it: what it was answered, or the code of the fault. */
  readonly call: (purpose?: CallPurpose) => Promise<string>;
}

function setUp(maxConcurrentCalls: number): Setup {
  const clock = new FakeClock();
  const places = promptTurns({ clock, maxConcurrentCalls, timeoutMs: TIMEOUT_MS });
  const made: Deferred<string>[] = [];
  const { signal } = new AbortController();
  const call = (purpose: CallPurpose = 'new'): Promise<string> =>
    places
      .take({ purpose, signal }, () => {
        const end = new Deferred<string>();
        made.push(end);
        return end.promise;
      })
      .catch((error: unknown) => (error instanceof BrokerFault ? error.code : String(error)));
  return { clock, places, made, call };
}

describe('a call that may not wait', () => {
  it('is made at once, in the same tick', () => {
    const { made, call } = setUp(1);
    void call();
    expect(made).toHaveLength(1);
  });

  it('is overloaded at once when as many run as may', async () => {
    const { places, made, call } = setUp(2);
    const first = call();
    void call();
    expect(await call()).toBe('overloaded');
    expect([places.running(), places.queued(), made.length]).toEqual([2, 0, 2]);
    made[0]?.resolve('ok');
    expect(await first).toBe('ok');
    void call();
    expect([places.running(), made.length]).toEqual([2, 3]);
  });

  it('frees its place however it ends', async () => {
    const { places, made, call } = setUp(1);
    const failed = call();
    made[0]?.reject(new BrokerFault('timeout', 'x'));
    expect(await failed).toBe('timeout');
    expect(places.running()).toBe(0);
  });

  it.each([
    { max: 1, strangers: 1 },
    { max: 3, strangers: 3 },
    { max: 4, strangers: 3 },
    { max: 64, strangers: 48 },
  ])(
    'of $strangers strangers leaves the rest of $max places to others',
    async ({ max, strangers }) => {
      const { places, call } = setUp(max);
      for (let n = 0; n < strangers; n += 1) void call('new');
      expect(await call('new')).toBe('overloaded');
      expect(places.running()).toBe(strangers);
      for (let n = strangers; n < max; n += 1) void call('known');
      expect(places.running()).toBe(max);
      expect(await call('known')).toBe('overloaded');
    },
  );

  it('that is never heard of again loses its place when its time is over, and no sooner', async () => {
    const { clock, places, made, call } = setUp(2);
    void call();
    clock.advance(500);
    void call();
    clock.advance(TIMEOUT_MS - 501);
    expect(places.running()).toBe(2);
    expect(await call()).toBe('overloaded');
    clock.advance(1);
    expect(places.running()).toBe(1);
    void call();
    expect(await call()).toBe('overloaded');
    // Heard of after all: its place is another's by now.
    made[0]?.resolve('late');
    await turns();
    expect(places.running()).toBe(2);
  });
});
