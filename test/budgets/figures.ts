// The name of a form → what one warm request costs in it, as processes of their own have counted it, out. No times: the
// same on every run, however busy the machine.

import { join } from 'node:path';
import { ROOT, start } from '../programs.js';
import type { FormName } from './programs/forms.js';
import type { Ran } from './programs/steps.js';

// No collection while it is counted, and one thread: what is compiled is compiled at the same request in every run.
const STEADY = ['--single-threaded', '--min-semi-space-size=64', '--max-semi-space-size=64'];
const INTERPRETED = ['--no-opt', '--no-maglev', '--no-sparkplug'];

/**
 * What a request allocates, in bytes.
 *
 * - `written`: as the interpreter does, which makes every object that the source says. The same on every version of V8.
 * - `compiled`: what is left of that when the optimising compiler has done its work. Its versions differ.
 */
export type Allocation = 'written' | 'compiled';

export async function allocatedBytes(form: FormName, allocation: Allocation): Promise<number> {
  const flags = allocation === 'written' ? [...STEADY, ...INTERPRETED] : STEADY;
  const { bytes } = (await run('allocation', flags, [form])) as { readonly bytes: number };
  return bytes;
}

/** The functions that run for a request, by form. */
export async function countedSteps(): Promise<Readonly<Record<FormName, readonly Ran[]>>> {
  return (await run('steps', INTERPRETED, [])) as Readonly<Record<FormName, readonly Ran[]>>;
}

async function run(
  program: string,
  flags: readonly string[],
  args: readonly string[],
): Promise<unknown> {
  const path = join(ROOT, 'test', 'budgets', 'programs', 'dist', `${program}.js`);
  const { code, output } = await start(['--no-warnings', ...flags, path, ...args], {
    // What is said to this Node (a test runner's loader, say) is not meant for the program.
    env: { NODE_OPTIONS: '', NODE_V8_COVERAGE: '', NODE_ENV: 'production' },
    timeoutMs: 60_000,
  }).finished;
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${output}`);
  return JSON.parse(output);
}
