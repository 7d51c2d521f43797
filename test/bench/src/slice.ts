// A running server and a short while of load in → what that cost out. Both ends of a slice are quiet: no request is
// under way, so requests and processor time belong together to the last one.

import { Histogram } from './histogram.js';
import type { RunningServer, World } from './world.js';

export interface Slice {
  readonly requests: number;
  readonly cpuMicros: number;
  readonly elapsedMs: number;
  readonly brokerCalls: number;
  readonly latencies: Histogram;
  /** Resident set at the end, bytes. */
  readonly rss: number;
  /** Requests that had to wait for the broker; NaN where nobody counts them. */
  readonly waits: number;
  /** Of the load's process. */
  readonly loadCpuMicros: number;
}

export interface SlicePlan {
  readonly tokens: string;
  readonly ms: number;
}

// What another server's slice has pushed out of the caches comes back before anything counts.
const LEAD_IN_MS = 40;

/** @throws Error when an answer is not 200 */
export async function runSlice(
  { load, broker }: World,
  { target, process, variant, framework }: RunningServer,
  { tokens, ms }: SlicePlan,
): Promise<Slice> {
  // Who asks the broker on each request needs the other core for that.
  const awake = !variant.isAsking || variant.isRenewing;
  await load.call('run', { target, tokens, ms: LEAD_IN_MS, awake });
  const [loadBefore, callsBefore] = await Promise.all([
    load.call('cpuMicros'),
    broker.call('validations'),
  ]);
  const before = await process.call('usage');
  const { requests, statuses, elapsedMs, latencies } = await load.call('run', {
    target,
    tokens,
    ms,
    awake,
  });
  const after = await process.call('usage');
  if (statuses['200'] !== requests) {
    throw new Error(
      `${variant.name} on ${framework} answered with ${JSON.stringify(statuses)}: not all of it is 200`,
    );
  }
  const [loadAfter, callsAfter] = await Promise.all([
    load.call('cpuMicros'),
    broker.call('validations'),
  ]);
  return {
    requests,
    cpuMicros: after.cpuMicros - before.cpuMicros,
    elapsedMs,
    brokerCalls: callsAfter - callsBefore,
    latencies: Histogram.of(latencies),
    rss: after.rss,
    waits: (after.waits ?? NaN) - (before.waits ?? NaN),
    loadCpuMicros: loadAfter - loadBefore,
  };
}

/** Several slices of one server as one. */
export function joinSlices(slices: readonly Slice[]): Slice {
  const sum = (read: (slice: Slice) => number): number =>
    slices.reduce((total, slice) => total + read(slice), 0);
  const latencies = new Histogram();
  for (const slice of slices) latencies.add(slice.latencies.buckets());
  return {
    requests: sum(({ requests }) => requests),
    cpuMicros: sum(({ cpuMicros }) => cpuMicros),
    elapsedMs: sum(({ elapsedMs }) => elapsedMs),
    brokerCalls: sum(({ brokerCalls }) => brokerCalls),
    latencies,
    rss: Math.max(...slices.map(({ rss }) => rss)),
    waits: sum(({ waits }) => waits),
    loadCpuMicros: sum(({ loadCpuMicros }) => loadCpuMicros),
  };
}
