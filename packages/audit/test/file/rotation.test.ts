import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openAuditFile } from '../../src/file/audit-file.js';
import { rotatedPath, rotatedPaths } from '../../src/file/rotated.js';
import { MemoryDisk, noLock } from './memory-disk.js';
import { allowed, chainIn, chained, folder, names, opened, said, write } from './scene.js';

const LIMIT = 3000;

function place(): { readonly directory: string; readonly path: string } {
  const directory = folder();
  return { directory, path: join(directory, 'audit.jsonl') };
}

/** One batch for each, so that no batch is longer than a file. */
async function writeEach(
  options: Parameters<typeof opened>[0],
  ids: readonly string[],
): Promise<ReturnType<typeof opened>> {
  const file = opened(options);
  for (const id of ids) {
    void file(allowed(id));
    await file.flush();
  }
  return file;
}

describe('a file that would become too long', () => {
  it('gets the number of its first event, and the chain goes on in a new one', async () => {
    const { directory, path } = place();
    const ids = names(12);
    const file = await writeEach({ path, rotateBytes: LIMIT }, ids);
    const found = readdirSync(directory)
      .filter((name) => !name.endsWith('.lock'))
      .toSorted();
    expect(file.stats().rotations).toBe(found.length - 1);
    expect(found.length).toBeGreaterThan(3);
    expect(found[0]).toBe('audit.000000000001.jsonl');
    for (const name of found) {
      expect(statSync(join(directory, name)).size).toBeLessThanOrEqual(LIMIT);
      const digits = /\.(\d{12})\./.exec(name)?.[1];
      const first = readFileSync(join(directory, name), 'utf8').slice(7, 17);
      if (digits !== undefined) expect(first).toBe(`evt-${digits.slice(6)}`);
    }
    expect(said(chainIn(directory))).toEqual(ids);
  });

  it('is rotated once, before a batch that is longer than a file may be', async () => {
    const { directory, path } = place();
    await write({ path, rotateBytes: 500 }, names(5, 'a-'));
    await write({ path, rotateBytes: 500 }, names(5, 'b-'));
    expect(readdirSync(directory).toSorted()).toEqual(['audit.000000000001.jsonl', 'audit.jsonl']);
    expect(said(chainIn(directory))).toEqual([...names(5, 'a-'), ...names(5, 'b-')]);
  });

  it('stays one file when the limit is 0', async () => {
    const { directory, path } = place();
    const file = await writeEach({ path, rotateBytes: 0 }, names(12));
    await file.close();
    expect(readdirSync(directory)).toEqual(['audit.jsonl']);
  });

  it('goes on after a restart with the number of its first event', async () => {
    const { directory, path } = place();
    await write({ path }, names(3));
    const file = await writeEach({ path, rotateBytes: 100 }, ['later', 'last']);
    await file.close();
    expect(readdirSync(directory).toSorted()).toEqual([
      'audit.000000000001.jsonl',
      'audit.000000000004.jsonl',
      'audit.jsonl',
    ]);
  });

  it('leaves only so many behind as are to be kept, and what is not its own', async () => {
    const { directory, path } = place();
    const others = ['audit.00000000001.jsonl', 'audit.000000000000.jsonl', 'audit.x.jsonl'];
    others.push('audit.000000000001.jsonl.gz', 'other.000000000001.jsonl', '000000000001.jsonl');
    for (const name of others) writeFileSync(join(directory, name), '');
    const file = await writeEach({ path, rotateBytes: 100, keepFiles: 2 }, names(6));
    await file.close();
    expect(readdirSync(directory).toSorted()).toEqual(
      [...others, 'audit.000000000004.jsonl', 'audit.000000000005.jsonl', 'audit.jsonl'].toSorted(),
    );
    await write({ path }, ['later']);
    expect(said(chained(readFileSync(path, 'utf8'), 6, lastHash(directory)))).toEqual([
      'req-6',
      'later',
    ]);
  });

  it('grows on, and says so, when the name is taken', async () => {
    const { directory, path } = place();
    const taken = join(directory, 'audit.000000000001.jsonl');
    writeFileSync(taken, 'kept');
    // Beside a file that has its own events, the rotated ones are not read.
    const text = await textOf(['req-1', 'req-2']);
    writeFileSync(path, text);
    const file = await writeEach({ path, rotateBytes: text.length + 10 }, ['req-3', 'req-4']);
    // Once: it is tried again when the file is as long again.
    expect(file.faults.map(({ code }) => code)).toEqual(['rotation_failed']);
    expect(file.faults[0]?.message).toContain(`${taken} is there already`);
    expect(readFileSync(taken, 'utf8')).toBe('kept');
    expect(said(chained(readFileSync(path, 'utf8')))).toEqual(names(4));

    rmSync(taken);
    void file(allowed('req-5'));
    await file.flush();
    expect(said(chained(readFileSync(taken, 'utf8')))).toEqual(names(4));
    expect(said(chainIn(directory))).toEqual(names(5));
  });
});

function lastHash(directory: string): string {
  const line = readFileSync(join(directory, 'audit.000000000005.jsonl'), 'utf8');
  return (JSON.parse(line) as { hash: string }).hash;
}

async function textOf(ids: readonly string[]): Promise<string> {
  const { path } = place();
  await write({ path }, ids);
  return readFileSync(path, 'utf8');
}

describe('a crash while a file is rotated', () => {
  it.each([
    { name: 'before the new one was made', isMade: false, rest: '' },
    { name: 'before anything was in the new one', isMade: true, rest: '' },
    { name: 'within the first event of the new one', isMade: true, rest: '{"id":"evt-0000' },
  ])('leaves one chain: $name', async ({ isMade, rest }) => {
    const { directory, path } = place();
    const file = await writeEach({ path, rotateBytes: 100 }, names(3));
    await file.close();
    renameSync(path, rotatedPath(path, 3));
    if (isMade) writeFileSync(path, rest);
    await write({ path, rotateBytes: 100 }, ['later']);
    const repaired = rest === '' ? [] : ['audit_repaired'];
    expect(said(chainIn(directory))).toEqual([...names(3), ...repaired, 'later']);
  });

  it('leaves one chain when the newest rotated file has no event', async () => {
    const { directory, path } = place();
    await write({ path }, ['req-1']);
    renameSync(path, rotatedPath(path, 1));
    writeFileSync(rotatedPath(path, 2), '');
    await write({ path }, ['later']);
    expect(said(chainIn(directory))).toEqual(['req-1', 'later']);
  });
});

describe('a rotated file', () => {
  const PATH = '/logs/audit.jsonl';
  const ground = (disk: MemoryDisk): Parameters<typeof openAuditFile>[1] => ({
    disk,
    lock: noLock,
    realPath: (path) => path,
  });

  it('is on disk before it is one, also where no event waits for that', async () => {
    const disk = new MemoryDisk();
    const file = openAuditFile({ path: PATH, rotateBytes: 100 }, ground(disk));
    void file(allowed('req-1'));
    while (file.stats().written < 1) await turn();
    void file(allowed('req-2'));
    while (file.stats().written < 2) await turn();
    disk.losePower(0);
    expect(said(chained(disk.text(rotatedPath(PATH, 1))))).toEqual(['req-1']);
  });

  it('has a successor whose name is on disk before an event in it is answered for', async () => {
    const disk = new MemoryDisk();
    const file = openAuditFile({ path: PATH, rotateBytes: 100, required: true }, ground(disk));
    await file(allowed('req-1'));
    expect(disk.directorySyncs).toBe(1);
    await file(allowed('req-2'));
    expect(disk.directorySyncs).toBe(2);
    disk.fail.syncDirectory = true;
    await expect(file(allowed('req-3'))).rejects.toMatchObject({ code: 'write_failed' });
    await file.flush();
    expect(rotatedPaths(disk, PATH)).toEqual([1, 2].map((first) => rotatedPath(PATH, first)));
    expect(disk.text(PATH)).toBe('');
  });
});

function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

describe('the name of a rotated file', () => {
  it.each([
    { path: '/logs/audit.jsonl', name: '/logs/audit.000000000123.jsonl' },
    { path: '/logs/audit', name: '/logs/audit.000000000123' },
    { path: '/logs/.audit', name: '/logs/.audit.000000000123' },
    { path: '/logs/a.b.c', name: '/logs/a.b.000000000123.c' },
  ])('of $path is $name', ({ path, name }) => {
    expect(rotatedPath(path, 123)).toBe(name);
    const disk = new MemoryDisk();
    disk.put(name, '');
    expect(rotatedPaths(disk, path)).toEqual([name]);
  });
});
