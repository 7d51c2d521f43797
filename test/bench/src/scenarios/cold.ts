// New tokens, one after the other → how much longer a request takes than the bare call to the broker out.

import { startChild } from '../child.js';
import { Histogram } from '../histogram.js';
import type { ColdProgram } from '../programs/cold.js';
import { type Spread, spread } from '../spread.js';
import { GOOD_SCOPE, type World } from '../world.js';

export interface ColdFigures {
  /** Medians of each round, milliseconds. */
  readonly bareP50: Spread;
  readonly guardP50: Spread;
  /** The guard's, above the bare call's; 0.05 is a twentieth more. */
  readonly addedShare: Spread;
  readonly bareP99: Spread;
  readonly guardP99: Spread;
}

export async function runCold(world: World, tokens: number, rounds: number): Promise<ColdFigures> {
  const found: { readonly bare: Histogram; readonly guard: Histogram }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const { child } = await startChild<ColdProgram>('cold', world.trust);
    try {
      // As many that do not count: compilers take their time with what is asked a few hundred times a second.
      await child.call('run', await newTokens(world, 2 * tokens));
      const { bare, guard } = await child.call('run', await newTokens(world, 2 * tokens));
      found.push({ bare: Histogram.of(bare), guard: Histogram.of(guard) });
    } finally {
      await child.stop();
    }
  }
  const over = (read: (round: (typeof found)[number]) => number): Spread => spread(found.map(read));
  return {
    bareP50: over(({ bare }) => bare.quantile(0.5)),
    guardP50: over(({ guard }) => guard.quantile(0.5)),
    addedShare: over(({ bare, guard }) => guard.quantile(0.5) / bare.quantile(0.5) - 1),
    bareP99: over(({ bare }) => bare.quantile(0.99)),
    guardP99: over(({ guard }) => guard.quantile(0.99)),
  };
}

async function newTokens({ broker }: World, count: number): Promise<readonly string[]> {
  const issued = await broker.call('issue', { count, scope: GOOD_SCOPE });
  return issued.map(({ token }) => token);
}
