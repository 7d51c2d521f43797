import { execFileSync, spawn } from 'node:child_process';
import {
  appendFileSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { allowed, chained, folder, opened, said } from './scene.js';

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
