// Arguments in → a finished child process out: its exit code and, unless inherited, all it wrote.
// Whatever ends this process ends its children and theirs too.

import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { ROOT } from './places.mjs';

/**
 * @typedef {object} Finished
 * @property {number} code 128 + the signal's number when a signal ended it, as in a shell
 * @property {string} output stdout and stderr as they came; empty when inherited
 */

// Long enough for a server to close its sockets, short enough not to press Ctrl-C twice.
const GRACE_MS = 3000;

// On POSIX each child leads a process group of its own: a signal then reaches its workers as well, and
// once, which a terminal's Ctrl-C on top of a forwarded one would not.
const GROUPS = process.platform !== 'win32';

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();

/** @type {NodeJS.Signals | undefined} */
let received;

for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.on(signal, () => {
    // The second time, whoever asks does not want to wait.
    const now = received === undefined ? signal : 'SIGKILL';
    received ??= signal;
    for (const child of running) signalTree(child, now);
    // With no child there is nothing to wait for.
    if (running.size === 0) process.exit(interruptedBy());
    setTimeout(() => {
      for (const child of running) signalTree(child, 'SIGKILL');
    }, GRACE_MS).unref();
  });
}
process.on('exit', () => {
  for (const child of running) signalTree(child, 'SIGKILL');
});

/** @returns {number | undefined} the exit code a shell gives the signal that came, if one came */
export function interruptedBy() {
  return received && exitCodeOf(received);
}

/**
 * Runs a script with this same Node.
 *
 * @param {readonly string[]} args the script and its arguments
 * @param {{ stdio?: 'inherit' | 'capture', env?: NodeJS.ProcessEnv }} [options]
 */
export function runNode(args, options) {
  return run(process.execPath, args, options);
}

/**
 * @param {string} file a program, never a shell
 * @param {readonly string[]} args
 * @param {{ stdio?: 'inherit' | 'capture', env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<Finished>}
 */
export function run(file, args, { stdio = 'capture', env = process.env } = {}) {
  // A child may take a signal calmly and exit with 0; nothing is started after one all the same.
  const interrupted = interruptedBy();
  if (interrupted !== undefined) return Promise.resolve({ code: interrupted, output: '' });
  return new Promise((resolve) => {
    const child = spawn(file, args, {
      cwd: ROOT,
      env,
      stdio: stdio === 'inherit' ? 'inherit' : ['ignore', 'pipe', 'pipe'],
      detached: GROUPS,
      windowsHide: true,
    });
    running.add(child);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
        output += text;
      });
    }
    child.on('error', (error) => {
      running.delete(child);
      resolve({ code: 127, output: `${output}${file}: ${error.message}\n` });
    });
    // What the child leaves behind would keep our pipes open, and its ports.
    child.on('exit', () => signalTree(child, 'SIGKILL'));
    child.on('close', (code, signal) => {
      running.delete(child);
      resolve({ code: code ?? (signal ? exitCodeOf(signal) : 1), output });
    });
  });
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {NodeJS.Signals} signal
 */
function signalTree(child, signal) {
  if (child.pid === undefined) return;
  try {
    if (GROUPS) process.kill(-child.pid, signal);
    else child.kill(signal);
  } catch {
    // Already gone, which is what was wanted.
  }
}

/** @param {NodeJS.Signals} signal */
function exitCodeOf(signal) {
  return 128 + constants.signals[signal];
}
