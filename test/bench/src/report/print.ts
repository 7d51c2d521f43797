// A report in → the text for the terminal out.

import type { StepCost } from '../micro/measure.js';
import type { Spread } from '../spread.js';
import type { Report, WarmRow } from './report.js';
import { textTable } from './text-table.js';

export function printReport(report: Report): string {
  const { machine, settings, warm, micro } = report;
  const versions = Object.entries(machine.versions).map(([name, version]) => `${name} ${version}`);
  return [
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGigabytes} GB, ${machine.system}, Node ${machine.node}, ${machine.date}`,
    versions.join(', '),
    `${settings.connections} connections, EdDSA tokens of ${settings.tokenBytes} bytes, ${settings.rounds} rounds: median (least–most)`,
    ...(['warm1', 'warm1000'] as const).flatMap((scenario) => {
      const rows = warm.filter((row) => row.scenario === scenario);
      return rows.length === 0 ? [] : [warmTable(scenario, rows)];
    }),
    ...(micro === undefined ? [] : [microTable(micro)]),
  ].join('\n\n');
}

const TITLES = { warm1: 'One warm token', warm1000: '1,000 warm tokens in turn' };

function warmTable(scenario: WarmRow['scenario'], rows: readonly WarmRow[]): string {
  const lines = rows.map((row) => [
    row.framework,
    row.variant,
    range(row.cpuMicros, 1),
    range(row.addedMicros, 1),
    range(row.toNoop, 3),
    row.toNone === undefined ? '' : range(row.toNone, 3),
    row.p50.median.toFixed(2),
    row.p99.median.toFixed(2),
    row.brokerCallsPerRequest.median.toFixed(4),
    row.rss.median.toFixed(0),
    row.busy.median.toFixed(2),
    String(row.requests),
  ]);
  const columns = [
    'framework',
    'guard',
    'CPU µs/request',
    'added µs',
    'ratio to noop',
    'ratio to none',
    'p50 ms',
    'p99 ms',
    'broker calls',
    'MB',
    'busy',
    'requests',
  ];
  return `${TITLES[scenario]}\n${textTable(columns, lines)}`;
}

function microTable(steps: readonly StepCost[]): string {
  const lines = steps.map(({ name, ns, minNs, bytes }) => [
    name,
    minNs.toFixed(0),
    ns.toFixed(0),
    bytes.toFixed(0),
  ]);
  return `Steps of one warm request\n${textTable(['step', 'least ns', 'median ns', 'bytes'], lines)}`;
}

function range({ median, min, max }: Spread, digits: number): string {
  return `${median.toFixed(digits)} (${min.toFixed(digits)}–${max.toFixed(digits)})`;
}
