import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { chainIn, folder, opened, said } from './scene.js';

const PROGRAM = fileURLToPath(new URL('../programs/write-until-killed.mjs', import.meta.url));
const KILLS = 50;

/** @returns what was acknowledged until the program was killed, a moment after so many lines */
function killedAfter(
  lines: number,
  pauseMs: number,
  args: readonly string[],
): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--no-warnings', PROGRAM, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    let isDue = false;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (isDue || output.split('\n').length <= lines) return;
      isDue = true;
      setTimeout(() => child.kill('SIGKILL'), pauseMs);
    });
    child.on('close', (_code, signal) => {
      if (signal === 'SIGKILL') resolve(output.split('\n').slice(0, -1));
      else reject(new Error(`ended by itself: ${output}`));
    });
  });
}

describe('a process that is killed at any moment', () => {
  it(`leaves each acknowledged record once, in one whole chain (${KILLS} kills)`, async () => {
    const directory = folder();
    const path = join(directory, 'audit.jsonl');
    const acknowledged: string[] = [];
    for (let run = 1; run <= KILLS; run += 1) {
      const lines = Math.floor(Math.random() * 200);
      const printed = await killedAfter(lines, Math.random() * 5, [path, `run-${run}`]);
      expect(printed.length).toBeGreaterThanOrEqual(lines);
      acknowledged.push(...printed);
    }
    // The last may have left half a line.
    await opened({ path }).close();

    const counts = new Map<string, number>();
    for (const id of said(chainIn(directory))) counts.set(id, (counts.get(id) ?? 0) + 1);
    expect(acknowledged.filter((id) => counts.get(id) !== 1)).toEqual([]);
    expect(acknowledged.length).toBeGreaterThan(KILLS);
    expect(readdirSync(directory).length).toBeGreaterThan(2);
  }, 120_000);
});
