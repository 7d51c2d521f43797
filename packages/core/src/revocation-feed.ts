// Whatever knows of revocations as they happen in → a guard that hears of them out. One small interface, so
// that an audit log, a message queue or a test can be it.

import type { Moment } from './clock.js';
import type { Revocation } from './tombstones.js';
import { Warnings } from './warnings.js';

/** What a feed tells. None of these throws or has to be waited for. */
export interface RevocationSink {
  /** The present, to be given to {@link RevocationSink.synced} later. Take it before you look. */
  readonly moment: () => Moment;
  /** Something was revoked. Telling it again does no harm. */
  readonly revoked: (revocation: Revocation) => void;
  /** Everything that was revoked before that moment has been told. Say it often: it is what keeps verdicts young. */
  readonly synced: (before: Moment) => void;
  /**
   * Something may have been missed, or cannot be seen any more. Until it is in step again verdicts age by
   * `maxAgeWithoutFeed`, and everything that was asked before then is asked again.
   *
   * @param reason for an operator; told once on the process' warnings. No secrets.
   */
  readonly lost: (reason: string) => void;
}

/** Tells a guard of revocations, so that verdicts can be kept for long and still die at once. */
export interface RevocationFeed {
  /** @returns ends it: frees every timer and connection */
  readonly subscribe: (sink: RevocationSink) => () => void | Promise<void>;
}

export interface FeedEffects {
  readonly moment: () => Moment;
  readonly revoked: (revocation: Revocation) => void;
  readonly synced: (through: Moment) => void;
  readonly voidBefore: (through: Moment) => void;
  readonly lost: () => void;
}

/**
 * @returns ends it; nothing the feed says afterwards has an effect
 * @throws TypeError when the feed gives no function to end it by
 */
export function followFeed(feed: RevocationFeed, effects: FeedEffects): () => Promise<void> {
  const warnings = new Warnings('AGENTWRIT_FEED');
  // A moment of another guard is counted by another clock, and would void too little or too much.
  const moments = new WeakSet<Moment>();
  let isInStep = false;
  let lostAt = -Infinity;
  let isOver = false;

  const lost = (reason: string): void => {
    isInStep = false;
    lostAt = effects.moment().order;
    effects.lost();
    warnings.warn(`revocations are not followed, verdicts age faster: ${reason}`);
  };
  const end = feed.subscribe({
    moment() {
      const moment = effects.moment();
      moments.add(moment);
      return moment;
    },
    revoked(revocation) {
      if (isOver) return;
      try {
        effects.revoked(revocation);
      } catch {
        // One that is none: whatever it was about, it may be anything.
        lost('the feed told of a revocation that is none');
      }
    },
    synced(before) {
      if (isOver) return;
      if (!moments.has(before)) {
        lost("the feed named a moment that is not this guard's");
        return;
      }
      // From before the loss: what was missed then may have come after it.
      if (before.order < lostAt) return;
      // What was asked before the feed was in step may have been revoked without its seeing it.
      if (!isInStep) effects.voidBefore(before);
      isInStep = true;
      effects.synced(before);
    },
    lost(reason) {
      if (!isOver) lost(reason);
    },
  });
  if (!isFunction(end)) {
    throw new TypeError('"feed.subscribe" must return a function that ends it');
  }
  return async () => {
    isOver = true;
    await end();
  };
}

// Whoever writes a feed without types may return anything.
function isFunction(value: unknown): boolean {
  return typeof value === 'function';
}
