// The tree in → every check and every test run, one closing line and an exit code out.

import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { interruptedBy, runNode } from './child.mjs';
import { readJson, ROOT, toolPath } from './places.mjs';
import { COLOURS, runStep } from './step.mjs';
import { addTallies, closingLine, tallyOfReport } from './tally.mjs';

/** @typedef {import('./tally.mjs').Tally} Tally */

/** @type {Tally} */
const PASSED = { passed: 1, failed: 0, skipped: 0 };
/** @type {Tally} */
const FAILED = { passed: 0, failed: 1, skipped: 0 };
/** @type {Tally} */
const SKIPPED = { passed: 0, failed: 0, skipped: 1 };

/**
 * Runs all of them even when one fails, except that what reads built packages needs the build.
 *
 * @param {{ build: () => Promise<boolean>, args: readonly string[] }} options `args` go to vitest
 * @returns {Promise<number>} the exit code
 */
export async function runTests({ build, args }) {
  const built = await build();
  /** @type {Tally[]} */
  const tallies = [built ? PASSED : FAILED];
  for (const { name, command, needsBuild } of checks()) {
    if (interruptedBy() !== undefined) break;
    if (needsBuild && !built) {
      console.log(`${name} ... not run: it needs the build`);
      tallies.push(SKIPPED);
    } else {
      tallies.push((await runStep(name, () => runNode(command))) ? PASSED : FAILED);
    }
  }
  if (interruptedBy() === undefined) {
    if (!built) console.log('tests ... not run: they need the build');
    tallies.push(built ? await runVitest(args) : SKIPPED);
  }
  const interrupted = interruptedBy();
  if (interrupted !== undefined) {
    console.error('Interrupted.');
    return interrupted;
  }
  const skippedFails = process.env['CI'] === 'true';
  const total = addTallies(tallies, { skippedFails });
  const skipped = tallies.reduce((sum, tally) => sum + tally.skipped, 0);
  if (skippedFails && skipped > 0) console.log(`Skipped: ${skipped}, failed because CI is set.`);
  console.log(closingLine(total));
  return total.failed === 0 ? 0 : 1;
}

function checks() {
  return [
    {
      name: 'format',
      command: [toolPath('@biomejs/biome', 'biome'), 'format', '.'],
      needsBuild: false,
    },
    {
      name: 'types of tests and scripts',
      command: [toolPath('typescript', 'tsc'), '-b'],
      needsBuild: true,
    },
    {
      name: 'lint',
      command: [toolPath('oxlint', 'oxlint'), '--type-aware', '--deny-warnings'],
      needsBuild: true,
    },
  ];
}

/**
 * @param {readonly string[]} args
 * @returns {Promise<Tally>}
 */
async function runVitest(args) {
  const folder = join(ROOT, 'node_modules', '.cache', 'agentwrit');
  const report = join(folder, `vitest-${process.pid}.json`);
  mkdirSync(folder, { recursive: true });
  // vitest writes colours into files and pipes as well when CI is set.
  const { FORCE_COLOR: _, ...plain } = process.env;
  const env = COLOURS ? process.env : { ...plain, NO_COLOR: '1' };
  try {
    const { code } = await runNode(
      [
        toolPath('vitest', 'vitest'),
        'run',
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${report}`,
        ...args,
      ],
      { stdio: 'inherit', env },
    );
    if (interruptedBy() !== undefined) return FAILED;
    return tallyOfReport(existsSync(report) ? readJson(report) : undefined, code);
  } finally {
    rmSync(report, { force: true });
  }
}
