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

interface Sample {
  readonly ns: number;
  readonly bytes: number;
}

function loop({ run }: Step, inputs: readonly unknown[]): void {
  for (const input of inputs) kept = run(input as never);
}

function sampleOf(step: Step): Sample {
  const inputs = step.inputs();
  collectGarbage();
  const heapBefore = process.memoryUsage().heapUsed;
  const startedAt = process.hrtime.bigint();
  loop(step, inputs);
  const ns = Number(process.hrtime.bigint() - startedAt);
  const bytes = process.memoryUsage().heapUsed - heapBefore;
  return { ns: ns / inputs.length, bytes: bytes / inputs.length };
}

function collectGarbage(): void {
  if (globalThis.gc === undefined) throw new Error('needs node --expose-gc');
  globalThis.gc();
}

/** In a process of its own: what a compiler has learned from another step must not be in the way. */
export function measureStep(step: Step, { samples }: MeasureOptions): StepCost {
  const taken: Sample[] = [];
  // The first ones only warm up.
  for (let index = -samples; index < samples; index += 1) {
    const sample = sampleOf(step);
    if (index >= 0) taken.push(sample);
  }
  if (kept === taken) throw new Error('no step returns this');
  const times = taken.map(({ ns }) => ns);
  return {
    name: step.name,
    ns: median(times),
    minNs: Math.min(...times),
    bytes: Math.min(...taken.map(({ bytes }) => bytes)),
  };
}
