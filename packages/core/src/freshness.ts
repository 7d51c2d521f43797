// When a request arrived and how old a validation its route tolerates in → whether a validation is young enough out.

import type { Instant, Moment, Timeline } from './clock.js';

/** A request that arrives now, and how old a validation it may be decided on. */
export interface Limit extends Instant {
  /**
   * Milliseconds, on either clock. The monotonic clock stands still while a machine sleeps, and the other one does
   * not; it can only make a validation older, never younger.
   */
  readonly ageMs: number;
}

/** Whether a validation that began then is young enough. */
export function isWithin(asked: Instant, { at, wall, ageMs }: Limit): boolean {
  return asked.at >= at - ageMs && asked.wall >= wall - ageMs;
}

/** As an age: no validation is younger than that, on any clock. */
const NEVER_YOUNG_ENOUGH = -Infinity;
const NEVER: Instant = { at: -Infinity, wall: -Infinity };

export interface FreshnessOptions {
  /**
   * How old the knowledge of revocations may be, in milliseconds: the age of the validation itself, or of the
   * feed's last word if that is younger. `undefined` without a feed.
   */
  readonly maxAgeWithoutFeedMs: number | undefined;
}

/** Keeps what the revocation feed has said last, and answers with limits. */
export class Freshness {
  readonly #timeline: Timeline;
  readonly #maxAgeWithoutFeedMs: number | undefined;
  // No whole numbers: an engine then takes new ones in place, and makes no objects of them.
  readonly #limit: { -readonly [Member in keyof Limit]: number } = {
    at: -Infinity,
    wall: -Infinity,
    ageMs: NEVER_YOUNG_ENOUGH,
  };
  /** Revocations before this are all known. */
  #synced: Instant = NEVER;

  constructor(timeline: Timeline, { maxAgeWithoutFeedMs }: FreshnessOptions) {
    this.#timeline = timeline;
    this.#maxAgeWithoutFeedMs = maxAgeWithoutFeedMs;
  }

  /** The feed has told of everything that was revoked before this moment. */
  synced(through: Moment): void {
    this.#synced = through;
  }

  /** Nobody knows what has been revoked since. */
  lost(): void {
    this.#synced = NEVER;
  }

  /** Whether a verdict may get as old as its route says, rather than as `maxAgeWithoutFeed` says. */
  get isFed(): boolean {
    return this.#isFedAt(this.#timeline.now());
  }

  /**
   * One object for all requests, because there is one for each of them otherwise: good until the next call of this,
   * and so not beyond an `await`. Whoever keeps it copies it.
   *
   * @param maxAgeMs of the route; with 0 no validation that has begun is young enough, on any clock
   */
  limit(maxAgeMs: number): Limit {
    const limit = this.#limit;
    this.#timeline.read(limit);
    const ageMs = this.#ageMs(maxAgeMs, limit);
    limit.ageMs = ageMs === 0 ? NEVER_YOUNG_ENOUGH : ageMs;
    return limit;
  }

  /** What may be used while the broker cannot be asked: so much older than what may be used anyway. */
  graceLimit(maxAgeMs: number, graceMs: number): Limit {
    const now = this.#timeline.now();
    return { ...now, ageMs: this.#ageMs(maxAgeMs, now) + graceMs };
  }

  #ageMs(maxAgeMs: number, now: Instant): number {
    const short = this.#maxAgeWithoutFeedMs;
    return short === undefined || this.#isFedAt(now) ? maxAgeMs : Math.min(maxAgeMs, short);
  }

  #isFedAt({ at, wall }: Instant): boolean {
    const ageMs = this.#maxAgeWithoutFeedMs;
    return ageMs !== undefined && isWithin(this.#synced, { at, wall, ageMs });
  }
}
