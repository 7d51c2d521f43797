// A revocation feed that says what it is told to, whether it is true or not.

import type { Moment, Revocation, RevocationFeed, RevocationSink } from '../../src/index.js';
import type { FeedWord, Instant } from './record.js';

const NEVER_IN_STEP: FeedWord = { syncedAt: -Infinity, inStepSince: Infinity };

export class ScriptedFeed implements RevocationFeed {
  readonly #moments: { readonly moment: Moment; readonly seq: number }[] = [];
  #sink: RevocationSink | undefined;
  #word = NEVER_IN_STEP;
  #lostAt = -Infinity;

  /** What it has said so far. */
  get word(): FeedWord {
    return this.#word;
  }

  subscribe(sink: RevocationSink): () => void {
    this.#sink = sink;
    return () => undefined;
  }

  /** @returns whether anybody listens */
  revoked(revocation: Revocation): boolean {
    this.#sink?.revoked(revocation);
    return this.#sink !== undefined;
  }

  takeMoment({ seq }: Instant): void {
    if (this.#sink) this.#moments.push({ moment: this.#sink.moment(), seq });
  }

  /** @returns whether it has got in step by that */
  synced(back: number): boolean {
    const taken = this.#moments.at(-1 - (back % Math.max(1, this.#moments.length)));
    if (taken === undefined) return false;
    this.#sink?.synced(taken.moment);
    // From before a loss, it says nothing of what was lost.
    if (taken.seq < this.#lostAt) return false;
    const { syncedAt, inStepSince } = this.#word;
    const wasInStep = syncedAt > -Infinity;
    this.#word = {
      syncedAt: Math.max(syncedAt, taken.moment.at),
      inStepSince: wasInStep ? inStepSince : taken.seq,
    };
    return !wasInStep;
  }

  lose({ seq }: Instant): void {
    this.#lostAt = seq;
    this.#word = NEVER_IN_STEP;
    this.#sink?.lost('the schedule says so');
  }
}
