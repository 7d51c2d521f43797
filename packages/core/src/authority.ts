// Settings in → everything a guard knows from the broker, and its upkeep, out: calls, verdicts, revocations,
// the feed, and the figures about them.

import { assertKnownOptions, REVOCATION_LEVELS } from '@agentwrit/protocol';
import { type BrokerCall, createBrokerCalls } from './broker.js';
import { createBrokerGate } from './broker-gate.js';
import { type Instant, Timeline } from './clock.js';
import type { RefusalReason } from '@agentwrit/protocol';
import { emitBreakerState, emitBrokerCall } from './events.js';
import { Freshness, type Limit } from './freshness.js';
import type { GuardSettings } from './guard-settings.js';
import { type Platform, reachBroker } from './platform.js';
import { createProver, type Prover, type Tolerance } from './prover.js';
import { followFeed } from './revocation-feed.js';
import { sharingOn } from './sharing.js';
import { CallFigures, type GuardStats, newCounts } from './stats.js';
import { type Revocation, Tombstones } from './tombstones.js';
import { Verdicts } from './verdicts.js';

export interface Authority {
  readonly prover: Prover;
  readonly now: () => Instant;
  /** For a request that arrives now, at a route with this `maxAge`. */
  readonly limit: (maxAgeMs: number) => Limit;
  /** A route is built that tolerates this much. */
  readonly tolerate: (tolerance: Tolerance) => void;
  readonly revoke: (revocation: Revocation) => void;
  /** A request was let in on a verdict that was recalled. */
  readonly countHit: () => void;
  readonly countRefusal: (reason: RefusalReason) => void;
  readonly stats: () => GuardStats;
  readonly close: () => Promise<void>;
}

// A revocation costs about 200 bytes. With more of them than this, all is asked for again.
const MAX_TOMBSTONES = 50_000;

export function createAuthority(settings: GuardSettings<never>, platform: Platform): Authority {
  const { clock, feed, timeoutMs, maxConcurrentCalls } = settings;
  const timeline = new Timeline(clock);
  const counts = newCounts();
  const calls = new CallFigures();
  const refusals: Partial<Record<RefusalReason, number>> = {};
  const onBreaker = emitBreakerState;
  const { turns, questions, deadlines, maxRefreshes, seen } = sharingOn(platform, settings);
  const gate = createBrokerGate({ clock, turns, timeoutMs, onBreaker });
  const connections = maxConcurrentCalls;
  const transport = reachBroker(settings.broker, platform, { connections, timeoutMs });
  const onCall = (call: BrokerCall): void => {
    calls.add(call);
    emitBrokerCall(call);
  };
  const broker = createBrokerCalls(transport, { deadlines, gate, onCall });
  const tombstones = new Tombstones({ maxEntries: MAX_TOMBSTONES });
  const maxEntries = settings.maxCachedTokens;
  const verdicts = new Verdicts(broker, {
    timeline,
    tombstones,
    counts,
    questions,
    maxEntries,
    maxRefreshes,
  });
  const maxAgeWithoutFeedMs = feed ? settings.maxAgeWithoutFeed * 1000 : undefined;
  const freshness = new Freshness(timeline, { maxAgeWithoutFeedMs });
  // The oldest verdict that any route may use, and the time for which one may be on its way to be used.
  let horizonMs = 0;

  const revoke = (revocation: Revocation): void => {
    assertRevocation(revocation);
    const told = timeline.mark();
    tombstones.prune(told.at - horizonMs);
    tombstones.add(revocation, told);
  };

  const unfollow =
    feed &&
    followFeed(feed, {
      moment: () => timeline.mark(),
      revoked: revoke,
      synced: (through) => freshness.synced(through),
      voidBefore: (through) => tombstones.voidAll(through),
      lost: () => freshness.lost(),
    });

  return {
    prover: createProver({ verdicts, freshness, seen, counts }),
    now: () => timeline.now(),
    limit: (maxAgeMs) => freshness.limit(maxAgeMs),
    tolerate({ maxAgeMs, graceMs }) {
      horizonMs = Math.max(horizonMs, maxAgeMs + graceMs + 4 * timeoutMs);
    },
    revoke,
    countHit() {
      counts.hits += 1;
    },
    countRefusal(reason) {
      refusals[reason] = (refusals[reason] ?? 0) + 1;
    },
    stats: () => ({
      ...counts,
      refusals: { ...refusals },
      broker: {
        ...calls.figures(),
        breaker: gate.state(),
        running: turns.running(),
        queued: turns.queued(),
      },
      sizes: {
        verdicts: verdicts.size,
        refused: verdicts.refusedSize,
        questions: questions.count(),
        tombstones: tombstones.size,
      },
      feed: feed === undefined ? 'none' : freshness.isFed ? 'in step' : 'behind',
    }),
    async close() {
      const ending = unfollow?.();
      seen.clear();
      try {
        await broker.close();
        if (ending) await withinTime(ending, timeoutMs);
      } finally {
        // An answer that was on its way may have come in meanwhile.
        verdicts.clear();
      }
    },
  };
}

/** A feed that fails to end, or takes its time, does not keep the guard from closing. */
async function withinTime(ending: Promise<void>, timeoutMs: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const time = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeoutMs);
  });
  await Promise.race([ending.catch(() => undefined), time]);
  clearTimeout(timer);
}

function assertRevocation(revocation: unknown): asserts revocation is Revocation {
  assertKnownOptions(revocation, 'revoke', ['level', 'target', 'exceptTokenId']);
  const { level, target, exceptTokenId } = revocation as Partial<Record<string, unknown>>;
  if (!REVOCATION_LEVELS.some((known) => known === level)) {
    throw new TypeError(`"level" must be one of ${REVOCATION_LEVELS.join(', ')}`);
  }
  if (typeof target !== 'string' || target === '') {
    throw new TypeError('"target" must be a token id, agent id or task id, by level');
  }
  if (exceptTokenId !== undefined && typeof exceptTokenId !== 'string') {
    throw new TypeError('"exceptTokenId" must be a token id');
  }
}
