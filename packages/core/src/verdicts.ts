// The broker's verdicts, remembered for a short while. In: a token's digest and how old an answer may be.
// Out: the verdict at once when a young enough one is known, else the answer to one shared question.
//
// Freshness is counted from the moment a question was asked, not answered: a token revoked while the answer
// travels is then at most `maxAge` old, and not `maxAge` plus a slow network.

import { LRUCache } from 'lru-cache';
import type { Broker, Verdict } from './broker.js';
import type { Clock } from './clock.js';

/** A verdict, and the monotonic milliseconds at which the broker was asked for it. */
export type DatedVerdict = Verdict & { readonly askedAt: number };

/** The only kind that is remembered. */
export type Vouched = Extract<DatedVerdict, { valid: true }>;

interface Question {
  readonly askedAt: number;
  readonly answer: Promise<DatedVerdict>;
}

export class Verdicts {
  readonly #broker: Broker;
  readonly #clock: Clock;
  readonly #known: LRUCache<string, Vouched>;
  /** The newest question under way for each token. */
  readonly #questions = new Map<string, Question>();

  constructor(broker: Broker, options: { readonly clock: Clock; readonly maxEntries: number }) {
    this.#broker = broker;
    this.#clock = options.clock;
    this.#known = new LRUCache({ max: options.maxEntries });
  }

  /** A remembered verdict asked for at or after `notBefore` (monotonic milliseconds), if there is one. */
  recall(digest: string, notBefore: number): Vouched | undefined {
    const verdict = this.#known.get(digest);
    return verdict !== undefined && verdict.askedAt >= notBefore ? verdict : undefined;
  }

  /**
   * Asks the broker, or joins a question about the same token that was asked at or after `notBefore`. The
   * question belongs to nobody: a caller that goes away does not take it from the others.
   *
   * Rejects with a BrokerFault; a fault is never remembered.
   */
  ask(digest: string, token: string, notBefore: number, requestId: string): Promise<DatedVerdict> {
    const running = this.#questions.get(digest);
    if (running !== undefined && running.askedAt >= notBefore) return running.answer;
    // Read before the call begins: the true beginning can only be later, so the verdict only younger.
    const askedAt = this.#clock.monotonic();
    const question: Question = {
      askedAt,
      answer: this.#broker.validate(token, requestId).then(
        (answer) => {
          const verdict = { ...answer, askedAt };
          if (this.#finish(digest, question)) this.#remember(digest, verdict);
          return verdict;
        },
        (fault: unknown) => {
          this.#finish(digest, question);
          throw fault;
        },
      ),
    };
    this.#questions.set(digest, question);
    return question.answer;
  }

  clear(): void {
    this.#known.clear();
  }

  // Whether this was still the newest question about the token. Only its answer may be remembered: an older
  // one that arrives late could bring back a token which a newer one has already found dead.
  #finish(digest: string, question: Question): boolean {
    if (this.#questions.get(digest) !== question) return false;
    this.#questions.delete(digest);
    return true;
  }

  #remember(digest: string, verdict: DatedVerdict): void {
    if (verdict.valid) this.#known.set(digest, verdict);
    else this.#known.delete(digest);
  }
}
