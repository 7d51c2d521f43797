// A key in → may it go on? out. Token buckets (protocol §1.10).

export interface RateLimit {
  /** Milliseconds until a spent token is back. */
  readonly refillMs: number;
  readonly burst: number;
}

/**
 * A bucket is kept as the one time at which it will be full again: whole milliseconds, so nothing is lost
 * to rounding, however often it is asked.
 */
export class RateLimiter {
  // In order of the last token taken, so the front is full soonest. A full bucket is as good as none: it
  // is dropped and nobody can tell.
  readonly #fullAt = new Map<string, number>();
  readonly #limit: RateLimit;
  readonly #clock: () => number;

  constructor(limit: RateLimit, clock: () => number) {
    this.#limit = limit;
    this.#clock = clock;
  }

  /** Takes one token if there is one; a refused request takes nothing. */
  admits(key: string): boolean {
    const { refillMs, burst } = this.#limit;
    const now = this.#clock();
    this.#prune(now);
    // At most an empty bucket's time away: a clock that was set back must not lock anybody out.
    const fullAt = Math.min(this.#fullAt.get(key) ?? now, now + burst * refillMs);
    const admitted = fullAt - now <= (burst - 1) * refillMs;
    if (admitted) this.#fullAt.delete(key);
    this.#fullAt.set(key, admitted ? Math.max(fullAt, now) + refillMs : fullAt);
    return admitted;
  }

  #prune(now: number): void {
    for (const [key, fullAt] of this.#fullAt) {
      if (fullAt > now) return;
      this.#fullAt.delete(key);
    }
  }
}
