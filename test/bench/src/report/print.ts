// A report in → the text for the terminal out.

import type { Report } from './report.js';
import {
  burstTable,
  coldLine,
  farTable,
  floodTable,
  memoryLines,
  microTable,
  startupTable,
  warmTable,
} from './tables.js';

/** A title and what stands below it; nothing where it was not measured. */
type Part = readonly [title: string, content: string | undefined];

export function printReport(report: Report): string {
  const { machine, settings, warm, cold, burst, flood, far, memory, startup, micro } = report;
  const warmRows = (scenario: string): string | undefined => {
    const rows = warm.filter((row) => row.scenario === scenario);
    return rows.length === 0 ? undefined : warmTable(rows);
  };
  const parts: readonly Part[] = [
    ['One warm token', warmRows('warm1')],
    [
      `${settings.tokens} warm tokens in turn, verdicts ${settings.maxAgeSeconds} s old at most`,
      warmRows('warm1000'),
    ],
    ['New tokens, one after the other', cold && coldLine(cold)],
    ['One new token on many connections at once', burst && burstTable(burst)],
    ['A flood of bad tokens beside steady good traffic', flood && floodTable(flood)],
    [
      `${far?.tokens ?? ''} tokens, and a broker that is ${far?.roundTripMs ?? ''} ms away`,
      far && farTable(far),
    ],
    ['Memory of many distinct tokens', memory && memoryLines(memory)],
    ['Import in a fresh process', startup && startupTable(startup)],
    ['Steps of one warm request, in core', micro && microTable(micro)],
  ];
  const versions = Object.entries(machine.versions).map(([name, version]) => `${name} ${version}`);
  return [
    [
      `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGigabytes} GB, ${machine.system}, Node ${machine.node}, ${machine.date}`,
      versions.join(', '),
      `${settings.connections} connections, EdDSA tokens of ${settings.tokenBytes} bytes; rounds: ${settings.rounds}; median (least–most)`,
    ].join('\n'),
    ...parts.flatMap(([title, content]) => (content === undefined ? [] : [`${title}\n${content}`])),
  ].join('\n\n');
}
