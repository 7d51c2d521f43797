import { renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { encodeJson } from '@agentwrit/protocol';
import { describe, expect, it } from 'vitest';
import { identify, readBytes } from '../../src/reading/bytes.js';
import type { VerifyAuditFilesOptions } from '../../src/verification/options.js';
import { verifyAuditFiles } from '../../src/verification/verify.js';
import { FIRST_EVENT, SECOND_EVENT } from '../../../protocol/test/audit-vectors.js';
import { makeFolder, writeFiles } from '../folder.js';
import {
  at,
  copyOfFiles,
  EVENTS,
  FILES,
  LAST_HASH,
  LINES,
  text,
  verify,
  verifyFiles,
  withNames,
} from './log-files.js';
import { entryAt, linesOf, logOf, seal, sealAll } from './sealed-log.js';

const SOUND = {
  isSound: true,
  files: ['a', 'b', 'c'],
  events: 50,
  firstId: 'evt-000001',
  firstTime: EVENTS[0]?.timestamp,
  lastId: 'evt-000050',
  lastTime: EVENTS[49]?.timestamp,
  lastHash: LAST_HASH,
  startsAt: 'beginning',
  lostDecisions: 0,
  remarks: [],
};

describe('a good log', () => {
  it('is sound, and says from where to where it goes', async () => {
    expect(await verifyFiles(copyOfFiles(), { complete: true, expectHash: LAST_HASH })).toEqual(
      SOUND,
    );
  });

  it('tells of decisions that it records as lost', async () => {
    const gap = (detail: string): Parameters<typeof sealAll>[0][number] => ({
      timestamp: '2026-02-15T12:00:00Z',
      event_type: 'audit_gap',
      detail,
    });
    const events = sealAll([gap('{"dropped":200}'), entryAt(1), gap('{"dropped":56}'), gap('?')]);
    expect(await verify({ a: text(linesOf(events)) })).toMatchObject({
      isSound: true,
      lostDecisions: 256,
      remarks: [{ kind: 'gap', path: 'a', line: 1, count: 3 }],
    });
  });

  it('is sound whatever order its files are given in', async () => {
    const { a, b, c } = FILES;
    expect(await verify({ c: text(c), b: text(b), a: text(a) })).toEqual(SOUND);
  });

  it('is read once from a file that is given twice, by another name or by the same', async () => {
    const [path = ''] = writeFiles({ log: text(LINES) });
    const link = join(dirname(path), 'link');
    symlinkSync(path, link);
    const report = withNames(await verifyAuditFiles([path, link, path]));
    expect(report).toMatchObject({
      isSound: true,
      events: 50,
      files: ['log'],
      remarks: [{ kind: 'repeated_file', path: 'link', line: 0, count: 2 }],
    });
  });

  it('may begin anywhere, and the report says where', async () => {
    expect(await verify({ c: text(FILES.c) })).toMatchObject({
      isSound: true,
      events: 16,
      firstId: 'evt-000035',
      startsAt: 'evt-000035',
    });
  });

  it('contains the hash that is expected: of an event, or of what came before the first', async () => {
    for (const expectHash of [EVENTS[33]?.hash, EVENTS[40]?.hash, LAST_HASH]) {
      expect(await verify({ c: text(FILES.c) }, { expectHash })).toMatchObject({ isSound: true });
    }
  });

  it('may have an empty file beside it', async () => {
    expect(await verify({ d: '', a: text(LINES) })).toMatchObject({
      isSound: true,
      files: ['a', 'd'],
      remarks: [{ kind: 'empty_file', path: 'd', line: 0, count: 1 }],
    });
  });

  it('may be spelled in another way, which is remarked', async () => {
    const lines = [...LINES];
    lines[3] = at(LINES, 3).replaceAll('/', String.raw`\/`);
    lines[6] = JSON.stringify(EVENTS[6], null, 1).replaceAll('\n', ' ');
    lines[7] = JSON.stringify(Object.fromEntries(Object.entries(EVENTS[7] ?? {}).toReversed()));
    lines[8] = at(LINES, 8).replace('{', '{"bytes_transferred":0,');
    expect(await verify({ a: text(lines) })).toMatchObject({
      isSound: true,
      events: 50,
      remarks: [{ kind: 'spelling', path: 'a', line: 4, count: 4 }],
    });
  });

  it.each<{ name: string; change: (line: string) => string }>([
    { name: 'a byte-order mark', change: (line) => `\ufeff${line}` },
    { name: 'a carriage return', change: (line) => `${line}\r` },
    { name: 'two carriage returns', change: (line) => `${line}\r\r` },
    {
      name: 'an empty member',
      change: (line) => line.replace('"orch_id"', '"task_id":"","orch_id"'),
    },
    { name: 'a depth of 0', change: (line) => line.replace('"hash"', '"deleg_depth":0,"hash"') },
    {
      name: 'a count of 0',
      change: (line) => line.replace('"hash"', '"bytes_transferred":0,"hash"'),
    },
  ])('may have got $name, which is remarked', async ({ change }) => {
    const { task_id: _, ...entry } = entryAt(0);
    const lines = linesOf(sealAll([entry, entry]));
    const contents = { a: text(lines.slice(0, 1)), b: text([change(at(lines, 1))]) };
    expect(await verify(contents, { complete: true })).toMatchObject({
      isSound: true,
      events: 2,
      remarks: [{ kind: 'spelling', path: 'b', line: 1, count: 1 }],
    });
  });

  it('is one as the command prints the log of a broker, without the escapes of the wire', async () => {
    const detail = 'missing authorization header | path=/v1/<revoke>&\u2028';
    const log = sealAll([entryAt(0), { ...entryAt(1), detail }]);
    const lines = log.map((event) =>
      JSON.stringify(event).replaceAll('\u2028', String.raw`\u2028`),
    );
    expect(lines).not.toEqual(linesOf(log));
    expect(await verify({ a: `${lines.join('\r\n')}\r\n` })).toMatchObject({
      events: 2,
      isSound: true,
    });
  });

  it('may end in a line that is being written, where that is said', async () => {
    const content = text(LINES) + at(LINES, 3).slice(0, 40);
    expect(await verify({ a: content }, { growing: true })).toMatchObject({
      isSound: true,
      events: 50,
      remarks: [{ kind: 'growing', path: 'a', line: 51, count: 1 }],
    });
  });

  it('has the hashes of the protocol (§7.2)', async () => {
    const lines = [FIRST_EVENT, SECOND_EVENT].map((event) => encodeJson(event));
    expect(await verify({ a: text(lines) }, { complete: true })).toMatchObject({
      isSound: true,
      events: 2,
      lastHash: SECOND_EVENT.hash,
    });
  });

  it('may be piped in, before or after files', async () => {
    async function* stdin(): AsyncGenerator<Buffer, void> {
      const bytes = Buffer.from(text(FILES.b));
      for (let from = 0; from < bytes.length; from += 1000) yield bytes.subarray(from, from + 1000);
    }
    const [c = '', a = ''] = writeFiles({ c: text(FILES.c), a: text(FILES.a) });
    const report = withNames(
      await verifyAuditFiles([c, '-', a], { stdin: stdin(), complete: true }),
    );
    expect(report).toEqual({ ...SOUND, files: ['a', '-', 'c'] });
  });

  it('is read with a sign of life now and then, whose figures only grow', async () => {
    const lines = linesOf(logOf(1000));
    const contents = { b: text(lines.slice(400)), a: text(lines.slice(0, 400)) };
    const size = Buffer.byteLength(contents.a + contents.b);
    const bytes: number[] = [];
    const counts: number[] = [];
    await verify(contents, {
      onProgress: (progress) => {
        expect(progress.totalBytes).toBe(size);
        bytes.push(progress.bytes);
        counts.push(progress.events);
      },
    });
    expect([bytes.at(-1), counts.at(-1)]).toEqual([size, 1000]);
    for (const figures of [bytes, counts]) {
      expect(figures).toEqual(figures.toSorted((one, other) => one - other));
    }
  });

  it('ends with the reason of an abort', async () => {
    const reason = new Error('enough');
    const [path = ''] = writeFiles({ log: text(LINES) });
    const verifying = verifyAuditFiles([path], { signal: AbortSignal.abort(reason) });
    await expect(verifying).rejects.toBe(reason);
  });
});

describe('what cannot be read', () => {
  it('is a fault, never a break', async () => {
    const [path = ''] = writeFiles({ log: text(LINES) });
    const gone = join(dirname(path), 'gone');
    await expect(verifyAuditFiles([path, gone])).rejects.toThrow(
      `cannot read ${gone}: no such file`,
    );
    const folder = dirname(path);
    await expect(verifyAuditFiles([path, folder])).rejects.toThrow('it is a folder');
  });

  it('is a file that was rotated away meanwhile: what took its place would look like a break', async () => {
    const [one = '', two = ''] = writeFiles({ a: text(FILES.a), b: text(FILES.b) });
    const verifying = verifyAuditFiles([one, two], {
      onProgress() {
        renameSync(two, `${two}.1`);
        writeFileSync(two, text(FILES.c));
      },
    });
    await expect(verifying).rejects.toThrow(`cannot read ${two}: another file took its place`);
  });

  it('is a file that took the place of another between a look at its path and opening it', async () => {
    const [path = ''] = writeFiles({ log: text(FILES.a) });
    const { key } = await identify(path);
    renameSync(path, `${path}.1`);
    writeFileSync(path, text(FILES.b));
    const read = readBytes(path, key).next();
    await expect(read).rejects.toThrow(`cannot read ${path}: another file took its place`);
  });

  it.each<{ name: string; given: readonly ('old' | 'audit.jsonl')[]; options: object }>([
    { name: 'behind others', given: ['old', 'audit.jsonl'], options: {} },
    { name: 'that has to be the first', given: ['audit.jsonl'], options: { complete: true } },
  ])('is a file $name that was rotated before it was opened, not a break', async (scene) => {
    const { given, options } = scene;
    const isBehind = given.includes('old');
    const rotated = `audit.${isBehind ? '000000000018' : '000000000001'}.jsonl`;
    const paths = writeFiles({
      ...(isBehind && { old: text(FILES.a) }),
      'audit.jsonl': text(FILES.c),
      [rotated]: text(isBehind ? FILES.b : [...FILES.a, ...FILES.b]),
    });
    const [one = '', two = ''] = paths;
    const verifying = verifyAuditFiles(isBehind ? [one, two] : [one], options);
    await expect(verifying).rejects.toMatchObject({
      code: 'unreadable_file',
      path: isBehind ? two : one,
      message: expect.stringContaining(`${rotated}, which was not given`),
    });
  });

  it('is a rotated log that is given by a link from elsewhere', async () => {
    const [old = '', path = ''] = writeFiles({
      old: text(FILES.a),
      'audit.jsonl': text(FILES.c),
      'audit.000000000018.jsonl': text(FILES.b),
    });
    const link = join(makeFolder(), 'link');
    symlinkSync(path, link);
    await expect(verifyAuditFiles([old, link])).rejects.toThrow('which was not given');
  });

  it.each([
    { name: 'holds other events', rotated: text(FILES.b.slice(1)) },
    { name: 'is of another log', rotated: text(linesOf(sealAll([entryAt(3)], { from: 18 }))) },
    {
      name: 'begins with another number',
      rotated: text(linesOf([seal({ id: 'evt-000019', ...entryAt(17) }, EVENTS[16]?.hash ?? '')])),
    },
    { name: 'is empty', rotated: '' },
    { name: 'holds no events', rotated: 'x\n' },
  ])('is not what a break is taken for when a file beside it $name', async ({ rotated }) => {
    const [old = '', path = ''] = writeFiles({
      old: text(FILES.a),
      'audit.jsonl': text(FILES.c),
      'audit.000000000018.jsonl': rotated,
    });
    const { break: found } = await verifyAuditFiles([old, path]);
    expect(found).toMatchObject({ kind: 'missing', path, line: 1 });
  });

  it('is not what events are that were taken out of the middle of a file, wherever they are now', async () => {
    const [path = ''] = writeFiles({
      'audit.jsonl': text([...FILES.a, ...FILES.c]),
      'audit.000000000018.jsonl': text(FILES.b),
    });
    const { break: found } = await verifyAuditFiles([path]);
    expect(found).toMatchObject({ kind: 'missing', path, line: 18 });
  });

  it.each([
    { name: 'the first break', rest: 'no event\n', other: text(LINES.slice(0, 3)) },
    { name: 'a fault', rest: text(LINES), other: undefined },
  ])('leaves no pipe open after $name', async ({ rest, other }) => {
    let isOpen = true;
    async function* stdin(): AsyncGenerator<Buffer, void> {
      try {
        for (;;) yield Buffer.from(rest);
      } finally {
        isOpen = false;
      }
    }
    const [path = ''] = writeFiles({ log: other ?? '' });
    const paths = ['-', other === undefined ? `${path}.gone` : path];
    const outcome = await verifyAuditFiles(paths, { stdin: stdin() }).catch(() => 'fault');
    expect(outcome === 'fault').toBe(other === undefined);
    expect(isOpen).toBe(false);
  });

  it.each([
    { paths: [], options: {}, what: '"paths" must be' },
    { paths: [''], options: {}, what: '"paths[0]" must be' },
    { paths: ['a'], options: { expectHash: 'AB' }, what: '"expectHash" must be 64' },
    { paths: ['a'], options: { complete: 1 }, what: '"complete" must be' },
    { paths: ['a'], options: { onProgress: 1 }, what: '"onProgress" must be' },
    { paths: ['a'], options: { live: true }, what: 'unknown option "live"' },
  ])('is wrong use with wrong options: $what', async ({ paths, options, what }) => {
    await expect(verifyAuditFiles(paths, options as VerifyAuditFilesOptions)).rejects.toThrow(what);
  });
});
