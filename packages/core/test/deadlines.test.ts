// What becomes of a whole call when its time is over is tested with the calls to the broker.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createBrokerCalls } from '../src/broker.js';
import { Deadlines } from '../src/deadlines.js';
import { BrokerFault } from '../src/fault.js';
import type { BrokerTransport } from '../src/transport.js';
import { Deferred, REFUSED, tokenOf } from './fixtures.js';

const TIMEOUT_MS = 200;
const CLOSED = new BrokerFault('closed', 'the guard has been closed');

function deadlinesThat(options: Partial<{ canBeEnded: boolean }> = {}): Deadlines {
  return new Deadlines({
    timeoutMs: TIMEOUT_MS,
    isBackground: false,
    canBeEnded: true,
    ...options,
  });
}

function codeOf(work: Promise<unknown>): Promise<unknown> {
  return work.catch((error: unknown) => (error instanceof BrokerFault ? error.code : error));
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a call with a deadline', () => {
  it('ends as it would without one, and leaves no timer', async () => {
    const deadlines = deadlinesThat();
    expect(await deadlines.run(() => Promise.resolve('answer'))).toBe('answer');
    const fault = new Error('its own');
    expect(await codeOf(deadlines.run(() => Promise.reject(fault)))).toBe(fault);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('ends in a fault when its time is over, whatever becomes of it', async () => {
    const work = new Deferred<string>();
    const reasons: unknown[] = [];
    const call = codeOf(
      deadlinesThat().run(({ signal }) => {
        signal.addEventListener('abort', () => reasons.push(signal.reason));
        return work.promise;
      }),
    );
    await vi.advanceTimersByTimeAsync(TIMEOUT_MS - 1);
    expect(reasons).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(await call).toBe('timeout');
    expect(reasons).toMatchObject([{ code: 'timeout' }]);
    // Heard of by nobody, and so no unhandled rejection either.
    work.reject(new Error('late'));
  });

  it('ends when it is told to, if it can be, and those that begin later do not', async () => {
    const deadlines = deadlinesThat();
    const running = codeOf(deadlines.run(() => new Promise(() => undefined)));
    deadlines.endAll(CLOSED);
    expect(await running).toBe('closed');
    expect(await deadlines.run(() => Promise.resolve('answer'))).toBe('answer');

    const others = deadlinesThat({ canBeEnded: false });
    const other = codeOf(others.run(() => new Promise(() => undefined)));
    others.endAll(CLOSED);
    await vi.advanceTimersByTimeAsync(TIMEOUT_MS);
    expect(await other).toBe('timeout');
  });

  it('that has ended by itself is not ended again', async () => {
    const deadlines = deadlinesThat();
    const deadline = deadlines.begin();
    deadline.end();
    deadlines.endAll(CLOSED);
    await vi.advanceTimersByTimeAsync(TIMEOUT_MS);
    expect(deadline.signal.aborted).toBe(false);
  });

  it('has no time left for work that begins when it is over', async () => {
    const deadlines = deadlinesThat();
    const { race } = deadlines.begin();
    deadlines.endAll(CLOSED);
    expect(await codeOf(race(new Promise(() => undefined)))).toBe('closed');
  });
});

describe('a call to the broker', () => {
  it.each<{ name: string; post: BrokerTransport['post']; outcome: unknown }>([
    {
      name: 'is answered',
      post: () =>
        Promise.resolve({
          status: 200,
          contentType: 'application/json',
          retryAfter: undefined,
          body: JSON.stringify(REFUSED),
        }),
      outcome: REFUSED,
    },
    {
      name: 'fails',
      post: () => Promise.reject(new BrokerFault('timeout', 'x')),
      outcome: 'timeout',
    },
  ])('leaves no timer when it $name', async ({ post, outcome }) => {
    const calls = createBrokerCalls(
      { post, close: () => Promise.resolve() },
      {
        deadlines: deadlinesThat(),
        gate: { run: ({ make }) => make(), state: () => 'closed' },
        onCall: () => undefined,
      },
    );
    const call = codeOf(calls.validate(tokenOf(), { requestId: 'r', purpose: 'new' }));
    expect(await call).toEqual(outcome);
    expect(vi.getTimerCount()).toBe(0);
  });
});
