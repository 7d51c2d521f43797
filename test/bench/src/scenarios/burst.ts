// One new token on very many connections at once → how often the broker is asked about it, and how long it takes until
// all are answered, out.

import { type Spread, spread } from '../spread.js';
import type { Framework, Variant, VariantName } from '../variants.js';
import { GOOD_SCOPE, type World } from '../world.js';

export interface BurstRow {
  readonly framework: Framework;
  readonly variant: VariantName;
  readonly requests: number;
  readonly brokerCalls: Spread;
  /** Until the last answer, milliseconds. */
  readonly elapsedMs: Spread;
}

export interface BurstPlan {
  readonly requests: number;
  readonly rounds: number;
}

export async function runBurst(
  world: World,
  framework: Framework,
  variant: Variant,
  { requests, rounds }: BurstPlan,
): Promise<BurstRow> {
  const brokerCalls: number[] = [];
  const elapsedMs: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const server = await world.startServer(framework, variant);
    const crowd = { port: server.port, connections: requests };
    const target = await world.load.call('open', crowd);
    try {
      // A server's first requests are slow for reasons of their own.
      await world.load.call('once', { target, tokens: 'many' });
      const [issued] = await world.broker.call('issue', { count: 1, scope: GOOD_SCOPE });
      const tokens = Array.from({ length: requests }, () => issued?.token ?? null);
      await world.load.call('keep', { name: 'burst', tokens });
      const before = await world.broker.call('validations');
      const tally = await world.load.call('once', { target, tokens: 'burst' });
      if (tally.statuses['200'] !== requests) {
        throw new Error(
          `${variant.name} on ${framework} answered a burst with ${JSON.stringify(tally.statuses)}`,
        );
      }
      brokerCalls.push((await world.broker.call('validations')) - before);
      elapsedMs.push(tally.elapsedMs);
    } finally {
      await world.load.call('close', target);
      await server.stop();
    }
  }
  return {
    framework,
    variant: variant.name,
    requests,
    brokerCalls: spread(brokerCalls),
    elapsedMs: spread(elapsedMs),
  };
}
