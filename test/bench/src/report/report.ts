// What a whole run has found: what docs/benchmarks.json holds.

import type { StepCost } from '../micro/measure.js';
import type { MemoryFigures } from '../programs/memory.js';
import type { BurstRow } from '../scenarios/burst.js';
import type { ColdFigures } from '../scenarios/cold.js';
import type { FarFigures } from '../scenarios/far.js';
import type { FloodRow } from '../scenarios/flood.js';
import type { StartupRow } from '../scenarios/startup.js';
import type { WarmScenario } from '../scenarios/warm.js';
import type { Spread } from '../spread.js';
import type { Framework, VariantName } from '../variants.js';
import type { Machine } from './machine.js';

export interface Report {
  readonly machine: Machine;
  readonly settings: {
    readonly rounds: number;
    readonly connections: number;
    readonly tokens: number;
    readonly tokenBytes: number;
    readonly maxAgeSeconds: number;
  };
  /** What each variant is. */
  readonly variants: Readonly<Record<string, string>>;
  readonly warm: readonly WarmRow[];
  readonly cold?: ColdFigures;
  readonly burst?: readonly BurstRow[];
  readonly flood?: readonly FloodRow[];
  readonly far?: FarFigures;
  readonly memory?: MemoryFigures;
  readonly startup?: readonly StartupRow[];
  readonly micro?: readonly StepCost[];
}

export interface WarmRow {
  readonly scenario: WarmScenario;
  readonly framework: Framework;
  readonly variant: VariantName;
  /** Processor time of the server for one request, microseconds. */
  readonly cpuMicros: Spread;
  /** More than the no-op middleware in the same turns, microseconds. */
  readonly addedMicros: Spread;
  /** Requests for the same processor time, against the no-op middleware: 1 is as many. */
  readonly toNoop: Spread;
  /** The same, against no guard at all; absent where that was not measured. */
  readonly toNone?: Spread;
  /** Milliseconds, as the load sees it. */
  readonly p50: Spread;
  readonly p99: Spread;
  readonly brokerCallsPerRequest: Spread;
  /** Megabytes. */
  readonly rss: Spread;
  /** How much of one core the server had: well below 1, and the load was the slower of the two. */
  readonly busy: Spread;
  /** Requests that had to wait for the broker, of all rounds; absent where the guard does not count them. */
  readonly waits?: number;
  /** Of all rounds. */
  readonly requests: number;
}
