// A report in → a bar chart as SVG out: how much of a server's work is left with each guard. Plain enough to be read
// in light and dark, and to be compared by hand with the JSON beside it.

import type { Spread } from '../spread.js';
import { BASELINE, type Framework, FRAMEWORKS } from '../variants.js';
import type { Report, WarmRow } from './report.js';

const WIDTH = 760;
const LEFT = 170;
const RIGHT = 130;
const SCALE = WIDTH - LEFT - RIGHT;
const ROW = 30;
const BAR = 10;
const HEAD = 74;
const FRAMEWORK_HEAD = 34;
const FOOT = 44;

const TITLES: Readonly<Record<Framework, string>> = {
  express: 'Express',
  fastify: 'Fastify',
  hono: 'Hono',
};
const LABELS: Readonly<Record<string, string>> = {
  none: 'no guard',
  ours: 'AgentWrit',
  'ours-audit': 'AgentWrit, audit file',
  'ours-required': 'the same, required',
  'mcp-lru': 'MCP SDK + lru-cache',
  'jwt-cached': '@fastify/jwt, cache',
  jwt: '@fastify/jwt',
  jwk: 'hono/jwk',
  fetch: 'fetch per request',
};

const STYLE = `
    text { font: 13px system-ui, sans-serif; fill: #1f2328 }
    .title { font-size: 16px; font-weight: 600 }
    .framework { font-weight: 600 }
    .quiet { fill: #59636e; font-size: 12px }
    .grid { stroke: #d1d9e0 }
    .spread { stroke: #1f2328 }
    .ours { fill: #0969da }
    .other { fill: #818b98 }
    .many { opacity: 0.55 }
    @media (prefers-color-scheme: dark) {
      text { fill: #f0f6fc }
      .quiet { fill: #9198a1 }
      .grid { stroke: #3d444d }
      .spread { stroke: #f0f6fc }
      .ours { fill: #4493f8 }
      .other { fill: #656c76 }
    }
  `;

export function drawChart({ warm, machine, settings }: Report): string {
  const parts: string[] = [];
  let y = HEAD;
  for (const framework of FRAMEWORKS) {
    const rows = warm.filter((row) => row.framework === framework);
    if (rows.length === 0) continue;
    parts.push(text(LEFT, y + 20, TITLES[framework], 'framework'));
    y += FRAMEWORK_HEAD;
    for (const variant of new Set(rows.map((row) => row.variant))) {
      if (variant === BASELINE) continue;
      parts.push(
        ...drawVariant(
          y,
          rows.filter((row) => row.variant === variant),
        ),
      );
      y += ROW;
    }
  }
  const grid = [0, 0.25, 0.5, 0.75, 1].map(
    (share) =>
      `${line(x(share), HEAD, x(share), y, 'grid')}${text(x(share), HEAD - 6, `${share * 100} %`, 'quiet', 'middle')}`,
  );
  const height = y + FOOT;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">`,
    `  <title>Requests for the same processor time, with a middleware that does nothing as 100 %</title>`,
    `  <style>${STYLE}</style>`,
    text(
      16,
      26,
      'Requests for the same processor time, with a middleware that does nothing as 100 %',
      'title',
    ),
    text(
      16,
      46,
      'Upper bar: one warm token; lower bar: 1,000 in turn. Lines: least to most.',
      'quiet',
    ),
    ...grid,
    ...parts,
    text(
      16,
      height - 16,
      `${machine.cpu}, ${machine.cores} cores, Node ${machine.node}, ${machine.date}; median of ${settings.rounds} rounds`,
      'quiet',
    ),
    '</svg>',
    '',
  ].join('\n');
}

function drawVariant(y: number, rows: readonly WarmRow[]): readonly string[] {
  const [first] = rows;
  if (first === undefined) return [];
  const isOurs = first.variant === 'ours';
  const bars = rows.flatMap((row) => {
    const isMany = row.scenario === 'warm1000';
    const ratio = row.toNoop;
    const top = y + (isMany ? BAR + 2 : 0);
    const width = Math.max(1, ratio.median * SCALE);
    return [
      `<rect class="${isOurs ? 'ours' : 'other'}${isMany ? ' many' : ''}" x="${LEFT}" y="${top}" width="${fixed(width)}" height="${BAR}"/>`,
      whisker(ratio, top + BAR / 2),
      text(
        LEFT + Math.max(width, ratio.max * SCALE) + 6,
        top + BAR,
        `${(ratio.median * 100).toFixed(0)} %`,
        'quiet',
      ),
    ];
  });
  const label = LABELS[first.variant] ?? first.variant;
  return [text(LEFT - 8, y + BAR + 5, label, isOurs ? 'framework' : '', 'end'), ...bars];
}

function whisker({ min, max }: Spread, y: number): string {
  return line(x(min), y, x(max), y, 'spread');
}

function x(share: number): number {
  return LEFT + share * SCALE;
}

function line(x1: number, y1: number, x2: number, y2: number, kind: string): string {
  return `<line class="${kind}" x1="${fixed(x1)}" y1="${y1}" x2="${fixed(x2)}" y2="${y2}"/>`;
}

function text(left: number, y: number, content: string, kind: string, anchor = 'start'): string {
  return `<text class="${kind}" x="${fixed(left)}" y="${y}" text-anchor="${anchor}">${escaped(content)}</text>`;
}

function fixed(length: number): string {
  return length.toFixed(1);
}

function escaped(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
