// A call to the broker and who it is for in → its turn: now, later or not at all, out. Bounded, so that a crowd of
// calls does not bring down a broker that is up.

import type { CallSignal } from './call-signal.js';
import type { Clock } from './clock.js';
import { BrokerFault } from './fault.js';
import { WaitingLine } from './waiting-line.js';

/** `new`: a token nobody has vouched for yet; `known`: one the guard has a verdict about, if an old one. */
export type CallPurpose = 'new' | 'known' | 'refresh';

export interface Turn {
  readonly purpose: CallPurpose;
  /** Takes it out of the queue. */
  readonly signal: CallSignal;
}

export interface Turns {
  /** Rejects with a BrokerFault `overloaded`, at once, when there is no room. */
  readonly take: <T>(turn: Turn, call: () => Promise<T>) => Promise<T>;
  readonly running: () => number;
  readonly queued: () => number;
}

export interface QueuedTurnsOptions {
  /** Calls that run at once. */
  readonly maxConcurrentCalls: number;
  /** Calls that wait for one of those to end. */
  readonly maxQueuedCalls: number;
}

/** A call that has to wait begins when another ends. */
export function queuedTurns({ maxConcurrentCalls, maxQueuedCalls }: QueuedTurnsOptions): Turns {
  const line = new WaitingLine();
  let running = 0;
  return {
    async take({ purpose, signal }, call) {
      if (running < maxConcurrentCalls) running += 1;
      else {
        // Those who were vouched for have a reserve.
        const limit = purpose === 'new' ? maxQueuedCalls : 2 * maxQueuedCalls;
        if (line.length >= limit) {
          throw new BrokerFault('overloaded', 'too many calls to the broker are waiting');
        }
        // Then the place is the one of the call that has ended.
        await line.wait(purpose, signal);
      }
      try {
        signal.throwIfAborted();
        return await call();
      } finally {
        if (!line.callNext()) running -= 1;
      }
    },
    running: () => running,
    queued: () => line.length,
  };
}

export interface PromptTurnsOptions {
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly maxConcurrentCalls: number;
  /** No call runs for longer. */
  readonly timeoutMs: number;
}

// Where nobody waits, strangers cannot be told to wait longer: they leave some places free.
const RESERVED = 1 / 4;

/**
 * Nobody waits: a call begins at once or is refused. A call that is never heard of again, because its request has
 * gone, keeps its place no longer than it could have run.
 */
export function promptTurns({ clock, maxConcurrentCalls, timeoutMs }: PromptTurnsOptions): Turns {
  const forStrangers = maxConcurrentCalls - Math.floor(maxConcurrentCalls * RESERVED);
  /** In the order in which they began, and so in which they end at the latest. */
  const places = new Set<{ readonly until: number }>();
  const taken = (): number => {
    const now = clock.monotonic();
    for (const place of places) {
      if (place.until > now) break;
      places.delete(place);
    }
    return places.size;
  };
  return {
    async take({ purpose }, call) {
      if (taken() >= (purpose === 'new' ? forStrangers : maxConcurrentCalls)) {
        throw new BrokerFault('overloaded', 'too many calls to the broker are running');
      }
      const place = { until: clock.monotonic() + timeoutMs };
      places.add(place);
      try {
        return await call();
      } finally {
        places.delete(place);
      }
    },
    running: taken,
    queued: () => 0,
  };
}
