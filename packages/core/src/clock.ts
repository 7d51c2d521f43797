/**
 * The two clocks of the guard. Freshness is counted on `monotonic`, so that setting the machine's time
 * cannot make an old validation look new; `now` is compared with a token's `exp`.
 */
export interface Clock {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Milliseconds since some fixed moment; never goes back. */
  readonly monotonic: () => number;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
};
