import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { createAuditFile } from '../../src/index.js';
import { errorOf, folder, opened } from './scene.js';

const PROGRAM = fileURLToPath(new URL('../programs/open-audit-files.mjs', import.meta.url));

interface Other {
  readonly child: ChildProcessByStdio<Writable, Readable, null>;
  readonly open: (path: string) => Promise<string>;
  readonly kill: () => Promise<unknown>;
}

const others: Other[] = [];

afterEach(async () => {
  await Promise.all(others.splice(0).map((other) => other.kill()));
});

async function otherProcess(): Promise<Other> {
  const child = spawn(process.execPath, ['--no-warnings', PROGRAM], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => child.on('close', resolve));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<string> => {
    const line = await lines.next();
    return line.done === true ? 'the process has ended' : line.value;
  };
  const other: Other = {
    child,
    open: (path) => {
      child.stdin.write(`${path}\n`);
      return next();
    },
    kill: () => {
      child.kill('SIGKILL');
      return ended;
    },
  };
  others.push(other);
  expect(await next()).toBe('ready');
  return other;
}

function place(): string {
  return join(folder(), 'audit.jsonl');
}

describe('a file that another process writes', () => {
  it('is in use until that is killed, and then free at once', async () => {
    const path = place();
    const other = await otherProcess();
    expect(await other.open(path)).toBe('held');
    const error = errorOf(() => createAuditFile({ path }));
    expect(error).toMatchObject({ code: 'in_use' });
    expect(String(error)).toContain(`process ${other.child.pid}`);
    await other.kill();
    const file = opened({ path });
    await file.close();
    expect(readdirSync(join(path, '..'))).toEqual(['audit.jsonl']);
  });

  it('is had by one of several that find it left behind at the same time', async () => {
    const processes = await Promise.all([otherProcess(), otherProcess(), otherProcess()]);
    const dead = await otherProcess();
    const left = place();
    await dead.open(left);
    await dead.kill();
    const lock = readFileSync(`${left}.lock`, 'utf8');
    for (let round = 0; round < 20; round += 1) {
      const path = place();
      writeFileSync(`${path}.lock`, lock);
      const answers = await Promise.all(processes.map((other) => other.open(path)));
      expect(answers.toSorted()).toEqual(['held', 'in_use', 'in_use']);
      expect(readdirSync(join(path, '..')).toSorted()).toEqual(['audit.jsonl', 'audit.jsonl.lock']);
    }
  });
});

describe('a lock that was left behind', () => {
  const leave = (holder: unknown): string => {
    const path = place();
    writeFileSync(`${path}.lock`, typeof holder === 'string' ? holder : JSON.stringify(holder));
    return path;
  };
  const ownLock = (): { readonly pid: number; readonly host: string; readonly started: string } => {
    const path = place();
    opened({ path });
    return JSON.parse(readFileSync(`${path}.lock`, 'utf8')) as ReturnType<typeof ownLock>;
  };

  it.runIf(process.platform === 'linux')(
    'is free when a later process has the same id',
    async () => {
      const own = ownLock();
      expect(own).toMatchObject({ pid: process.pid, host: hostname() });
      const path = leave({ ...own, started: `${own.started}1` });
      await opened({ path }).close();
      expect(existsSync(`${path}.lock`)).toBe(false);
    },
  );

  it.each([
    { name: 'its process is alive', holder: () => ownLock() },
    { name: 'it is of another host', holder: () => ({ ...ownLock(), host: 'orders-2', pid: 1 }) },
    {
      name: 'its process is alive and nobody knows since when',
      holder: () => ({ ...ownLock(), started: '' }),
    },
    { name: 'it says nothing', holder: () => '' },
    { name: 'it is something else', holder: () => ({ pid: -1, host: hostname(), started: '' }) },
  ])('is respected when $name, and the message says what to do', ({ holder }) => {
    const path = leave(holder());
    const before = readFileSync(`${path}.lock`, 'utf8');
    const error = errorOf(() => createAuditFile({ path }));
    expect(error).toMatchObject({ code: 'in_use' });
    expect(String(error)).toContain(`remove ${path}.lock`);
    expect(readFileSync(`${path}.lock`, 'utf8')).toBe(before);
    expect(readdirSync(join(path, '..'))).toEqual(['audit.jsonl.lock']);
  });
});

describe('closing', () => {
  it('leaves a lock that is somebody else’s', async () => {
    const path = place();
    const file = opened({ path });
    writeFileSync(`${path}.lock`, 'another');
    await file.close();
    expect(readFileSync(`${path}.lock`, 'utf8')).toBe('another');
  });
});
