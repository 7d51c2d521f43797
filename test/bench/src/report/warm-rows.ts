// What every variant did in every round in → a row of figures for each out.

import type { Slice } from '../slice.js';
import { type Spread, spread } from '../spread.js';
import type { WarmRound, WarmScenario } from '../scenarios/warm.js';
import { type Framework, VARIANTS } from '../variants.js';
import type { WarmRow } from './report.js';

/** @param rounds one list per round, each with the same variants */
export function warmRows(
  scenario: WarmScenario,
  framework: Framework,
  rounds: readonly (readonly WarmRound[])[],
): readonly WarmRow[] {
  const measured = new Set((rounds[0] ?? []).map(({ variant }) => variant));
  const variants = VARIANTS.map(({ name }) => name).filter((name) => measured.has(name));
  return variants.map((variant) => {
    const of = (name: string): readonly WarmRound[] =>
      rounds.flatMap((round) => round.filter((one) => one.variant === name));
    const own = of(variant);
    const none = of('none');
    const over = (read: (round: WarmRound, index: number) => number): Spread =>
      spread(own.map(read));
    return {
      scenario,
      framework,
      variant,
      cpuMicros: over((round) => micros(round.own)),
      addedMicros: over((round) => micros(round.own) - micros(round.baseline)),
      toNoop: over(ratio),
      ...(none.length === own.length && {
        toNone: over((round, index) => {
          const bare = none[index];
          return bare === undefined ? NaN : ratio(round) / ratio(bare);
        }),
      }),
      p50: over((round) => round.own.latencies.quantile(0.5)),
      p99: over((round) => round.own.latencies.quantile(0.99)),
      brokerCallsPerRequest: over((round) => round.own.brokerCalls / round.own.requests),
      rss: over((round) => round.own.rss / 1e6),
      busy: over((round) => round.own.cpuMicros / 1000 / round.own.elapsedMs),
      ...(own.every((round) => Number.isFinite(round.own.waits)) && {
        waits: own.reduce((total, round) => total + round.own.waits, 0),
      }),
      requests: own.reduce((total, round) => total + round.own.requests, 0),
    };
  });
}

function micros({ cpuMicros, requests }: Slice): number {
  return cpuMicros / requests;
}

function ratio({ own, baseline }: WarmRound): number {
  return micros(baseline) / micros(own);
}
