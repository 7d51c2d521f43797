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
  // After a second signal nothing is waited for, not even the readers of the last lines.
  if (code > 128) process.exit();
}
