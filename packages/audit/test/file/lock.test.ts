import { once } from 'node:events';
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import {
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { Worker } from 'node:worker_threads';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { openAuditFile } from '../../src/file/audit-file.js';
import { type Disk, nodeDisk } from '../../src/file/disk.js';
import { lockFile } from '../../src/file/lock.js';
import { LockFile, readLock } from '../../src/file/lock-file.js';
import { createAuditFile } from '../../src/index.js';
import { allowed, errorOf, folder, opened } from './scene.js';

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

const lockOf = (path: string): string => `${path}.lock`;
const namesBeside = (path: string): readonly string[] => readdirSync(join(path, '..')).toSorted();

interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly boot: string;
  readonly namespace: string;
  readonly started: string;
}

function ownLock(): Holder {
  const path = place();
  opened({ path });
  return JSON.parse(readFileSync(lockOf(path), 'utf8')) as Holder;
}

/** @returns the path of the audit file */
function leave(holder: unknown, secondsAgo = 0): string {
  const path = place();
  writeFileSync(lockOf(path), typeof holder === 'string' ? holder : JSON.stringify(holder));
  const at = Date.now() / 1000 - secondsAgo;
  utimesSync(lockOf(path), at, at);
  return path;
}

/** No process has it: ids are below 2^22. */
const NO_PID = 5_000_000;

describe('a lock that was left behind', () => {
  it.runIf(process.platform === 'linux')(
    'is free when a later process has the same id',
    async () => {
      const own = ownLock();
      expect(own).toMatchObject({ pid: process.pid, host: hostname() });
      const path = leave({ ...own, started: `${own.started}1` });
      await opened({ path }).close();
      expect(existsSync(lockOf(path))).toBe(false);
    },
  );

  it.each([
    { name: 'its process is alive', holder: () => ownLock(), secondsAgo: 3600 },
    {
      name: 'its process is alive and nobody knows since when',
      holder: () => ({ ...ownLock(), started: '' }),
      secondsAgo: 3600,
    },
  ])('is respected as long as $name, and the message says what to do', ({ holder, secondsAgo }) => {
    const path = leave(holder(), secondsAgo);
    const before = readFileSync(lockOf(path), 'utf8');
    const error = errorOf(() => createAuditFile({ path }));
    expect(error).toMatchObject({ code: 'in_use' });
    expect(String(error)).toContain(`remove ${lockOf(path)}`);
    expect(readFileSync(lockOf(path), 'utf8')).toBe(before);
    expect(namesBeside(path)).toEqual(['audit.jsonl.lock']);
  });

  it.each([
    { name: 'of another host', change: { host: 'orders-2' } },
    { name: 'of another container with the name of this host', change: { namespace: 'pid:[1]' } },
    { name: 'of another start of a machine', change: { boot: 'another' } },
    { name: 'empty, as after a power cut', holder: '' },
    { name: 'something else', holder: '{"pid":-1}' },
  ])(
    'cannot be asked when it is $name: it is free ten seconds after its last sign of life',
    async ({ change, holder }) => {
      const left = holder ?? { ...ownLock(), pid: NO_PID, ...change };
      const fresh = leave(left, 5);
      expect(errorOf(() => createAuditFile({ path: fresh }))).toMatchObject({ code: 'in_use' });
      expect(namesBeside(fresh)).toEqual(['audit.jsonl.lock']);

      const stale = leave(left, 12);
      const file = opened({ path: stale, required: true });
      await file(allowed('req-1'));
      expect(namesBeside(stale)).toEqual(['audit.jsonl', 'audit.jsonl.lock']);
    },
  );

  it.each([
    { when: 'ahead', secondsAgo: -7200 },
    { when: 'behind', secondsAgo: 7200 },
  ])(
    'whose clock is hours $when is free if its holder gives no sign, and only then',
    async ({ secondsAgo }) => {
      const left = { ...ownLock(), pid: NO_PID, namespace: 'pid:[1]' };
      await opened({ path: leave(left, secondsAgo) }).close();

      const alive = leave(left, secondsAgo);
      // In a thread of its own: whoever wants the lock stands still while he looks.
      const holder = new Worker(
        `const { utimesSync } = require('node:fs');
        let at = Date.now() / 1000 - ${secondsAgo};
        setInterval(() => utimesSync(${JSON.stringify(lockOf(alive))}, (at += 1), at), 300);`,
        { eval: true },
      );
      await once(holder, 'online');
      try {
        expect(errorOf(() => createAuditFile({ path: alive }))).toMatchObject({ code: 'in_use' });
      } finally {
        await holder.terminate();
      }
    },
  );

  it('does not stop anybody by a claim that was left, too', async () => {
    const dead = { ...ownLock(), pid: NO_PID };
    const path = leave(dead);
    writeFileSync(`${lockOf(path)}.claim`, JSON.stringify(dead));
    await opened({ path }).close();
    expect(namesBeside(path)).toEqual(['audit.jsonl']);
  });
});

describe('a lock that is to be removed', () => {
  it('stays, whole, when another has come in its place since it was looked at', () => {
    const path = lockOf(place());
    writeFileSync(path, 'left');
    const left = readLock(path);
    writeFileSync(`${path}.next`, 'alive');
    renameSync(`${path}.next`, path);
    const own = new LockFile(path, 'own');
    onTestFinished(() => own.close());
    if (left) own.removeOther(path, left);
    expect(readFileSync(path, 'utf8')).toBe('alive');
    const alive = readLock(path);
    if (alive) own.removeOther(path, alive);
    expect(existsSync(path)).toBe(false);
    own.close();
    expect(readdirSync(join(path, '..'))).toEqual([]);
  });
});

describe('a name that is too long for a lock beside it', () => {
  // Of 255 that a name may have.
  it.each([200, 228, 232, 233, 234, 238, 250, 260])(
    'is told at the start or never: %d',
    async (length) => {
      const path = join(folder(), 'x'.repeat(length));
      try {
        await opened({ path }).close();
      } catch (error) {
        expect(error).toMatchObject({ code: 'open_failed' });
      }
      expect(namesBeside(path).filter((name) => name.includes('.lock'))).toEqual([]);
    },
  );
});

describe('a lock that is held', () => {
  /** As one does that thinks this process is gone. */
  const takeOver = (path: string): void => {
    writeFileSync(`${path}.other`, 'another');
    renameSync(`${path}.other`, lockOf(path));
  };

  it('gives a sign of life every second', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const path = place();
    opened({ path });
    const text = readFileSync(lockOf(path), 'utf8');
    for (let beat = 0; beat < 2; beat += 1) {
      utimesSync(lockOf(path), 1000, 1000);
      vi.advanceTimersByTime(1000);
      await vi.waitFor(() => expect(statSync(lockOf(path)).mtimeMs).toBeGreaterThan(2_000_000));
    }
    expect(readFileSync(lockOf(path), 'utf8')).toBe(text);
  });

  it.each([true, false])(
    'is looked at before anything is written: required %o',
    async (required) => {
      const path = place();
      const file = opened({ path, required });
      void file(allowed('req-1'));
      await file.flush();
      const before = readFileSync(path, 'utf8');
      takeOver(path);
      const answer = file(allowed('lost'));
      if (required) await expect(answer).rejects.toMatchObject({ code: 'in_use' });
      await expect(file.flush()).rejects.toMatchObject({ code: 'in_use' });
      // Not even when it is free again.
      rmSync(lockOf(path));
      await expect(file.flush()).rejects.toMatchObject({ code: 'in_use' });
      await expect(file.close()).rejects.toMatchObject({ code: 'in_use' });
      expect(readFileSync(path, 'utf8')).toBe(before);
      expect(file.faults.map(({ code }) => code)).toEqual(
        required ? ['in_use'] : ['in_use', 'closed'],
      );
    },
  );

  it('is looked at again before anything is acknowledged', async () => {
    const path = place();
    const disk: Disk = {
      ...nodeDisk,
      open: (name) => {
        const file = nodeDisk.open(name);
        return { ...file, sync: () => file.sync().then(() => takeOver(path)) };
      },
    };
    const options = { path, required: true, onFault: () => undefined };
    const file = openAuditFile(options, { disk, lock: lockFile, realPath: (name) => name });
    await expect(file(allowed('req-1'))).rejects.toMatchObject({ code: 'in_use' });
    await expect(file(allowed('req-2'))).rejects.toMatchObject({ code: 'in_use' });
    await expect(file.close()).rejects.toMatchObject({ code: 'in_use' });
  });

  it('is left where it is by closing when it is somebody else’s by now', async () => {
    const path = place();
    const file = opened({ path });
    takeOver(path);
    await expect(file.close()).rejects.toMatchObject({ code: 'in_use' });
    expect(readFileSync(lockOf(path), 'utf8')).toBe('another');
    expect(namesBeside(path)).toEqual(['audit.jsonl', 'audit.jsonl.lock']);
  });
});
