// When a request arrived and how old a validation its route tolerates in → from when on a validation is young
// enough out.

import type { Moment, Timeline } from './clock.js';

/** What a validation must not be older than, on both clocks. */
export interface Limit {
  /** Monotonic milliseconds. */
  readonly at: number;
  /**
   * Milliseconds since 1970. The monotonic clock stands still while a machine sleeps, and this one does not;
   * it can only make a validation older, never younger.
   */
  readonly wall: number;
}

export function isWithin(asked: Limit, limit: Limit): boolean {
  return asked.at >= limit.at && asked.wall >= limit.wall;
}

const NEVER_YOUNG_ENOUGH: Limit = { at: Infinity, wall: Infinity };
const NEVER: Limit = { at: -Infinity, wall: -Infinity };

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
  /** Revocations before this are all known. */
  #synced: Limit = NEVER;

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
    const short = this.#maxAgeWithoutFeedMs;
    return short !== undefined && isWithin(this.#synced, this.#timeline.ago(short));
  }

  /** @param maxAgeMs of the route; with 0 no validation that has begun is young enough, on any clock */
  limit(maxAgeMs: number): Limit {
    const ageMs = this.#ageMs(maxAgeMs);
    return ageMs === 0 ? NEVER_YOUNG_ENOUGH : this.#timeline.ago(ageMs);
  }

  /** What may be used while the broker cannot be asked: so much older than what may be used anyway. */
  graceLimit(maxAgeMs: number, graceMs: number): Limit {
    return this.#timeline.ago(this.#ageMs(maxAgeMs) + graceMs);
  }

  #ageMs(maxAgeMs: number): number {
    const short = this.#maxAgeWithoutFeedMs;
    return short === undefined || this.isFed ? maxAgeMs : Math.min(maxAgeMs, short);
  }
}
