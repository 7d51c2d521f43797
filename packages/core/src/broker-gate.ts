// A call to the broker in → made now, made in its turn, or not made at all, out. A breaker keeps calls from a
// broker that is down; a bounded queue keeps a crowd of them from a broker that is up.

import PQueue from 'p-queue';
import { Breaker, type BreakerState } from './breaker.js';
import type { Clock } from './clock.js';
import { BrokerFault } from './fault.js';

/** `new`: a token nobody has vouched for yet; `known`: one the guard has a verdict about, if an old one. */
export type CallPurpose = 'new' | 'known' | 'refresh';

export interface BrokerGate {
  /** Rejects with a BrokerFault `overloaded` or `circuit_open` when the call is not made. */
  readonly run: <T>(call: GatedCall<T>) => Promise<T>;
  readonly state: () => BreakerState;
  readonly running: () => number;
  readonly queued: () => number;
}

export interface GatedCall<T> {
  readonly purpose: CallPurpose;
  /** Takes it out of the queue. */
  readonly signal: AbortSignal;
  /** Whether so much of its time is gone that the broker could hardly answer. Asked when its turn comes. */
  readonly isTooLate: () => boolean;
  readonly make: () => Promise<T>;
}

export interface BrokerGateOptions {
  readonly clock: Pick<Clock, 'monotonic'>;
  /** Calls that run at once. */
  readonly maxConcurrentCalls: number;
  /** Calls that wait for one of those to end. */
  readonly maxQueuedCalls: number;
  readonly onBreaker: (state: BreakerState) => void;
}

// Good agents come before strangers: a flood of forged tokens fills the queue for strangers alone.
const PRIORITIES: Readonly<Record<CallPurpose, number>> = { known: 2, refresh: 1, new: 0 };

export function createBrokerGate(options: BrokerGateOptions): BrokerGate {
  const { clock, maxConcurrentCalls, maxQueuedCalls, onBreaker } = options;
  const queue = new PQueue({ concurrency: maxConcurrentCalls });
  const breaker = new Breaker({ clock, onChange: onBreaker });

  function assertRoom(purpose: CallPurpose): void {
    // Those who were vouched for have a reserve.
    const limit = purpose === 'new' ? maxQueuedCalls : 2 * maxQueuedCalls;
    if (queue.size < limit || queue.pending < maxConcurrentCalls) return;
    throw new BrokerFault('overloaded', 'too many calls to the broker are waiting');
  }

  return {
    async run({ purpose, signal, isTooLate, make }) {
      // Before the queue, so that nobody waits for nothing; and behind it, because much happens meanwhile.
      breaker.assertPasses();
      assertRoom(purpose);
      const inTurn = async (): ReturnType<typeof make> => {
        // What it would tell of the broker is only that there were too many before it.
        if (isTooLate()) throw new BrokerFault('overloaded', 'its turn came too late');
        return breaker.run(make);
      };
      return queue.add(inTurn, { priority: PRIORITIES[purpose], signal });
    },
    state: () => breaker.state,
    running: () => queue.pending,
    queued: () => queue.size,
  };
}
