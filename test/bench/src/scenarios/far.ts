// A broker that is far away in → what that costs the first request of each token, and all later ones, out.

import { Histogram } from '../histogram.js';
import { type Spread, spread } from '../spread.js';
import { FAR_ROUND_TRIP_MS } from '../servers/settings.js';
import type { Framework, Variant } from '../variants.js';
import type { World } from '../world.js';

export interface FarFigures {
  /** To the broker and back, milliseconds. */
  readonly roundTripMs: number;
  readonly tokens: number;
  /** Of each token's first request, milliseconds. */
  readonly firstP50: Spread;
  /** Of all later ones. */
  readonly laterP50: Spread;
  readonly laterP99: Spread;
  /** Later requests, and how many of them had to wait for the broker, in all rounds. */
  readonly laterRequests: number;
  readonly waits: number;
  /** To keep what is known fresh, per second. */
  readonly brokerCalls: Spread;
}

export interface FarPlan {
  readonly tokens: number;
  /** Requests per second, with all of the tokens in turn. */
  readonly rate: number;
  readonly ms: number;
}

export async function runFar(
  world: World,
  framework: Framework,
  variant: Variant,
  { plan, rounds }: { readonly plan: FarPlan; readonly rounds: number },
): Promise<FarFigures> {
  const { tokens, rate, ms } = plan;
  const texts = world.tokens.slice(0, tokens).map(({ token }) => token);
  await world.load.call('keep', { name: 'far', tokens: texts });
  const found: Round[] = [];
  for (let round = 0; round < rounds; round += 1) {
    found.push(await runRound(world, framework, variant, { rate, ms }));
  }
  const over = (read: (round: Round) => number): Spread => spread(found.map(read));
  const sum = (read: (round: Round) => number): number =>
    found.reduce((total, round) => total + read(round), 0);
  return {
    roundTripMs: FAR_ROUND_TRIP_MS,
    tokens,
    firstP50: over(({ first }) => first.quantile(0.5)),
    laterP50: over(({ later }) => later.quantile(0.5)),
    laterP99: over(({ later }) => later.quantile(0.99)),
    laterRequests: sum(({ requests }) => requests),
    waits: sum(({ waits }) => waits),
    brokerCalls: over(({ brokerCalls }) => (brokerCalls / ms) * 1000),
  };
}

interface Round {
  readonly first: Histogram;
  readonly later: Histogram;
  readonly requests: number;
  readonly waits: number;
  readonly brokerCalls: number;
}

async function runRound(
  world: World,
  framework: Framework,
  variant: Variant,
  pace: Omit<FarPlan, 'tokens'>,
): Promise<Round> {
  const server = await world.startServer(framework, variant, { broker: world.farBroker });
  const { target } = server;
  const waits = async (): Promise<number> => (await server.process.call('usage')).waits ?? NaN;
  try {
    const first = await world.load.call('once', { target, tokens: 'far' });
    const [waitsBefore, callsBefore] = [await waits(), await world.broker.call('validations')];
    const later = await world.load.call('pace', { target, tokens: 'far', ...pace });
    for (const { statuses, requests } of [first, later]) {
      if (statuses['200'] === requests) continue;
      throw new Error(`with a far broker the answers are ${JSON.stringify(statuses)}`);
    }
    return {
      first: Histogram.of(first.latencies),
      later: Histogram.of(later.latencies),
      requests: later.requests,
      waits: (await waits()) - waitsBefore,
      brokerCalls: (await world.broker.call('validations')) - callsBefore,
    };
  } finally {
    await server.stop();
  }
}
