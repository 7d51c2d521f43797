// A framework and its variants in → one round of each under the same load, with tokens that are known already, out.
//
// Machines are noisy, and other programs run on them: what is compared is measured in turns of a fraction of a second,
// so that a slow minute is slow for all.

import { assertCorrect } from '../correctness.js';
import { joinSlices, runSlice, type Slice } from '../slice.js';
import { BASELINE, type Framework, type Variant, type VariantName } from '../variants.js';
import type { RunningServer, World } from '../world.js';

export interface WarmPlan {
  readonly warmUpMs: number;
  readonly sliceMs: number;
  /** Turns of each variant, with one token and with many. */
  readonly turns: { readonly one: number; readonly many: number };
  /** Of those that renew what they know: a turn must be long against the pauses, and all of them see a few renewals. */
  readonly renewing: { readonly sliceMs: number; readonly turns: number };
}

/** What one variant did in one round. */
export interface WarmRound {
  readonly variant: VariantName;
  readonly own: Slice;
  /** The no-op middleware in the same turns. */
  readonly baseline: Slice;
}

export type WarmScenario = 'warm1' | 'warm1000';

/** @param variants the baseline among them; measured in this order, and every other turn the other way round */
export async function runWarmRound(
  world: World,
  framework: Framework,
  variants: readonly Variant[],
  { scenario, plan }: { readonly scenario: WarmScenario; readonly plan: WarmPlan },
): Promise<readonly WarmRound[]> {
  await using servers = await startServers(world, framework, variants);
  // Awaited here: the servers stop when this function is left.
  const rounds =
    scenario === 'warm1'
      ? await inTurns(world, servers.running, plan)
      : await oneAfterTheOther(world, servers.running, plan);
  return rounds;
}

/** One token: all servers take turns. */
async function inTurns(
  world: World,
  servers: readonly RunningServer[],
  { warmUpMs, sliceMs, turns }: WarmPlan,
): Promise<readonly WarmRound[]> {
  for (const { target } of servers) {
    await world.load.call('run', { target, tokens: 'one', ms: warmUpMs });
  }
  const slices = new Map(servers.map(({ variant }) => [variant.name, [] as Slice[]]));
  for (let turn = 0; turn < turns.one; turn += 1) {
    for (const server of turn % 2 === 0 ? servers : servers.toReversed()) {
      const slice = await runSlice(world, server, { tokens: 'one', ms: sliceMs });
      slices.get(server.variant.name)?.push(slice);
    }
  }
  const baseline = joinSlices(slices.get(BASELINE) ?? []);
  return [...slices].map(([variant, own]) => ({ variant, own: joinSlices(own), baseline }));
}

/**
 * Many tokens: a guard that renews what it knows must not be left alone for long, or all of it gets too old. So each
 * takes turns with the baseline alone, whose pauses are short.
 */
async function oneAfterTheOther(
  world: World,
  servers: readonly RunningServer[],
  plan: WarmPlan,
): Promise<readonly WarmRound[]> {
  const baseline = servers.find(({ variant }) => variant.name === BASELINE);
  if (baseline === undefined) throw new Error('nothing to compare with');
  const rounds: WarmRound[] = [];
  const tokens = 'many';
  await world.load.call('run', { target: baseline.target, tokens, ms: plan.warmUpMs });
  for (const server of servers) {
    const { sliceMs, turns } = server.variant.isRenewing
      ? plan.renewing
      : { sliceMs: plan.sliceMs, turns: plan.turns.many };
    await world.load.call('run', { target: server.target, tokens, ms: plan.warmUpMs });
    const own: Slice[] = [];
    const compared: Slice[] = [];
    for (let turn = 0; turn < turns; turn += 1) {
      own.push(await runSlice(world, server, { tokens, ms: sliceMs }));
      if (server !== baseline) {
        compared.push(await runSlice(world, baseline, { tokens, ms: plan.sliceMs }));
      }
    }
    rounds.push({
      variant: server.variant.name,
      own: joinSlices(own),
      baseline: joinSlices(server === baseline ? own : compared),
    });
  }
  return rounds;
}

/** Started together, and checked one after the other. */
export async function startServers(
  world: World,
  framework: Framework,
  variants: readonly Variant[],
): Promise<AsyncDisposable & { readonly running: readonly RunningServer[] }> {
  const running: RunningServer[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(running.map((server) => server.stop()));
  };
  try {
    const starts = variants.map((variant) => world.startServer(framework, variant));
    for (const start of await Promise.allSettled(starts)) {
      if (start.status === 'fulfilled') running.push(start.value);
    }
    // The first that failed, now that none is on its way any more.
    await Promise.all(starts);
    for (const server of running) await assertCorrect(world, server);
  } catch (error) {
    await stop();
    throw error;
  }
  return { running, [Symbol.asyncDispose]: stop };
}
