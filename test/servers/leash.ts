// A program and its arguments in → that program, for as long as stdin stays open. Whoever holds the other end
// may be killed and say nothing: the pipe closes all the same, and not every runtime could notice it by itself.

import { spawn } from 'node:child_process';

const [file = '', ...args] = process.argv.slice(2);
const child = spawn(file, args, { stdio: ['ignore', 'inherit', 'inherit'] });

const end = (): boolean => child.kill('SIGKILL');
process.stdin.on('close', end).resume();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
child.on('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(127);
});
child.on('exit', (code) => process.exit(code ?? 1));
