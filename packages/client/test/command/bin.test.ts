import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { createTestBroker, type TestBroker } from '@agentwrit/broker/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { linesOf, logOf } from '../../../audit/test/verification/sealed-log.js';

// As built: a child process reads no TypeScript.
const BIN = fileURLToPath(new URL('../../dist/command/bin.js', import.meta.url));

const running = new Set<ChildProcessByStdio<Writable, Readable, Readable>>();

afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
});

function start(broker: TestBroker, args: readonly string[], nodeArgs: readonly string[] = []) {
  const child = spawn(process.execPath, ['--no-warnings', ...nodeArgs, BIN, ...args], {
    env: { AGENTWRIT_BROKER_URL: broker.url, AGENTWRIT_ADMIN_SECRET: broker.adminSecret },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  running.add(child);
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = new Promise<{ code: number | null; stderr: string }>((resolve) => {
    child.on('close', (code) => {
      running.delete(child);
      resolve({ code, stderr });
    });
  });
  return { child, ended };
}

async function text(stream: Readable): Promise<string> {
  let all = '';
  for await (const chunk of stream) all += String(chunk);
  return all;
}

describe('the command', () => {
  it('reads a token from a pipe and ends with what came of it', async () => {
    await using broker = await createTestBroker();
    const { token, tokenId } = await broker.issueToken({ scope: ['read:data:*'] });
    const inspect = async () => {
      const { child, ended } = start(broker, ['token', 'inspect']);
      child.stdin.end(token);
      const [stdout, { code }] = await Promise.all([text(child.stdout), ended]);
      return { code, headline: stdout.split('\n')[0] };
    };
    expect(await inspect()).toEqual({ code: 0, headline: 'VALID, says the broker' });
    broker.revoke({ level: 'token', target: tokenId });
    expect(await inspect()).toMatchObject({ code: 1 });
    await broker.goDown();
    expect(await inspect()).toMatchObject({ code: 3 });
  });

  it('reads an audit file from a pipe, and needs no broker for it', async () => {
    await using broker = await createTestBroker();
    await broker.goDown();
    const { child, ended } = start(broker, ['audit', 'verify', '-']);
    child.stdin.end(linesOf(logOf(2000)).join('\n') + '\n');
    const [stdout, { code, stderr }] = await Promise.all([text(child.stdout), ended]);
    expect(stdout.split('\n')[0]).toBe('SOUND: 2000 events in 1 file');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  it('does not wait for the rest of a pipe when it has found the first break', async () => {
    await using broker = await createTestBroker();
    const { child, ended } = start(broker, ['audit', 'verify', '-']);
    // Of a writer that has no end; this one gets to know that nobody reads any more.
    child.stdin.on('error', () => undefined).write('no event\n');
    expect(await ended).toMatchObject({ code: 1 });
  });

  it('ends with 2 and the usage on stderr when it is used wrongly', async () => {
    await using broker = await createTestBroker();
    const { child, ended } = start(broker, []);
    expect(await text(child.stdout)).toBe('');
    const { code, stderr } = await ended;
    expect(code).toBe(2);
    expect(stderr).toMatch(/^agentwrit: a command is missing: .*\nUsage: agentwrit \{/);
  });

  it('ends quietly when its reader has had enough', async () => {
    await using broker = await createTestBroker();
    const { child, ended } = start(broker, ['audit', 'events', '--follow']);
    child.stdout.once('data', () => {
      child.stdout.destroy();
      broker.revoke({ level: 'task', target: 'one-more-line' });
    });
    expect(await ended).toEqual({ code: 0, stderr: '' });
  });

  it('ends with 130 at SIGINT', async () => {
    await using broker = await createTestBroker();
    const { child, ended } = start(broker, ['audit', 'events', '--follow']);
    child.stdout.once('data', () => child.kill('SIGINT'));
    expect(await ended).toEqual({ code: 130, stderr: '' });
  });

  it('ends with 130 at SIGINT while it waits for a token', async () => {
    await using broker = await createTestBroker();
    // Says when the signal no longer ends the process by itself.
    const tell = `process.on('newListener', (name) => name === 'SIGINT' && console.error('ready'))`;
    const { child, ended } = start(
      broker,
      ['token', 'release'],
      [`--import=data:text/javascript,${tell}`],
    );
    child.stderr.once('data', () => child.kill('SIGINT'));
    expect(await ended).toEqual({ code: 130, stderr: 'ready\n' });
  });
});
