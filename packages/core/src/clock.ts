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

/** A time, on both clocks. */
export interface Instant {
  /** {@link Clock.monotonic} */
  readonly at: number;
  /** {@link Clock.now} */
  readonly wall: number;
}

/** When something happened, to a guard. */
export interface Moment extends Instant {
  /** Counts questions and revocations: which came first is never a matter of a clock's resolution. */
  readonly order: number;
}

/** Tells moments apart, even where the clock stands still. */
export class Timeline {
  readonly #clock: Clock;
  #order = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Comes after every moment before it. */
  mark(): Moment {
    this.#order += 1;
    return { order: this.#order, ...this.now() };
  }

  now(): Instant {
    const instant = { at: 0, wall: 0 };
    this.read(instant);
    return instant;
  }

  /** Writes the time where it is wanted. */
  read(into: { -readonly [Member in keyof Instant]: number }): void {
    into.at = this.#clock.monotonic();
    into.wall = this.#clock.now();
  }
}
