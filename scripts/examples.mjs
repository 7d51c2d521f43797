// The folder of examples in → which of them can be run, and what each is about, out.

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readJson, ROOT } from './places.mjs';

const FOLDER = 'examples';

/**
 * @param {string} name
 * @returns {string | undefined} the path of the built program, from the root; undefined if there is no such example
 */
export function exampleProgram(name) {
  return exampleNames().includes(name) ? join(FOLDER, name, 'dist', 'main.js') : undefined;
}

/** @returns {string} a line for each example: its name and the description in its package.json */
export function listOfExamples() {
  const names = exampleNames();
  const width = Math.max(...names.map((name) => name.length));
  const lines = names.map((name) => {
    const { description } = /** @type {{ description: string }} */ (
      readJson(join(ROOT, FOLDER, name, 'package.json'))
    );
    return `  ${name.padEnd(width)}  ${description}`;
  });
  return `Usage: npm run example <name>\n\n${lines.join('\n')}\n`;
}

/** @returns {string[]} what has a program; the demo and what the examples share have none */
function exampleNames() {
  return readdirSync(join(ROOT, FOLDER)).filter((name) =>
    existsSync(join(ROOT, FOLDER, name, 'src', 'main.ts')),
  );
}
