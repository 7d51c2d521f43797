// Steady good traffic, and a flood of bad tokens beside it, → what the flood costs the broker, and the good traffic, out.

import { startChild } from '../child.js';
import { assertCorrect } from '../correctness.js';
import { Histogram } from '../histogram.js';
import type { Tally } from '../load/tally.js';
import type { LoadProgram } from '../programs/load.js';
import { type Spread, spread } from '../spread.js';
import type { Framework, Variant, VariantName } from '../variants.js';
import { CONNECTIONS, type World } from '../world.js';

/** Random text as long as a token, or a good token under another signature. Each is sent once. */
export const FLOODS = ['garbage', 'forged'] as const;
export type Flood = (typeof FLOODS)[number];

export interface FloodRow {
  readonly framework: Framework;
  readonly variant: VariantName;
  readonly flood: Flood;
  /** What the good traffic needs anyway is not counted. */
  readonly brokerCallsPerRequest: Spread;
  /** Of the good traffic, milliseconds. */
  readonly calmP99: Spread;
  readonly floodedP99: Spread;
  readonly p99Ratio: Spread;
  /** What the good traffic got, in all rounds; anything but 200 is harm. */
  readonly goodStatuses: Readonly<Record<string, number>>;
  readonly floodStatuses: Readonly<Record<string, number>>;
}

export interface FloodPlan {
  readonly warmUpMs: number;
  readonly ms: number;
  /** Requests per second. */
  readonly goodRate: number;
  readonly floodRate: number;
}

interface Phase {
  readonly good: Tally;
  readonly flood: Tally | undefined;
  readonly brokerCalls: number;
}

/** The same good traffic alone. */
interface Calm {
  readonly p99: number;
  /** In as much time as a flood has. */
  readonly brokerCalls: number;
}

interface Round extends Readonly<Record<Flood, Phase>> {
  readonly calm: Calm;
}

export async function runFlood(
  world: World,
  framework: Framework,
  variant: Variant,
  { plan, rounds }: { readonly plan: FloodPlan; readonly rounds: number },
): Promise<readonly FloodRow[]> {
  const found: Round[] = [];
  for (let round = 0; round < rounds; round += 1) {
    found.push(await runRound(world, framework, variant, plan));
  }
  return FLOODS.map((flood) => {
    const over = (read: (calm: Calm, flooded: Phase) => number): Spread =>
      spread(found.map((round) => read(round.calm, round[flood])));
    return {
      framework,
      variant: variant.name,
      flood,
      brokerCallsPerRequest: over(
        (calm, flooded) =>
          Math.max(0, flooded.brokerCalls - calm.brokerCalls) / (flooded.flood?.requests ?? NaN),
      ),
      calmP99: over((calm) => calm.p99),
      floodedP99: over((_calm, flooded) => p99(flooded.good)),
      p99Ratio: over((calm, flooded) => p99(flooded.good) / calm.p99),
      goodStatuses: sumOf(found.map((round) => round[flood].good.statuses)),
      floodStatuses: sumOf(found.map((round) => round[flood].flood?.statuses ?? {})),
    };
  });
}

async function runRound(
  world: World,
  framework: Framework,
  variant: Variant,
  { warmUpMs, ms, goodRate, floodRate }: FloodPlan,
): Promise<Round> {
  const server = await world.startServer(framework, variant);
  // A process of its own: to make the flood must not slow the good traffic down.
  const { child: flooding } = await startChild<LoadProgram>('load', null);
  try {
    await assertCorrect(world, server);
    const { port } = server;
    const crowd = await flooding.call('open', { port, connections: CONNECTIONS });
    const count = Math.ceil((floodRate * ms) / 1000);
    await flooding.call('keepBad', { name: 'garbage', count, like: null });
    const like = world.tokens[0]?.token ?? '';
    await flooding.call('keepBad', { name: 'forged', count, like });

    const good = (): Promise<Tally> =>
      world.load.call('pace', { target: server.target, tokens: 'one', rate: goodRate, ms });
    const phase = async (flood: Flood | undefined): Promise<Phase> => {
      const before = await world.broker.call('validations');
      const [kept, flooded] = await Promise.all([
        good(),
        flood && flooding.call('pace', { target: crowd, tokens: flood, rate: floodRate, ms }),
      ]);
      const brokerCalls = (await world.broker.call('validations')) - before;
      return { good: kept, flood: flooded, brokerCalls };
    };
    await world.load.call('run', { target: server.target, tokens: 'one', ms: warmUpMs });
    const before = await phase(undefined);
    const garbage = await phase('garbage');
    const forged = await phase('forged');
    // Before and after: a server gets faster while it runs, and that is not the flood's doing.
    const after = await phase(undefined);
    return { calm: both(before, after), garbage, forged };
  } finally {
    await flooding.stop();
    await server.stop();
  }
}

function both(one: Phase, other: Phase): Calm {
  const latencies = Histogram.of(one.good.latencies);
  latencies.add(other.good.latencies);
  return {
    p99: latencies.quantile(0.99),
    brokerCalls: (one.brokerCalls + other.brokerCalls) / 2,
  };
}

function p99({ latencies }: Tally): number {
  return Histogram.of(latencies).quantile(0.99);
}

function sumOf(
  counts: readonly Readonly<Record<string, number>>[],
): Readonly<Record<string, number>> {
  const sums = new Map<string, number>();
  for (const [status, count] of counts.flatMap((one) => Object.entries(one))) {
    sums.set(status, (sums.get(status) ?? 0) + count);
  }
  return Object.fromEntries(sums);
}
