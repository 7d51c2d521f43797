#!/usr/bin/env node
// This process in → the command in it out.

import process from 'node:process';
import { addAbortSignal } from 'node:stream';
import { isatty } from 'node:tty';
import { runCommand } from './run-command.js';
import { Ending, EXIT } from './verb.js';

const ending = new AbortController();

// Whoever read has had enough (`| head`), which is no failure.
process.stdout.on('error', () => ending.abort(new Ending(EXIT.ok)));
process.stderr.on('error', () => undefined);

process.on('SIGINT', () => {
  // The second one does not wait for anything.
  if (ending.signal.aborted) process.exit(EXIT.interrupted);
  ending.abort(new Ending(EXIT.interrupted));
});

// Back to the first column, and away with what stands there (ECMA-48 EL).
const REWRITE = '\r\u001b[2K';

void runCommand({
  argv: process.argv.slice(2),
  env: process.env,
  stdin: {
    isTerminal: isatty(0),
    // Looked at only when it is wanted: it would keep the process from ending.
    read: () => addAbortSignal(ending.signal, process.stdin),
  },
  stdout: (line) => process.stdout.write(`${line}\n`),
  stderr: (line) => process.stderr.write(`${line}\n`),
  status: (line) => {
    if (isatty(2)) process.stderr.write(`${REWRITE}${line}`);
  },
  signal: ending.signal,
  now: Date.now,
}).then((code) => {
  process.exitCode = code;
});
