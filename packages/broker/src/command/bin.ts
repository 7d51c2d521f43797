#!/usr/bin/env node
// This process in → the command in it out.

import process from 'node:process';
import { runCommand, type StopSignal } from './run-command.js';

const SIGNALS: readonly StopSignal[] = ['SIGINT', 'SIGTERM'];
const OUTPUTS = [process.stdout, process.stderr] as const;

// When nobody reads the log any more the broker serves on.
for (const output of OUTPUTS) output.on('error', () => undefined);

void runCommand({
  argv: process.argv.slice(2),
  env: process.env,
  stdout: (line) => process.stdout.write(`${line}\n`),
  stderr: (line) => process.stderr.write(`${line}\n`),
  onSignal: (callback) => {
    for (const signal of SIGNALS) process.on(signal, callback);
  },
}).then(exit);

function exit(code: number): void {
  process.exitCode = code;
  if (code > 128) process.exit();
  // From here on a signal does what it does to every process.
  for (const signal of SIGNALS) process.removeAllListeners(signal);
  // What is still on its way into a pipe gets there first.
  process.stdout.write('', () => process.stderr.write('', () => process.exit()));
}
