// Servers on every runtime without a guard: what the harness itself promises, and what a runtime shows of a request.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { beforeAll, describe, expect, it } from 'vitest';
import { send } from './raw-client.js';
import { nodes, others } from './runtimes/runtimes.js';
import { serverPath } from './runtimes/server-path.js';
import type { ServerProcess } from './runtimes/server-process.js';

const NO_BROKER = 'http://127.0.0.1:9';

const runtimes = [...nodes, ...others];
const installed = runtimes.filter(({ program }) => program !== undefined);
const missing = runtimes.filter(({ program }) => program === undefined);

it.for(missing)('$name: npm has no package of it for this machine', (_, { skip }) => skip());

describe.each(installed)('$name', ({ name, serve }) => {
  let server: ServerProcess;
  beforeAll(async () => {
    server = await serve('echo', NO_BROKER);
    return () => server.stop();
  }, 30_000);

  // A guard that sees one of two credentials would decide on one while a proxy before it decided on the other.
  it.each([
    { sent: ['Bearer a'] },
    { sent: ['Bearer a', 'Bearer b'] },
    { sent: ['Bearer a', 'Bearer a'] },
    { sent: ['Basic a', 'Bearer b', 'Bearer c'] },
    { sent: ['Bearer a', ''] },
    // workerd takes an empty value for none, unless another came before it.
    { sent: [''], onWorkerd: null },
    { sent: ['', ''], onWorkerd: null },
    { sent: ['', 'Bearer b'], onWorkerd: 'Bearer b' },
  ])('joins the Authorization fields $sent', async ({ sent, onWorkerd }) => {
    const answer = await send(server.port, {
      method: 'GET',
      target: '/',
      headers: sent.map((value) => ['Authorization', value] as const),
    });
    const joined =
      onWorkerd !== undefined && name.startsWith('workerd') ? onWorkerd : sent.join(', ');
    expect(JSON.parse(answer.body)).toEqual({ authorization: joined });
  });

  it('tells of a request without credentials', async () => {
    const answer = await send(server.port, { method: 'GET', target: '/', headers: [] });
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body)).toEqual({ authorization: null });
  });
});

describe('a server', () => {
  it.each(installed)('on $name is gone when it was stopped', async ({ serve }) => {
    const server = await serve('echo', NO_BROKER);
    await server.stop();
    await expect(
      send(server.port, { method: 'GET', target: '/', headers: [] }),
    ).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it.each(installed)('on $name says why it did not start', async ({ serve }) => {
    await expect(serve('nothing', NO_BROKER)).rejects.toThrow(/no app "nothing"|nothing\.js/);
  });

  it('ends with whoever started it, though that one was killed', async () => {
    const args = [serverPath('leash'), process.execPath, serverPath('node'), 'echo', NO_BROKER];
    const starter = spawn(
      process.execPath,
      [
        '-e',
        `require('node:child_process').spawn(process.execPath, ${JSON.stringify(args)}, {
          stdio: ['pipe', 'inherit', 'inherit'],
        });`,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    await once(starter.stdout, 'data');
    starter.kill('SIGKILL');
    // The server holds the other end of this pipe as well.
    await once(starter.stdout, 'end');
  });
});
