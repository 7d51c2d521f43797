import { execFileSync, spawn } from 'node:child_process';
import {
  appendFileSync,
  linkSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openAuditFile } from '../../src/file/audit-file.js';
import { type Disk, nodeDisk } from '../../src/file/disk.js';
import { lockFile } from '../../src/file/lock.js';
import { type AuditFile, createAuditFile } from '../../src/index.js';
import { allowed, chained, errorOf, folder, opened, said } from './scene.js';

function place(): string {
  return join(folder(), 'audit.jsonl');
}

function text(path: string): string {
  return readFileSync(path, 'utf8');
}

/** With one event in it. */
async function begun(path: string, required = true): Promise<ReturnType<typeof opened>> {
  const file = opened({ path, required });
  void file(allowed('req-1'));
  await file.flush();
  return file;
}

describe('a file that is changed from outside', () => {
  it('goes on in a new one when it was moved', async () => {
    const path = place();
    const file = await begun(path);
    renameSync(path, `${path}.1`);
    await file(allowed('req-2'));
    await file(allowed('req-3'));
    expect(said(chained(text(`${path}.1`) + text(path)))).toEqual(['req-1', 'req-2', 'req-3']);
    expect(file.faults.map(({ code }) => code)).toEqual(['changed_outside']);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('is on disk, wherever it is, when a flush says so', async () => {
    const path = place();
    const syncs: string[] = [];
    const disk: Disk = {
      ...nodeDisk,
      open: (name) => {
        const file = nodeDisk.open(name);
        const { id } = file.stat();
        return {
          ...file,
          sync: () => {
            syncs.push(id);
            return file.sync();
          },
        };
      },
    };
    const file = openAuditFile(
      { path, onFault: () => undefined },
      { disk, lock: lockFile, realPath: (name) => name },
    );
    void file(allowed('req-1'));
    while (file.stats().written < 1) await new Promise((resolve) => setImmediate(resolve));
    const moved = nodeDisk.stat(path)?.id;
    renameSync(path, `${path}.1`);
    void file(allowed('req-2'));
    await file.flush();
    expect(syncs).toEqual([moved, nodeDisk.stat(path)?.id]);
    await file.close();
  });

  it('is not left open when it cannot be looked at', async () => {
    const path = place();
    let open = 0;
    let isBroken = false;
    const disk: Disk = {
      ...nodeDisk,
      open: (name) => {
        const file = nodeDisk.open(name);
        open += 1;
        return {
          ...file,
          stat: () => {
            if (isBroken) throw Object.assign(new Error('stale'), { code: 'ESTALE' });
            return file.stat();
          },
          close: () => {
            open -= 1;
            file.close();
          },
        };
      },
    };
    const file = openAuditFile(
      { path, required: true, onFault: () => undefined },
      { disk, lock: lockFile, realPath: (name) => name },
    );
    await file(allowed('req-1'));
    renameSync(path, `${path}.1`);
    isBroken = true;
    await expect(file(allowed('req-2'))).rejects.toMatchObject({ code: 'write_failed' });
    expect(open).toBe(0);
    isBroken = false;
    await file.close();
    expect(open).toBe(0);
  });

  it('goes on in the new one when it was replaced by an empty one', async () => {
    const path = place();
    const file = await begun(path);
    renameSync(path, `${path}.1`);
    writeFileSync(path, '');
    await file(allowed('req-2'));
    expect(said(chained(text(`${path}.1`) + text(path)))).toEqual(['req-1', 'req-2']);
  });

  it('goes on with the chain when it was removed', async () => {
    const path = place();
    const file = await begun(path, false);
    const { hash } = chained(text(path))[0] ?? {};
    rmSync(path);
    void file(allowed('req-2'));
    await file.flush();
    expect(said(chained(text(path), 2, hash))).toEqual(['req-2']);
    expect(file.faults.map(({ code }) => code)).toEqual(['changed_outside']);
  });

  it('goes on with the chain when it was emptied, as by a copy that truncates', async () => {
    const path = place();
    const file = await begun(path);
    const copy = text(path);
    truncateSync(path, 0);
    await file(allowed('req-2'));
    expect(said(chained(copy + text(path)))).toEqual(['req-1', 'req-2']);
    expect(file.faults.map(({ code }) => code)).toEqual(['changed_outside']);
  });

  it('has no half line in front of the next when it was cut', async () => {
    const path = place();
    const file = await begun(path);
    await file(allowed('req-2'));
    const lines = text(path).split('\n');
    truncateSync(path, text(path).length - 10);
    await file(allowed('req-3'));
    const after = text(path).split('\n');
    expect(after[0]).toBe(lines[0]);
    expect(after[1]).toContain('"id":"evt-000003"');
    const { hash } = JSON.parse(lines[1] ?? '') as { hash: string };
    expect(after[1]).toContain(`"prev_hash":"${hash}"`);
    expect(text(`${path}.torn`)).toBe(lines[1]?.slice(0, -9));
  });

  it('is no pipe that somebody put in its place', async () => {
    const path = place();
    const file = await begun(path);
    rmSync(path);
    execFileSync('mkfifo', [path]);
    await expect(file(allowed('req-2'))).rejects.toMatchObject({ code: 'foreign_write' });
  });

  it.each([
    { name: 'written by somebody else', change: (path: string) => appendFileSync(path, 'x') },
    {
      name: 'replaced by one that is not empty',
      change: (path: string) => {
        rmSync(path);
        writeFileSync(path, 'x');
      },
    },
  ])('is not written any more when it is $name', async ({ change }) => {
    for (const required of [true, false]) {
      const path = place();
      const file = await begun(path, required);
      change(path);
      const before = text(path);
      const answer = file(allowed('req-2'));
      if (required) await expect(answer).rejects.toMatchObject({ code: 'foreign_write' });
      await expect(file.flush()).rejects.toMatchObject({ code: 'foreign_write' });
      // Not even when all looks as it was.
      writeFileSync(path, '');
      await expect(file.flush()).rejects.toMatchObject({ code: 'foreign_write' });
      expect(text(path)).toBe('');
      expect(before.endsWith('x')).toBe(true);
      expect(file.faults.map(({ code }) => code)).toEqual(['foreign_write']);
    }
  });
});

describe('a file that is changed while a batch is being written', () => {
  interface Change {
    readonly name: string;
    readonly change: (path: string) => void;
  }
  /** Changes the file once, when it is told to, between the write and the sync. */
  function changing(change: Change['change']): {
    readonly file: AuditFile;
    readonly path: string;
    readonly arm: () => void;
  } {
    const path = place();
    let isArmed = false;
    const disk: Disk = {
      ...nodeDisk,
      open: (name) => {
        const opened = nodeDisk.open(name);
        const write = async (bytes: Uint8Array): Promise<number> => {
          const count = await opened.write(bytes);
          if (isArmed) change(path);
          isArmed = false;
          return count;
        };
        return { ...opened, write };
      },
    };
    const options = { path, required: true, onFault: () => undefined };
    const ground = { disk, lock: lockFile, realPath: (name: string) => name };
    const file = openAuditFile(options, ground);
    onTestFinished(() => file.close().catch(() => undefined));
    return { file, path, arm: () => (isArmed = true) };
  }

  it.each<Change>([
    { name: 'removed', change: (path) => rmSync(path) },
    { name: 'emptied', change: (path) => truncateSync(path, 0) },
    {
      name: 'replaced',
      change: (path) => {
        writeFileSync(`${path}.new`, '');
        renameSync(`${path}.new`, path);
      },
    },
  ])('does not acknowledge what is gone: $name', async ({ change }) => {
    const { file, path, arm } = changing(change);
    await file(allowed('req-1'));
    arm();
    await expect(file(allowed('lost'))).rejects.toMatchObject({ code: 'write_failed' });
    await file.flush();
    await file(allowed('req-3'));
    expect(text(path)).toMatch(/^\{"id":"evt-000003".*\}\n$/);
  });

  it('acknowledges what stands in it when it was only moved', async () => {
    const { file, path, arm } = changing((name) => renameSync(name, `${name}.1`));
    await file(allowed('req-1'));
    arm();
    await file(allowed('req-2'));
    await file(allowed('req-3'));
    expect(said(chained(text(`${path}.1`)))).toEqual(['req-1', 'req-2']);
    expect(said(chained(text(`${path}.1`) + text(path)))).toEqual(['req-1', 'req-2', 'req-3']);
  });

  it('does not acknowledge what somebody else has written into', async () => {
    const { file, arm } = changing((name) => appendFileSync(name, 'x'));
    arm();
    await expect(file(allowed('lost'))).rejects.toMatchObject({ code: 'foreign_write' });
    await expect(file.flush()).rejects.toMatchObject({ code: 'foreign_write' });
  });
});

describe('a file with two names', () => {
  it('is in use by both when one was a link that led nowhere before', async () => {
    const directory = folder();
    const path = join(directory, 'volume.jsonl');
    symlinkSync('step.jsonl', join(directory, 'audit.jsonl'));
    symlinkSync(path, join(directory, 'step.jsonl'));
    const file = opened({ path: join(directory, 'audit.jsonl'), required: true });
    for (const name of ['audit.jsonl', 'step.jsonl', 'volume.jsonl']) {
      const error = errorOf(() => createAuditFile({ path: join(directory, name) }));
      expect(error).toMatchObject({ code: 'in_use' });
    }
    await file(allowed('req-1'));
    expect(said(chained(text(path)))).toEqual(['req-1']);
  });

  it('cannot be had when its links lead in a circle', () => {
    const directory = folder();
    symlinkSync(join(directory, 'b'), join(directory, 'a'));
    symlinkSync(join(directory, 'a'), join(directory, 'b'));
    const error = errorOf(() => createAuditFile({ path: join(directory, 'a') }));
    expect(error).toMatchObject({ code: 'open_failed' });
  });

  it('is in use in this process when they are hard links, until it is closed', async () => {
    const path = place();
    const file = await begun(path);
    const other = `${path}-other`;
    linkSync(path, other);
    // Nothing of it is repaired meanwhile.
    const before = text(path);
    expect(errorOf(() => createAuditFile({ path: other }))).toMatchObject({ code: 'in_use' });
    expect(text(path)).toBe(before);
    await file(allowed('req-2'));
    await file.close();
    const next = opened({ path: other, required: true });
    await next(allowed('req-3'));
    expect(said(chained(text(path)))).toEqual(['req-1', 'req-2', 'req-3']);
  });
});

describe('a disk that takes no more', () => {
  // The shell's limit counts blocks of 1024 bytes; beyond it the system writes a part, and then refuses.
  const PROGRAM = fileURLToPath(new URL('../programs/write-until-full.mjs', import.meta.url));

  it('is a rejection, and whole lines, and writing goes on when there is room', async () => {
    const path = place();
    const shell = spawn(
      'bash',
      ['-c', 'ulimit -f 8; exec "$0" --no-warnings "$@"', process.execPath, PROGRAM, path],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    let output = '';
    shell.stdout.setEncoding('utf8').on('data', (part: string) => (output += part));
    const code = await new Promise((resolve) => shell.on('close', resolve));
    expect(code).toBe(0);
    const { acknowledged, fault, sizeAtFault, later } = JSON.parse(output) as {
      acknowledged: string[];
      fault: unknown;
      sizeAtFault: number;
      later: string[];
    };
    expect(fault).toEqual({
      code: 'write_failed',
      cause: expect.stringContaining('EFBIG'),
    });
    // The part that the system did write.
    expect(sizeAtFault).toBe(8192);
    expect(acknowledged.length).toBeGreaterThan(2);
    expect(said(chained(text(`${path}.1`)))).toEqual(acknowledged);
    expect(said(chained(text(`${path}.1`) + text(path)))).toEqual([...acknowledged, ...later]);
  });
});
