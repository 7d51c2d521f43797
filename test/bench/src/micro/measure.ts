// A step and what it is fed with → nanoseconds and bytes for each call of it out. Needs Node's --expose-gc.

import { median } from '../spread.js';

/** Something that is done once for each request. */
export interface Step {
  readonly name: string;
  /** Made anew for every sample, outside of what is measured. Request headers are fresh texts, and must be here. */
  readonly inputs: () => readonly unknown[];
  readonly run: (input: never) => unknown;
}

export interface StepCost {
  readonly name: string;
  /** Median of the samples. */
  readonly ns: number;
  readonly minNs: number;
  /** The least of the samples: whatever is more than that is somebody else's. */
  readonly bytes: number;
}

export interface MeasureOptions {
  readonly samples: number;
}

// Kept, so that no compiler finds that nobody wants the results.
let kept: unknown;

function loop({ run }: Step, inputs: readonly unknown[]): void {
  for (const input of inputs) kept = run(input as never);
}

/** Nanoseconds for each call. Nothing is collected on purpose: that would throw compiled code away as well. */
function time(step: Step): number {
  const inputs = step.inputs();
  const startedAt = process.hrtime.bigint();
  loop(step, inputs);
  return Number(process.hrtime.bigint() - startedAt) / inputs.length;
}

/** Bytes for each call. */
function weigh(step: Step): number {
  if (globalThis.gc === undefined) throw new Error('needs node --expose-gc');
  const inputs = step.inputs();
  globalThis.gc();
  const before = process.memoryUsage().heapUsed;
  loop(step, inputs);
  return (process.memoryUsage().heapUsed - before) / inputs.length;
}

/** In a process of its own: what a compiler has learned from another step must not be in the way. */
export function measureStep(step: Step, { samples }: MeasureOptions): StepCost {
  // The first third only warms up.
  const times = Array.from({ length: Math.ceil(samples * 1.5) }, () => time(step)).slice(-samples);
  const weights = Array.from({ length: Math.ceil(samples / 3) }, () => weigh(step));
  if (kept === times) throw new Error('no step returns this');
  return {
    name: step.name,
    ns: median(times),
    minNs: Math.min(...times),
    bytes: Math.min(...weights),
  };
}
