// The name of a command in → its exit code out.

import { readdirSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { interruptedBy, runNode } from './child.mjs';
import { exampleProgram, listOfExamples } from './examples.mjs';
import { installOnce, PEERS, RUNTIMES } from './install.mjs';
import { pack } from './pack.mjs';
import { ROOT, toolPath } from './places.mjs';
import { runStep } from './step.mjs';
import { runTests } from './tests.mjs';

const DEMO = join('examples', 'orders', 'dist', 'demo.js');
const BENCH = join(PEERS, 'dist', 'main.js');

const USAGE = `Usage: node scripts/run.mjs <command>

  build                  install what is needed and build every package
  demo [args]            build, then run ${DEMO}
  example [name] [args]  build, then run an example; list them when there is no name
  pack                   build, then pack every package, to be installed elsewhere
  bench [options]        install the packages that the guard is compared with, build, measure; --help says more
  test [args]            install the runtimes that the tests need too, build, check format, types and lint,
                         then run the tests; args go to vitest
`;

/**
 * @param {string | undefined} command
 * @param {readonly string[]} args what follows the command, handed on as it is
 * @returns {Promise<number>} the exit code
 */
export async function runCommand(command, args) {
  if (command === 'example') return runExample(args);
  if (command === 'demo') return runProgram([DEMO, ...args]);
  if (command === 'bench') return runBench(args);
  if (command !== 'build' && command !== 'pack' && command !== 'test') {
    console.error(USAGE);
    return 2;
  }
  if (!(await installOnce(command === 'test' ? RUNTIMES : undefined))) return interruptedBy() ?? 1;
  if (command === 'test') return runTests({ build, args });
  const isDone = (await build()) && (command === 'build' || (await pack()));
  return isDone ? 0 : (interruptedBy() ?? 1);
}

/** @param {readonly string[]} args the example's name, and what is handed on to it */
function runExample([name, ...args]) {
  if (name === undefined) {
    console.log(listOfExamples());
    return 0;
  }
  const program = exampleProgram(name);
  if (program !== undefined) return runProgram([program, ...args]);
  console.error(`There is no example ${JSON.stringify(name)}.\n\n${listOfExamples()}`);
  return 2;
}

/** @param {readonly string[]} program what is built, and its arguments */
async function runProgram(program) {
  if (!(await installOnce()) || !(await build())) return interruptedBy() ?? 1;
  const { code } = await runNode(program, { stdio: 'inherit' });
  return code;
}

/** @param {readonly string[]} args its options */
async function runBench(args) {
  if (!(await installOnce(PEERS)) || !(await build([PEERS]))) return interruptedBy() ?? 1;
  const { code } = await runNode([BENCH, ...args], { stdio: 'inherit' });
  if (code !== 0 || !args.includes('--write')) return code;
  const formatted = await runStep('format', () =>
    runNode([toolPath('@biomejs/biome', 'biome'), 'format', '--write', 'docs']),
  );
  return formatted ? 0 : (interruptedBy() ?? 1);
}

/**
 * Builds packages and examples, not their tests, so that a demo does not wait for those.
 *
 * @param {readonly string[]} more folders to build as well
 */
function build(more = []) {
  const projects = ['packages', 'examples'].flatMap((folder) =>
    readdirSync(join(ROOT, folder))
      .map((name) => join(folder, name))
      .filter((path) => existsSync(join(ROOT, path, 'tsconfig.json'))),
  );
  return runStep('build', () =>
    runNode([toolPath('typescript', 'tsc'), '-b', ...projects, ...more]),
  );
}
