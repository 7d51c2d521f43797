import { describe, expect, it } from 'vitest';
import { Breaker, type BreakerState } from '../src/breaker.js';
import { BrokerFault, type FaultCode } from '../src/fault.js';
import type { CallPurpose } from '../src/turns.js';
import { Deferred, FakeClock } from './fixtures.js';

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;
const TIMEOUT_MS = 2_000;

interface Setup {
  readonly breaker: Breaker;
  readonly clock: FakeClock;
  readonly states: BreakerState[];
  /** Calls, or does not; what came of it in one word. */
  readonly run: (call: () => Promise<string>, purpose?: CallPurpose) => Promise<string>;
  readonly fail: (code?: FaultCode) => Promise<string>;
  readonly succeed: (purpose?: CallPurpose) => Promise<string>;
}

function setUp(): Setup {
  const clock = new FakeClock();
  const states: BreakerState[] = [];
  const breaker = new Breaker({
    clock,
    timeoutMs: TIMEOUT_MS,
    onChange: (state) => states.push(state),
  });
  const run = (call: () => Promise<string>, purpose: CallPurpose = 'new'): Promise<string> =>
    breaker
      .run(purpose, call)
      .catch((error: unknown) => (error instanceof BrokerFault ? error.code : String(error)));
  return {
    breaker,
    clock,
    states,
    run,
    fail: (code = 'connection') => run(() => Promise.reject(new BrokerFault(code, 'x'))),
    succeed: (purpose) => run(() => Promise.resolve('ok'), purpose),
  };
}

async function opened(): Promise<Setup> {
  const world = setUp();
  for (let fault = 0; fault < 5; fault += 1) await world.fail();
  expect(world.breaker.state).toBe('open');
  return world;
}

describe('a breaker', () => {
  it('opens after five faults in a row, and not after four', async () => {
    const { breaker, states, fail, succeed } = setUp();
    for (let fault = 0; fault < 4; fault += 1) await fail();
    await succeed();
    for (let fault = 0; fault < 4; fault += 1) await fail();
    expect(breaker.state).toBe('closed');
    await fail();
    expect([breaker.state, ...states]).toEqual(['open', 'open']);
  });

  it.each<{ code: FaultCode }>([
    { code: 'timeout' },
    { code: 'connection' },
    { code: 'unexpected_status' },
    { code: 'malformed_answer' },
  ])('counts $code', async ({ code }) => {
    const { breaker, fail } = setUp();
    for (let fault = 0; fault < 5; fault += 1) expect(await fail(code)).toBe(code);
    expect(breaker.state).toBe('open');
  });

  it('hands on what a call brings, and what it throws', async () => {
    const { run } = setUp();
    expect(await run(() => Promise.resolve('this'))).toBe('this');
    expect(await run(() => Promise.reject(new Error('that')))).toBe('Error: that');
  });

  it('makes no call while it is open, and says how long to wait, in whole seconds', async () => {
    const { breaker, clock, run } = await opened();
    let calls = 0;
    expect(await run(async () => String((calls += 1)))).toBe('circuit_open');
    expect(calls).toBe(0);
    expect(() => breaker.assertPasses('new')).toThrow(
      expect.objectContaining({ code: 'circuit_open', retryAfterSeconds: 1 }),
    );
    clock.advance(FIRST_PAUSE_MS - 1);
    expect(() => breaker.assertPasses('new')).toThrow(BrokerFault);
    clock.advance(1);
    expect(() => breaker.assertPasses('new')).not.toThrow();
  });

  it('lets one call look, and closes when that is answered', async () => {
    const { breaker, clock, states, run, succeed } = await opened();
    clock.advance(FIRST_PAUSE_MS);
    const probe = new Deferred<string>();
    const looking = run(() => probe.promise);
    expect(breaker.state).toBe('half-open');
    expect(await succeed()).toBe('circuit_open');
    probe.resolve('ok');
    expect(await looking).toBe('ok');
    expect(await succeed()).toBe('ok');
    expect(states).toEqual(['open', 'half-open', 'closed']);
  });

  it('lets nobody else look for as long as a call may take', async () => {
    const { clock, run, succeed } = await opened();
    clock.advance(FIRST_PAUSE_MS);
    const looking = run(() => new Promise(() => undefined));
    clock.advance(TIMEOUT_MS - 1);
    expect(await succeed()).toBe('circuit_open');
    expect(looking).toBeInstanceOf(Promise);
  });

  it('has another one look when the first is never heard of again, and so on', async () => {
    const { breaker, clock, run, succeed } = await opened();
    clock.advance(FIRST_PAUSE_MS);
    for (let lost = 0; lost < 3; lost += 1) {
      void run(() => new Promise(() => undefined));
      expect(await succeed()).toBe('circuit_open');
      expect(() => breaker.assertPasses('new')).toThrow(
        expect.objectContaining({ retryAfterSeconds: 1 }),
      );
      clock.advance(TIMEOUT_MS);
    }
    expect(await succeed()).toBe('ok');
    expect(breaker.state).toBe('closed');
  });

  it('lets whoever was vouched for look although a stranger looks, who may be gone, but not a second one', async () => {
    const { breaker, clock, run, succeed } = await opened();
    clock.advance(FIRST_PAUSE_MS);
    void run(() => new Promise(() => undefined), 'new');
    expect(await succeed('new')).toBe('circuit_open');
    const probe = new Deferred<string>();
    const looking = run(() => probe.promise, 'known');
    expect(await succeed('known')).toBe('circuit_open');
    expect(await succeed('new')).toBe('circuit_open');
    probe.resolve('ok');
    expect(await looking).toBe('ok');
    expect(breaker.state).toBe('closed');
  });

  it('waits twice as long each time it has looked in vain, and five seconds at the longest', async () => {
    const { breaker, clock, fail, succeed } = await opened();
    for (const pauseMs of [250, 500, 1_000, 2_000, 4_000, LONGEST_PAUSE_MS, LONGEST_PAUSE_MS]) {
      clock.advance(pauseMs - 1);
      expect(await fail()).toBe('circuit_open');
      clock.advance(1);
      expect(await fail()).toBe('connection');
      expect(breaker.state).toBe('open');
    }
    expect(() => breaker.assertPasses('new')).toThrow(
      expect.objectContaining({ retryAfterSeconds: LONGEST_PAUSE_MS / 1000 }),
    );
    clock.advance(LONGEST_PAUSE_MS);
    await succeed();
    // Then it starts again from the beginning.
    for (let fault = 0; fault < 5; fault += 1) expect(await fail()).toBe('connection');
    clock.advance(FIRST_PAUSE_MS);
    expect(await succeed()).toBe('ok');
  });

  it('needs five new faults after it has closed', async () => {
    const { breaker, clock, fail, succeed } = await opened();
    clock.advance(FIRST_PAUSE_MS);
    await succeed();
    for (let fault = 0; fault < 4; fault += 1) await fail();
    expect(breaker.state).toBe('closed');
  });

  it('does not stay open for longer when many calls fail that were made before', async () => {
    const { breaker, clock, run } = setUp();
    const calls = Array.from({ length: 60 }, () => new Deferred<string>());
    const outcomes = calls.map((call) => run(() => call.promise));
    for (const call of calls) {
      call.reject(new BrokerFault('timeout', 'hung'));
      clock.advance(1);
    }
    await Promise.all(outcomes);
    expect(breaker.state).toBe('open');
    clock.advance(FIRST_PAUSE_MS);
    expect(await run(() => Promise.resolve('ok'))).toBe('ok');
  });
});
