// The figures of a scenario in → a table of them as text out.

import type { StepCost } from '../micro/measure.js';
import type { MemoryFigures } from '../programs/memory.js';
import type { BurstRow } from '../scenarios/burst.js';
import type { ColdFigures } from '../scenarios/cold.js';
import type { FarFigures } from '../scenarios/far.js';
import type { FloodRow } from '../scenarios/flood.js';
import type { StartupRow } from '../scenarios/startup.js';
import type { Spread } from '../spread.js';
import type { WarmRow } from './report.js';
import { textTable } from './text-table.js';

export function warmTable(rows: readonly WarmRow[]): string {
  return textTable(
    [
      'framework',
      'guard',
      'CPU µs/request',
      'added µs',
      'ratio to noop',
      'ratio to none',
      'p50 ms',
      'p99 ms',
      'broker calls/request',
      'waits',
      'MB',
      'busy',
      'requests',
    ],
    rows.map((row) => [
      row.framework,
      row.variant,
      range(row.cpuMicros, 1),
      range(row.addedMicros, 1),
      range(row.toNoop, 3),
      row.toNone === undefined ? '' : range(row.toNone, 3),
      row.p50.median.toFixed(2),
      row.p99.median.toFixed(2),
      row.brokerCallsPerRequest.median.toFixed(4),
      row.waits === undefined ? '' : String(row.waits),
      row.rss.median.toFixed(0),
      row.busy.median.toFixed(2),
      String(row.requests),
    ]),
  );
}

export function coldLine({
  bareP50,
  guardP50,
  addedShare,
  bareP99,
  guardP99,
}: ColdFigures): string {
  return textTable(
    ['', 'p50 ms', 'p99 ms', 'p50 above the bare call'],
    [
      ['bare call with undici', range(bareP50, 3), range(bareP99, 3), ''],
      ['through the guard', range(guardP50, 3), range(guardP99, 3), percent(addedShare)],
    ],
  );
}

export function burstTable(rows: readonly BurstRow[]): string {
  return textTable(
    ['framework', 'guard', 'requests', 'broker calls', 'all answered after ms'],
    rows.map(({ framework, variant, requests, brokerCalls, elapsedMs }) => [
      framework,
      variant,
      String(requests),
      range(brokerCalls, 0),
      range(elapsedMs, 0),
    ]),
  );
}

export function floodTable(rows: readonly FloodRow[]): string {
  return textTable(
    [
      'framework',
      'guard',
      'flood',
      'broker calls/flood request',
      'good p99 ms, calm',
      'flooded',
      'ratio',
      'good answers',
      'flood answers',
    ],
    rows.map((row) => [
      row.framework,
      row.variant,
      row.flood,
      range(row.brokerCallsPerRequest, 3),
      range(row.calmP99, 2),
      range(row.floodedP99, 2),
      range(row.p99Ratio, 2),
      statuses(row.goodStatuses),
      statuses(row.floodStatuses),
    ]),
  );
}

export function farTable(far: FarFigures): string {
  return textTable(
    ['', 'p50 ms', 'p99 ms', 'requests', 'waits', 'broker calls/s'],
    [
      ['first request of a token', range(far.firstP50, 1), '', '', '', ''],
      [
        'all later ones',
        range(far.laterP50, 2),
        range(far.laterP99, 2),
        String(far.laterRequests),
        String(far.waits),
        range(far.brokerCalls, 0),
      ],
    ],
  );
}

export function memoryLines({
  bytesPerVerdict,
  bytesPerVerdictAtEnd,
  verdicts,
  kept,
}: MemoryFigures): string {
  const lines = kept.map(({ tokens, bytes }) => [String(tokens), (bytes / 1e6).toFixed(2)]);
  return `${bytesPerVerdict.toFixed(0)} bytes for each of ${verdicts} verdicts, ${bytesPerVerdictAtEnd.toFixed(0)} at the end\n${textTable(['tokens seen', 'MB kept'], lines)}`;
}

export function startupTable(rows: readonly StartupRow[]): string {
  return textTable(
    ['module', 'import ms', 'CPU ms', 'whole process ms'],
    rows.map(({ module, importMs, cpuMs, processMs }) => [
      module,
      range(importMs, 1),
      range(cpuMs, 1),
      range(processMs, 0),
    ]),
  );
}

export function microTable(steps: readonly StepCost[]): string {
  return textTable(
    ['step', 'least ns', 'median ns', 'bytes'],
    steps.map(({ name, ns, minNs, bytes }) => [
      name,
      minNs.toFixed(0),
      ns.toFixed(0),
      bytes.toFixed(0),
    ]),
  );
}

function range({ median, min, max }: Spread, digits: number): string {
  return `${median.toFixed(digits)} (${min.toFixed(digits)}–${max.toFixed(digits)})`;
}

function percent({ median, min, max }: Spread): string {
  const [middle, least, most] = [median, min, max].map((share) => (share * 100).toFixed(1));
  return `${middle} % (${least}–${most})`;
}

function statuses(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([status, count]) => `${count}×${status}`)
    .join(' ');
}
