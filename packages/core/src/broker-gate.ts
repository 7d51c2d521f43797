// A call to the broker in → made now, made in its turn, or not made at all, out. A breaker keeps calls from a
// broker that is down; turns keep a crowd of them from a broker that is up.

import { Breaker, type BreakerState } from './breaker.js';
import type { Clock } from './clock.js';
import { BrokerFault } from './fault.js';
import type { Turn, Turns } from './turns.js';

export interface BrokerGate {
  /** Rejects with a BrokerFault `overloaded` or `circuit_open` when the call is not made. */
  readonly run: <T>(call: GatedCall<T>) => Promise<T>;
  readonly state: () => BreakerState;
}

export interface GatedCall<T> extends Turn {
  /** Whether so much of its time is gone that the broker could hardly answer. Asked when its turn comes. */
  readonly isTooLate: () => boolean;
  readonly make: () => Promise<T>;
}

export interface BrokerGateOptions {
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly turns: Turns;
  /** No call runs for longer. */
  readonly timeoutMs: number;
  readonly onBreaker: (state: BreakerState) => void;
}

export function createBrokerGate(options: BrokerGateOptions): BrokerGate {
  const { clock, turns, timeoutMs, onBreaker } = options;
  const breaker = new Breaker({ clock, timeoutMs, onChange: onBreaker });
  return {
    async run({ purpose, signal, isTooLate, make }) {
      // Before its turn, so that nobody waits for nothing; and when that comes, because much happens meanwhile.
      breaker.assertPasses(purpose);
      return turns.take({ purpose, signal }, () => {
        // What it would tell of the broker is only that there were too many before it.
        if (isTooLate()) throw new BrokerFault('overloaded', 'its turn came too late');
        return breaker.run(purpose, make);
      });
    },
    state: () => breaker.state,
  };
}
