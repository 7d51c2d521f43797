// What an example has to say in → lines out, readable as plain text and coloured on a terminal.

import { createHash } from 'node:crypto';
import { styleText } from 'node:util';

const isColoured = process.stdout.isTTY && !process.env['NO_COLOR'];

type Style = Parameters<typeof styleText>[0];

function paint(style: Style, text: string): string {
  return isColoured ? styleText(style, text) : text;
}

export function title(text: string): void {
  console.log(`\n${paint(['bold', 'cyan'], text)}`);
}

export function note(text: string): void {
  console.log(`  ${paint('dim', text)}`);
}

/** A line of what happens. */
export function say(text: string): void {
  console.log(`  ${text}`);
}

/** One step, whether it came out as it should, and what was seen of it, a line each. */
export function result(isAsExpected: boolean, step: string, ...seen: readonly string[]): void {
  const mark = isAsExpected ? paint('green', '✓') : paint('red', '✗');
  console.log(
    [`  ${mark} ${step}`, ...seen.map((line) => `      ${paint('dim', line)}`)].join('\n'),
  );
}

/** A table with a row of headings; the first column is text, the others are marks. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ');
  console.log(`  ${paint('bold', line(headings))}`);
  console.log(`  ${widths.map((width) => '─'.repeat(width)).join('  ')}`);
  for (const row of rows) {
    const text = line(row);
    console.log(`  ${row.includes('✗') ? paint('red', text) : text}`);
  }
}

/** Tells one token from another without showing any of it: 8 hex digits of its SHA-256. */
export function fingerprint(token: string): string {
  return createHash('sha256').update(token).digest('hex').slice(0, 8);
}

/** Names and what they stand for, a line each. */
export function facts(pairs: Readonly<Record<string, string | number>>): void {
  const width = Math.max(...Object.keys(pairs).map((name) => name.length));
  for (const [name, value] of Object.entries(pairs)) say(`${name.padEnd(width)}  ${value}`);
}
