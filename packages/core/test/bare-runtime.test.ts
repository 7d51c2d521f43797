// The guard as it is built, on a runtime that has nothing of Node: a process that gives all of it up before it
// loads the guard.

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const run = promisify(execFile);

async function runBare(entry: string): Promise<unknown> {
  const program = fileURLToPath(new URL('programs/bare-runtime.mjs', import.meta.url));
  const url = new URL(`../dist/${entry}`, import.meta.url).href;
  const { stdout } = await run(process.execPath, [program, url]);
  return JSON.parse(stdout);
}

describe.each(['index-worker.js', 'index-fetch.js'])('without anything of Node, %s', (entry) => {
  it('loads, decides, warns on the console and knows of no current agent', async () => {
    expect(await runBare(entry)).toEqual({
      answers: [
        'allowed by broker, current agent: nobody',
        'allowed by cache, current agent: nobody',
        'insufficient_scope',
        'invalid_token',
        'broker_unavailable',
      ],
      requestId: expect.stringMatching(/^[0-9a-f]{16}$/),
      warned: [
        '[AGENTWRIT_REFUSING] requests are refused with broker_unavailable: the broker answered 500',
      ],
    });
  });
});
