// A piece of work in → one line about it out, and all that it wrote when it failed.

import { interruptedBy } from './child.mjs';

// NO_COLOR counts when it is not empty (no-color.org).
export const COLOURS = process.stdout.isTTY && !process.env['NO_COLOR'];
const OK = COLOURS ? '\u001b[32mok\u001b[39m' : 'ok';
const FAILED = COLOURS ? '\u001b[31mFAILED\u001b[39m' : 'FAILED';

/**
 * @param {string} name
 * @param {() => Promise<import('./child.mjs').Finished>} work
 * @returns {Promise<boolean>} whether it succeeded
 */
export async function runStep(name, work) {
  process.stdout.write(`${name} ... `);
  const startedAt = performance.now();
  const { code, output } = await work();
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  if (interruptedBy() !== undefined) {
    console.log(`interrupted (${seconds} s)`);
    return false;
  }
  console.log(`${code === 0 ? OK : FAILED} (${seconds} s)`);
  if (code !== 0) console.log(output.trimEnd() || `It wrote nothing; exit code ${code}.`);
  return code === 0;
}
