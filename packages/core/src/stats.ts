// What happens inside a guard in → figures for an operator out.

import type { BrokerCall } from './broker.js';
import type { BreakerState } from './breaker.js';
import type { RefusalReason } from '@agentwrit/protocol';
import type { FaultCode } from './fault.js';

/** Counted since the guard was made. */
export interface GuardCounts {
  /** Decided on a remembered verdict. */
  hits: number;
  /** Had to wait for a question of their own to the broker, or for one more after a revocation. */
  misses: number;
  /** Waited for a question that was already under way. */
  joins: number;
  /** Questions asked ahead of need. */
  refreshes: number;
  /** Refused without asking: the broker had just refused the token. */
  remembered: number;
  /** Admitted on an old verdict while the broker could not be asked. */
  graces: number;
}

export interface BrokerStats {
  /** Calls that got as far as a connection. */
  readonly calls: number;
  readonly faults: Readonly<Partial<Record<FaultCode, number>>>;
  /** Of the calls that were answered, milliseconds; 0 before the first. */
  readonly latencyMs: { readonly mean: number; readonly max: number; readonly last: number };
  readonly breaker: BreakerState;
  readonly running: number;
  readonly queued: number;
}

export interface GuardStats extends Readonly<GuardCounts> {
  readonly refusals: Readonly<Partial<Record<RefusalReason, number>>>;
  readonly broker: BrokerStats;
  /** Verdicts and refusals remembered, questions under way, revocations kept. */
  readonly sizes: {
    readonly verdicts: number;
    readonly refused: number;
    readonly questions: number;
    readonly tombstones: number;
  };
  /** Without a feed `none`; `behind`: verdicts age by `maxAgeWithoutFeed`. */
  readonly feed: 'none' | 'in step' | 'behind';
}

/** Adds up calls to the broker. */
export class CallFigures {
  readonly #faults: Partial<Record<FaultCode, number>> = {};
  #calls = 0;
  #answers = 0;
  #totalMs = 0;
  #maxMs = 0;
  #lastMs = 0;

  add({ durationMs, fault }: BrokerCall): void {
    this.#calls += 1;
    if (fault !== undefined) {
      this.#faults[fault] = (this.#faults[fault] ?? 0) + 1;
      return;
    }
    this.#answers += 1;
    this.#totalMs += durationMs;
    this.#maxMs = Math.max(this.#maxMs, durationMs);
    this.#lastMs = durationMs;
  }

  figures(): Pick<BrokerStats, 'calls' | 'faults' | 'latencyMs'> {
    const mean = this.#answers === 0 ? 0 : this.#totalMs / this.#answers;
    return {
      calls: this.#calls,
      faults: { ...this.#faults },
      latencyMs: { mean, max: this.#maxMs, last: this.#lastMs },
    };
  }
}

export function newCounts(): GuardCounts {
  return { hits: 0, misses: 0, joins: 0, refreshes: 0, remembered: 0, graces: 0 };
}
