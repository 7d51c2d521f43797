// A token and how old an answer about it may be in → the broker's word about it, and where that comes from, out.
// At once where it is known; asks, and asks ahead of need, where it is not.

import type { Proof } from '@agentwrit/protocol';
import { digestToken } from './digest.js';
import { BrokerFault } from './fault.js';
import type { Freshness, Limit } from './freshness.js';
import { couldBeLive } from './prefilter.js';
import type { Vouched } from './questions.js';
import type { SeenTexts } from './seen-texts.js';
import type { GuardCounts } from './stats.js';
import type { Verdicts } from './verdicts.js';

export type Proven =
  | { readonly kind: 'vouched'; readonly verdict: Vouched; readonly source: Proof['source'] }
  | { readonly kind: 'refused'; readonly cause: string };

/** What a route tolerates, in milliseconds. */
export interface Tolerance {
  readonly maxAgeMs: number;
  /** How much older a verdict may be while the broker cannot be asked. */
  readonly graceMs: number;
}

/** One token as it was brought. */
export interface BroughtToken {
  readonly token: string;
  /** The Authorization value that it comes from. `undefined` where there was not one text. */
  readonly credentials: string | undefined;
}

export interface Prover {
  /**
   * What is remembered of credentials that have come before. `undefined` where there is nothing that may be used, or
   * it is time to ask again: then they have to be read, and {@link prove} to be called.
   *
   * @param credentials an Authorization value, as received
   */
  readonly recall: (credentials: string, limit: Limit) => Vouched | undefined;
  /**
   * Rejects with a BrokerFault when there is no word of the broker that may be used.
   *
   * @param requestId goes on to the broker
   */
  readonly prove: (
    brought: BroughtToken,
    tolerance: Tolerance,
    limit: Limit,
    requestId: () => string,
  ) => Proven | Promise<Proven>;
}

export interface ProverOptions {
  readonly verdicts: Verdicts;
  readonly freshness: Freshness;
  readonly seen: SeenTexts;
  readonly counts: GuardCounts;
}

const SCHEME_LENGTH = 'Bearer '.length;

export function createProver({ verdicts, freshness, seen, counts }: ProverOptions): Prover {
  return {
    recall(credentials, limit) {
      const entry = seen.find(credentials);
      if (entry === undefined || !verdicts.isUsable(entry.verdict, limit)) return undefined;
      if (!entry.isInUse) {
        // About once a second: whoever is in use stays when others have to go.
        entry.isInUse = true;
        verdicts.keep(entry.digest);
      }
      // When it is time to ask again, the token has to be read.
      return verdicts.isDue(entry.verdict, limit) ? undefined : entry.verdict;
    },
    prove({ token, credentials }, { maxAgeMs, graceMs }, limit, requestId) {
      const before = credentials === undefined ? undefined : seen.find(credentials);
      const digest = before?.digest ?? digestToken(token);
      const known = verdicts.recall(digest, limit);
      if (known !== undefined) {
        counts.hits += 1;
        // Written as nearly everybody writes it: a token has one such text, and others need not be kept.
        if (credentials?.length === SCHEME_LENGTH + token.length) {
          seen.remember(credentials, digest, known);
        }
        if (verdicts.isDue(known, limit)) {
          verdicts.refresh({ digest, token, requestId });
        }
        return { kind: 'vouched', verdict: known, source: 'cache' };
      }
      if (verdicts.recallRefused(digest, limit)) {
        counts.remembered += 1;
        return { kind: 'refused', cause: 'refused_by_broker' };
      }
      if (!couldBeLive(token, limit.wall / 1000)) {
        return { kind: 'refused', cause: 'not_a_live_token' };
      }
      // As of now: a request that waits in vain must not be given an older one than it would have got at once.
      const graceLimit = freshness.graceLimit(maxAgeMs, graceMs);
      return verdicts.ask({ digest, token, requestId }, limit).then(
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
