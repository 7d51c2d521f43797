// How much time there is → what is measured, and for how long, out.

import type { FarPlan } from './scenarios/far.js';
import type { FloodPlan } from './scenarios/flood.js';
import type { WarmPlan } from './scenarios/warm.js';
import { FRAMEWORKS, type Framework, type Variant, VARIANTS } from './variants.js';

export const SCENARIOS = [
  'warm1',
  'warm1000',
  'cold',
  'burst',
  'flood',
  'far',
  'memory',
  'startup',
  'micro',
] as const;
export type Scenario = (typeof SCENARIOS)[number];

export interface Plan {
  readonly scenarios: readonly Scenario[];
  readonly frameworks: readonly Framework[];
  readonly variants: readonly Variant[];
  /** Of the scenarios with servers: each with fresh processes. */
  readonly rounds: number;
  readonly extent: Extent;
}

/** How long each measurement takes. */
export interface Extent {
  readonly warm: WarmPlan;
  /** New tokens, one after the other. */
  readonly coldTokens: number;
  /** Requests at once. */
  readonly burstRequests: number;
  readonly flood: FloodPlan;
  readonly far: FarPlan;
  /** Distinct tokens through one guard. */
  readonly memoryTokens: number;
  /** Fresh processes for each module. */
  readonly startups: number;
  readonly microSamples: number;
}

/** Under twelve minutes with {@link DEFAULT_ROUNDS}. */
export const FULL: Extent = {
  warm: {
    warmUpMs: 900,
    sliceMs: 300,
    turns: { one: 6, many: 3 },
    renewing: { sliceMs: 1600, turns: 5 },
  },
  coldTokens: 1500,
  burstRequests: 1000,
  flood: { warmUpMs: 1000, ms: 1300, goodRate: 500, floodRate: 1000 },
  far: { tokens: 200, rate: 500, ms: 8000 },
  memoryTokens: 1_000_000,
  startups: 9,
  microSamples: 100,
};
export const DEFAULT_ROUNDS = 3;

/** About a minute: to see that everything runs, not to compare. */
export const QUICK: Extent = {
  warm: {
    warmUpMs: 200,
    sliceMs: 120,
    turns: { one: 2, many: 1 },
    renewing: { sliceMs: 500, turns: 1 },
  },
  coldTokens: 200,
  burstRequests: 200,
  flood: { warmUpMs: 200, ms: 300, goodRate: 500, floodRate: 1000 },
  far: { tokens: 50, rate: 500, ms: 500 },
  memoryTokens: 15_000,
  startups: 1,
  microSamples: 10,
};

/** Everything, as long as it takes. */
export const EVERYTHING: Plan = {
  scenarios: SCENARIOS,
  frameworks: FRAMEWORKS,
  variants: VARIANTS,
  rounds: DEFAULT_ROUNDS,
  extent: FULL,
};
