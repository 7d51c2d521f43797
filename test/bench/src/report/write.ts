// A report in → docs/benchmarks.json and the chart made from it out.

import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { drawChart } from './chart.js';
import type { Report } from './report.js';

const DOCS = new URL('../../../../docs/', import.meta.url);

/** @returns the paths of what was written, from the root of the repository */
export async function writeReport(report: Report): Promise<readonly string[]> {
  await mkdir(DOCS, { recursive: true });
  const files = {
    'benchmarks.json': `${JSON.stringify(report, rounded, 2)}\n`,
    'benchmarks.svg': drawChart(report),
  };
  for (const [name, content] of Object.entries(files)) {
    await writeFile(fileURLToPath(new URL(name, DOCS)), content);
  }
  return Object.keys(files).map((name) => `docs/${name}`);
}

/** Nothing here is known to more than four figures. */
function rounded(_key: string, value: unknown): unknown {
  if (typeof value !== 'number' || Number.isInteger(value)) return value;
  return Number(value.toPrecision(4));
}
