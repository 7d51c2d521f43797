// Calls to the broker and what became of them in → may another one be made? out. After several faults in a row
// the broker is left alone for a while; then one call looks whether it works again.
//
// Of our own, because the breakers that can be had go by the wall clock, hold callers back without a bound
// while one looks, and take a call that was never made for a success.

import type { Clock } from './clock.js';
import { BrokerFault } from './fault.js';
import type { CallPurpose } from './turns.js';

/** `open`: no calls are made. `half-open`: one looks whether the broker works again. */
export type BreakerState = 'closed' | 'open' | 'half-open';

export interface BreakerOptions {
  readonly clock: Pick<Clock, 'monotonic'>;
  /** No call runs for longer: one that is not heard of by then has been lost with its request. */
  readonly timeoutMs: number;
  readonly onChange: (state: BreakerState) => void;
}

// In a row. One that hangs costs its callers a whole deadline, so not many.
const FAULTS_TO_OPEN = 5;
// At first it looks soon: most outages are a restart.
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5000;

export class Breaker {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #timeoutMs: number;
  readonly #onChange: (state: BreakerState) => void;
  #state: BreakerState = 'closed';
  #faults = 0;
  #pauseMs = FIRST_PAUSE_MS;
  /** Unless it is closed: when the next call may look; monotonic milliseconds. */
  #nextLookAt = 0;
  /** Who looks, while it is half-open. */
  #looking: CallPurpose = 'new';

  constructor({ clock, timeoutMs, onChange }: BreakerOptions) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
    this.#onChange = onChange;
  }

  get state(): BreakerState {
    return this.#state;
  }

  /** @throws BrokerFault `circuit_open` when no call may be made now */
  assertPasses(purpose: CallPurpose): void {
    if (this.#state === 'closed') return;
    const now = this.#clock.monotonic();
    if (now >= this.#nextLookAt) return;
    // Strangers may have gone before they are answered, again and again: whoever was vouched for looks as well.
    if (this.#state === 'half-open' && this.#looking === 'new' && purpose !== 'new') return;
    throw new BrokerFault('circuit_open', 'the broker has failed repeatedly; it is left alone', {
      // The call that looks now may be answered any moment.
      retryAfterSeconds:
        this.#state === 'open' ? Math.max(1, Math.ceil((this.#nextLookAt - now) / 1000)) : 1,
    });
  }

  /** Makes the call, if one may be made. Any way it ends counts: as an answer, or as a fault. */
  async run<T>(purpose: CallPurpose, call: () => Promise<T>): Promise<T> {
    this.assertPasses(purpose);
    if (this.#state !== 'closed') {
      this.#looking = purpose;
      this.#nextLookAt = this.#clock.monotonic() + this.#timeoutMs;
      this.#become('half-open');
    }
    try {
      const answer = await call();
      this.#answered();
      return answer;
    } catch (error) {
      if (error instanceof BrokerFault && !error.isOutage) this.#answered();
      else this.#failed();
      throw error;
    }
  }

  #answered(): void {
    this.#faults = 0;
    this.#pauseMs = FIRST_PAUSE_MS;
    this.#become('closed');
  }

  #failed(): void {
    this.#faults += 1;
    const hasLooked = this.#state === 'half-open';
    if (!hasLooked && (this.#state === 'open' || this.#faults < FAULTS_TO_OPEN)) return;
    if (hasLooked) this.#pauseMs = Math.min(2 * this.#pauseMs, LONGEST_PAUSE_MS);
    this.#nextLookAt = this.#clock.monotonic() + this.#pauseMs;
    this.#become('open');
  }

  #become(state: BreakerState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#onChange(state);
  }
}
