// A token and how old an answer about it may be in → the broker's word about it, and where that comes from, out.
// At once where it is known; asks, and asks ahead of need, where it is not.

import type { Proof } from './agent.js';
import type { Timeline } from './clock.js';
import { digestToken } from './digest.js';
import { BrokerFault } from './fault.js';
import type { Freshness } from './freshness.js';
import { couldBeLive } from './prefilter.js';
import type { GuardCounts } from './stats.js';
import type { Verdicts, Vouched } from './verdicts.js';

export type Proven =
  | { readonly kind: 'vouched'; readonly verdict: Vouched; readonly source: Proof['source'] }
  | { readonly kind: 'refused'; readonly cause: string };

/** What a route tolerates, in milliseconds. */
export interface Tolerance {
  readonly maxAgeMs: number;
  /** How much older a verdict may be while the broker cannot be asked. */
  readonly graceMs: number;
}

export interface Prover {
  /** Rejects with a BrokerFault when there is no word of the broker that may be used. */
  readonly prove: (
    token: string,
    tolerance: Tolerance,
    requestId: () => string,
  ) => Proven | Promise<Proven>;
}

export interface ProverOptions {
  readonly verdicts: Verdicts;
  readonly freshness: Freshness;
  readonly timeline: Timeline;
  readonly counts: GuardCounts;
}

export function createProver({ verdicts, freshness, timeline, counts }: ProverOptions): Prover {
  return {
    prove(token, { maxAgeMs, graceMs }, requestId) {
      const digest = digestToken(token);
      const limit = freshness.limit(maxAgeMs);
      const known = verdicts.recall(digest, limit);
      if (known !== undefined) {
        counts.hits += 1;
        if (verdicts.isDue(known, limit)) {
          verdicts.refresh({ digest, token, requestId: requestId() });
        }
        return { kind: 'vouched', verdict: known, source: 'cache' };
      }
      if (verdicts.recallRefused(digest, limit)) {
        counts.remembered += 1;
        return { kind: 'refused', cause: 'refused_by_broker' };
      }
      if (!couldBeLive(token, timeline.ago(0).wall / 1000)) {
        return { kind: 'refused', cause: 'not_a_live_token' };
      }
      // As of now: a request that waits in vain must not be given an older one than it would have got at once.
      const graceLimit = freshness.graceLimit(maxAgeMs, graceMs);
      return verdicts.ask({ digest, token, requestId: requestId() }, limit).then(
        (verdict): Proven =>
          verdict.valid
            ? { kind: 'vouched', verdict, source: 'broker' }
            : { kind: 'refused', cause: 'refused_by_broker' },
        (fault: unknown): Proven => {
          const old = graceMs > 0 ? verdicts.recall(digest, graceLimit) : undefined;
          if (old === undefined || !isOutage(fault)) throw fault;
          counts.graces += 1;
          return { kind: 'vouched', verdict: old, source: 'grace' };
        },
      );
    },
  };
}

function isOutage(fault: unknown): boolean {
  return (
    fault instanceof BrokerFault && fault.code !== 'closed' && fault.code !== 'revoked_meanwhile'
  );
}
