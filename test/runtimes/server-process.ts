// A program and its arguments in → a server on a port of 127.0.0.1 out, which ends with the process that started it.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { serverPath } from './server-path.js';

// Its cache beside the others, and no look for a newer version.
const DENO = {
  DENO_DIR: fileURLToPath(new URL('../../node_modules/.cache/deno', import.meta.url)),
  DENO_NO_UPDATE_CHECK: '1',
};

export interface ServerProcess {
  readonly port: number;
  readonly stop: () => Promise<void>;
}

/**
 * Resolves as soon as the program has said on stdout which port it listens on.
 *
 * @throws Error with what it wrote to stderr when it ends without
 */
export async function startServer(
  program: string,
  args: readonly string[],
): Promise<ServerProcess> {
  // What is said to this Node may be nonsense to another.
  const { NODE_OPTIONS: _, ...env } = process.env;
  const leash = spawn(process.execPath, [serverPath('leash'), program, ...args], {
    env: { ...env, NODE_ENV: 'production', NO_COLOR: '1', ...DENO },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const ended = once(leash, 'close');
  let complaint = '';
  leash.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  for await (const line of createInterface(leash.stdout)) {
    const port = announcedPort(line);
    if (port === undefined) continue;
    // Whatever it says from now on must not fill the pipe.
    leash.stdout.resume();
    return {
      port,
      async stop() {
        leash.stdin.end();
        await ended;
      },
    };
  }
  await ended;
  throw new Error(`${program} ended before it listened: ${complaint}`);
}

/** From `{"event":"listen","port":8080}`, with more fields or none. */
function announcedPort(line: string): number | undefined {
  const port = /"port":(\d{1,5})\b/.exec(line)?.[1];
  return port === undefined ? undefined : Number(port);
}
