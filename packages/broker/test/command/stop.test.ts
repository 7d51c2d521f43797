import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type Started, startedCommand, stopped } from './child.js';

const sockets: Socket[] = [];

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});

const BODY = '{"token":"x"}';

/** A request that the broker has begun to read and cannot answer before the rest is sent. */
async function requestUnderWay({ address }: Started): Promise<Socket> {
  const [host = '', port] = address.split(':');
  const socket = connect(Number(port), host);
  sockets.push(socket);
  socket.setEncoding('utf8');
  socket.write(
    `POST /v1/token/validate HTTP/1.1\r\nhost: x\r\ncontent-length: ${BODY.length}\r\nexpect: 100-continue\r\n\r\n`,
  );
  const [head] = await once(socket, 'data');
  expect(head).toMatch(/^HTTP\/1\.1 100 /);
  return socket;
}

describe('a signal', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('stops an idle broker: %s', async (signal) => {
    const started = await startedCommand();
    // Its connection stays, idle.
    expect((await started.call('GET', '/v1/health')).status).toBe(200);
    const { code, stderr, stdout } = await stopped(started, signal);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`| main | ${signal}: finishing running requests`);
  });

  it('waits for the request that is running', async () => {
    const started = await startedCommand();
    const socket = await requestUnderWay(started);
    started.child.kill('SIGTERM');
    await started.line(/SIGTERM: finishing/);
    // Nobody new gets in.
    await expect(started.call('GET', '/v1/health')).rejects.toThrow('fetch failed');
    const answer = once(socket, 'data');
    socket.write(BODY);
    expect((await answer).join()).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*\{"valid":false,/);
    expect(await started.finished).toMatchObject({ code: 0, stderr: '' });
  });

  it.each([
    { first: 'SIGTERM', second: 'SIGINT', code: 130 },
    { first: 'SIGINT', second: 'SIGTERM', code: 143 },
    { first: 'SIGTERM', second: 'SIGTERM', code: 143 },
  ] as const)('ends it at once the second time: $second', async ({ first, second, code }) => {
    const started = await startedCommand();
    await requestUnderWay(started);
    started.child.kill(first);
    await started.line(/finishing/);
    const since = performance.now();
    expect(await stopped(started, second)).toMatchObject({ code, signal: null });
    // The request would have had ten seconds.
    expect(performance.now() - since).toBeLessThan(5000);
  });
});

describe('a log that nobody reads any more', () => {
  it('does not stop the broker', async () => {
    const started = await startedCommand({ env: { AA_LOG_LEVEL: 'trace' } });
    started.child.stdout.destroy();
    await once(started.child.stdout, 'close');
    for (let times = 0; times < 3; times += 1) {
      expect((await started.call('GET', '/v1/health')).status).toBe(200);
    }
    expect(await stopped(started)).toMatchObject({ code: 0, stderr: '' });
  });

  it('does not stop a second signal either', async () => {
    const { child, ...started } = await startedCommand({ env: { AA_LOG_LEVEL: 'trace' } });
    const ended = once(child, 'exit');
    child.stdout.pause();
    // More than any pipe holds.
    const headers = { 'x-request-id': 'x'.repeat(10_000) };
    for (let times = 0; times < 60; times += 1) {
      await fetch(`http://${started.address}/v1/health`, { headers });
    }
    await requestUnderWay({ child, ...started });
    child.kill('SIGINT');
    child.kill('SIGTERM');
    // Of two that come at once either may be the second.
    expect([130, 143]).toContain((await ended)[0]);
    child.stdout.resume();
  });
});
