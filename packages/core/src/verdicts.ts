// The broker's verdicts, remembered for a short while. In: a token's digest and how old an answer may be.
// Out: the verdict at once when a young enough one is known, else the answer to one question, shared where it
// may be.
//
// Freshness is counted from the moment a question was asked, not answered: a token revoked while the answer
// travels is then at most `maxAge` old, and not `maxAge` plus a slow network.

import { LRUCache } from 'lru-cache';
import { identify } from './agent.js';
import type { Broker } from './broker.js';
import type { Timeline } from './clock.js';
import { BrokerFault } from './fault.js';
import { isWithin, type Limit } from './freshness.js';
import type { DatedVerdict, Question, Questions, Vouched } from './questions.js';
import { type RefusedToken, RefusedTokens } from './refused-tokens.js';
import type { GuardCounts } from './stats.js';
import type { Tombstones } from './tombstones.js';
import type { CallPurpose } from './turns.js';

export interface VerdictsOptions {
  readonly timeline: Timeline;
  readonly tombstones: Tombstones;
  readonly counts: GuardCounts;
  readonly questions: Questions;
  readonly maxEntries: number;
  /** Questions ahead of need that are under way at once. */
  readonly maxRefreshes: number;
}

/** One token, and the request that asks for it. */
export interface Inquiry {
  readonly digest: string;
  readonly token: string;
  /** Goes on to the broker, when it is asked. */
  readonly requestId: () => string;
}

/** A good word that is remembered. */
export interface Known extends Vouched {
  /** Which part of its life a verdict is over when it is asked for again. */
  readonly refreshAt: number;
  /** When that was tried last; monotonic milliseconds. */
  triedAt: number;
  /** Nothing newer is known of the token, and it has not been forgotten. */
  isCurrent: boolean;
}

// A token that is revoked again and again while it is asked for: somebody tells nonsense, or very much.
const MAX_ATTEMPTS = 3;

// Late enough to be worth it, early enough for a broker that is slow or fails once: at the usual five seconds it has one
// to answer. Spread, because verdicts that were asked for together would otherwise all fall due together.
const REFRESH_AT = 0.65;
const REFRESH_SPREAD = 0.15;
const RETRY_AT = 0.1;

export class Verdicts {
  readonly #broker: Broker;
  readonly #timeline: Timeline;
  readonly #tombstones: Tombstones;
  readonly #counts: GuardCounts;
  readonly #known: LRUCache<string, Known>;
  readonly #refused = new RefusedTokens();
  readonly #questions: Questions;
  readonly #maxRefreshes: number;
  #refreshing = 0;

  constructor(broker: Broker, options: VerdictsOptions) {
    const { timeline, tombstones, counts, questions, maxEntries, maxRefreshes } = options;
    this.#broker = broker;
    this.#maxRefreshes = maxRefreshes;
    this.#timeline = timeline;
    this.#tombstones = tombstones;
    this.#counts = counts;
    this.#questions = questions;
    this.#known = new LRUCache({
      max: maxEntries,
      dispose: (verdict) => {
        verdict.isCurrent = false;
      },
    });
  }

  get size(): number {
    return this.#known.size;
  }

  get refusedSize(): number {
    return this.#refused.size;
  }

  /** A remembered verdict that is young enough, and that nothing the guard was told of has voided. */
  recall(digest: string, limit: Limit): Known | undefined {
    const verdict = this.#known.get(digest);
    return verdict !== undefined && this.isUsable(verdict, limit) ? verdict : undefined;
  }

  /** The same for a verdict that was recalled before. */
  isUsable(verdict: Known, limit: Limit): boolean {
    return verdict.isCurrent && isWithin(verdict.asked, limit) && this.#stands(verdict);
  }

  /** Counts it as used: what is used least goes first. */
  keep(digest: string): void {
    this.#known.get(digest);
  }

  /** Whether a verdict comes near its limit, and has not just been asked for again. */
  isDue(verdict: Known, limit: Limit): boolean {
    const { at: now, ageMs } = limit;
    const { asked, refreshAt, triedAt } = verdict;
    return now - asked.at > refreshAt * ageMs && now - triedAt > RETRY_AT * ageMs;
  }

  /** Whether the broker has refused the token within the limit, and would still. */
  recallRefused(digest: string, limit: Limit): RefusedToken | undefined {
    return this.#refused.recall(digest, limit);
  }

  /**
   * Asks the broker, or joins a question about the same token that was asked within the limit, where it may. A
   * shared question belongs to nobody: a caller that goes away does not take it from the others.
   *
   * Rejects with a BrokerFault; a fault is never remembered.
   */
  async ask(inquiry: Inquiry, limit: Limit): Promise<DatedVerdict> {
    const purpose = this.#known.has(inquiry.digest) ? 'known' : 'new';
    let after = -Infinity;
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const running = this.#questions.running(inquiry.digest);
      const joins = running && isWithin(running.asked, limit) && running.asked.order > after;
      this.#counts[joins ? 'joins' : 'misses'] += 1;
      const question = joins ? running : this.#question(inquiry, purpose);
      const verdict = await question.answer.catch((fault: unknown) => {
        // Once: whoever has waited for two has waited long enough.
        if (!joins || attempt > 0 || !isOutOfTime(fault)) throw fault;
        return undefined;
      });
      if (verdict === undefined) {
        // Its time had begun before this request came; all that joined it share the next one.
        after = question.asked.order;
        continue;
      }
      if (!verdict.valid || this.#stands(verdict)) return verdict;
      // The guard was told of a revocation while the answer was on its way: it may not know of it.
      after = this.#tombstones.voidUntil(verdict.identity.claims);
    }
    throw new BrokerFault('revoked_meanwhile', 'the token was revoked while it was asked about');
  }

  /** Asks about a token that is still good, so that no request has to wait when it no longer is. */
  refresh(inquiry: Inquiry): void {
    const known = this.#known.peek(inquiry.digest);
    if (known === undefined || this.#questions.running(inquiry.digest)) return;
    // Beyond these, a token is asked for when a request needs it.
    if (this.#refreshing >= this.#maxRefreshes) return;
    known.triedAt = this.#timeline.now().at;
    // A fault changes nothing: the verdict is used for as long as it may be.
    const { answer } = this.#question(inquiry, 'refresh');
    this.#counts.refreshes += 1;
    this.#refreshing += 1;
    void answer.catch(() => undefined).finally(() => (this.#refreshing -= 1));
  }

  clear(): void {
    this.#known.clear();
    this.#refused.clear();
  }

  #stands({ identity, asked }: Vouched): boolean {
    return this.#tombstones.spares(identity.claims, asked.order);
  }

  #question({ digest, token, requestId }: Inquiry, purpose: CallPurpose): Question {
    // Before the call begins: the true beginning can only be later, so the verdict only younger.
    const asked = this.#timeline.mark();
    const question: Question = {
      asked,
      answer: this.#broker.validate(token, { requestId: requestId(), purpose }).then(
        (answer) => {
          // Who it is follows from the claims alone: worked out once, not for every request.
          const verdict: DatedVerdict = answer.valid
            ? { valid: true, identity: identify(answer.claims), asked }
            : { ...answer, asked };
          if (this.#questions.end(digest, question)) this.#remember(digest, token, verdict);
          // A refusal ends what was good, also when it comes too late to be remembered itself.
          else if (!verdict.valid) this.#known.delete(digest);
          return verdict;
        },
        (fault: unknown) => {
          this.#questions.end(digest, question);
          throw fault;
        },
      ),
    };
    this.#questions.begin(digest, question);
    return question;
  }

  #remember(digest: string, token: string, verdict: DatedVerdict): void {
    if (verdict.valid) {
      this.#refused.forget(digest);
      const refreshAt = REFRESH_AT + Math.random() * REFRESH_SPREAD;
      const { valid, identity, asked } = verdict;
      this.#known.set(digest, {
        valid,
        identity,
        asked,
        refreshAt,
        triedAt: -Infinity,
        isCurrent: true,
      });
    } else {
      this.#known.delete(digest);
      this.#refused.remember(digest, token, verdict.asked);
    }
  }
}

function isOutOfTime(fault: unknown): boolean {
  return fault instanceof BrokerFault && (fault.code === 'timeout' || fault.code === 'overloaded');
}
