// Questions about tokens, as they are asked and answered, in → which of them others may wait for, and whose answer
// is the last word, out.

import type { Identity } from './agent.js';
import type { Verdict } from './broker.js';
import type { Clock, Moment } from './clock.js';

/** The broker's good word about a token, who that makes its bearer, and when the broker was asked. */
export interface Vouched {
  readonly valid: true;
  readonly identity: Identity;
  readonly asked: Moment;
}

/** A verdict, and when the broker was asked for it. */
export type DatedVerdict =
  | Vouched
  | (Extract<Verdict, { valid: false }> & { readonly asked: Moment });

export interface Question {
  readonly asked: Moment;
  readonly answer: Promise<DatedVerdict>;
}

/** The newest question under way about each token. */
export interface Questions {
  /** Undefined where none may be joined. */
  readonly running: (digest: string) => Question | undefined;
  readonly begin: (digest: string, question: Question) => void;
  /**
   * Ends it. Whether it was still the newest: only its answer may be remembered. An older one that arrives late
   * could bring back a token which a newer one has already found dead.
   */
  readonly end: (digest: string, question: Question) => boolean;
  readonly count: () => number;
}

/** Whoever comes later may wait for the answer, too. */
export function sharedQuestions(): Questions {
  const newest = new Map<string, Question>();
  return {
    running: (digest) => newest.get(digest),
    begin: (digest, question) => void newest.set(digest, question),
    end(digest, question) {
      if (newest.get(digest) !== question) return false;
      newest.delete(digest);
      return true;
    },
    count: () => newest.size,
  };
}

export interface SeparateQuestionsOptions {
  readonly clock: Pick<Clock, 'monotonic'>;
  /** No question is under way for longer. */
  readonly timeoutMs: number;
}

/**
 * Each request waits for its own. Keeps no promise and so no token, and forgets a question that is never heard of
 * again, because its request has gone.
 */
export function separateQuestions({ clock, timeoutMs }: SeparateQuestionsOptions): Questions {
  /** In the order in which they were asked. */
  const newest = new Map<string, Moment>();
  return {
    running: () => undefined,
    begin(digest, { asked }) {
      const now = clock.monotonic();
      for (const [lost, { at }] of newest) {
        if (at + timeoutMs > now) break;
        newest.delete(lost);
      }
      // To the end of the order.
      newest.delete(digest);
      newest.set(digest, asked);
    },
    end(digest, { asked }) {
      if (newest.get(digest) !== asked) return false;
      newest.delete(digest);
      return true;
    },
    count: () => newest.size,
  };
}
