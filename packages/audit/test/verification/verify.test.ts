import { renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { encodeJson, FIRST_PREV_HASH } from '@agentwrit/protocol';
import { describe, expect, it } from 'vitest';
import type { AuditReport } from '../../src/verification/report.js';
import { verifyAuditFiles } from '../../src/verification/verify.js';
import type { VerifyAuditFilesOptions } from '../../src/verification/options.js';
import { writeFiles } from '../folder.js';
import { entryAt, idOf, linesOf, logOf, seal, sealAll } from './sealed-log.js';

const EVENTS = logOf(50);
const LINES = linesOf(EVENTS);
const LAST_HASH = EVENTS[49]?.hash ?? '';

/** 1 to 17, 18 to 34, 35 to 50. */
const FILES = { a: LINES.slice(0, 17), b: LINES.slice(17, 34), c: LINES.slice(34) };

type Files = Record<keyof typeof FILES, string[]>;

function copyOfFiles(): Files {
  return { a: [...FILES.a], b: [...FILES.b], c: [...FILES.c] };
}

function at(lines: readonly string[], index: number): string {
  return lines[index] ?? '';
}

function text(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

async function verify(
  contents: Readonly<Record<string, string | Uint8Array>>,
  options?: VerifyAuditFilesOptions,
): Promise<AuditReport> {
  return withNames(await verifyAuditFiles(writeFiles(contents), options));
}

async function verifyFiles(
  { a, b, c }: Files,
  options?: VerifyAuditFilesOptions,
): Promise<AuditReport> {
  return verify({ a: text(a), b: text(b), c: text(c) }, options);
}

/** With names for paths. */
function withNames(report: AuditReport): AuditReport {
  return {
    ...report,
    files: report.files.map((path) => basename(path)),
    ...(report.break && { break: { ...report.break, path: basename(report.break.path) } }),
    remarks: report.remarks.map((remark) => ({ ...remark, path: basename(remark.path) })),
  };
}

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
  remarks: [],
};

describe('a good log', () => {
  it('is sound, and says from where to where it goes', async () => {
    expect(await verifyFiles(copyOfFiles(), { complete: true, expectHash: LAST_HASH })).toEqual(
      SOUND,
    );
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
    const [one, two] = sealAll([
      {
        timestamp: '2026-02-15T12:00:00.5Z',
        event_type: 'admin_auth',
        detail: 'admin authenticated as admin',
        outcome: 'success',
      },
      {
        timestamp: '2026-02-15T12:00:01Z',
        event_type: 'delegation_created',
        agent_id: 'spiffe://d/agent/o/t/2',
        task_id: 'task-1',
        orch_id: 'orch-1',
        detail:
          'delegation from spiffe://d/agent/o/t/1 to spiffe://d/agent/o/t/2 scope=[read:data:x] depth=1',
        outcome: 'success',
        deleg_depth: 1,
        deleg_chain_hash: 'ab'.repeat(32),
      },
    ]);
    const hashes = {
      one: '4d74e7047c6acf883392e1c5739a19904a1937f6413c76f14e4308e0d584e340',
      two: 'f68371ec17d9df6409fd2d2a5e64bc597a888edd3e94c19c62e079ba2ad04aff',
    };
    // Written into the lines, so that they are what is checked.
    const lines = [
      encodeJson({ ...one, hash: hashes.one }),
      encodeJson({ ...two, hash: hashes.two, prev_hash: hashes.one }),
    ];
    expect(await verify({ a: text(lines) }, { complete: true })).toMatchObject({
      isSound: true,
      events: 2,
      lastHash: hashes.two,
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

describe('the first break', () => {
  const cases: readonly {
    readonly name: string;
    readonly corrupt: (files: Files) => void;
    readonly options?: VerifyAuditFilesOptions;
    readonly found: readonly [kind: string, path: string, line: number, id: string | undefined];
    readonly detail: string;
  }[] = [
    {
      name: 'text that was changed',
      corrupt: ({ b }) => (b[4] = at(b, 4).replace('process-ord-4823"', 'process-ord-4824"')),
      found: ['tampered', 'b', 5, 'evt-000022'],
      detail: 'the hash does not fit what the event says',
    },
    {
      name: 'a time that was changed',
      corrupt: ({ a }) => (a[0] = at(a, 0).replace('12:00:00Z', '12:00:01Z')),
      found: ['tampered', 'a', 1, 'evt-000001'],
      detail: 'the hash does not fit',
    },
    {
      name: 'an outcome that was taken out',
      corrupt: ({ c }) => (c[15] = at(c, 15).replace(/"outcome":"\w+",/, '')),
      found: ['tampered', 'c', 16, 'evt-000050'],
      detail: 'the hash does not fit',
    },
    {
      name: 'an event that was written anew, hash and all',
      corrupt: ({ b }) => {
        b[4] = encodeJson(seal({ id: idOf(22), ...entryAt(999) }, EVENTS[20]?.hash ?? ''));
      },
      found: ['tampered', 'b', 6, 'evt-000023'],
      detail: 'it was not written after evt-000022 as that stands here: one of them was replaced',
    },
    {
      name: 'a beginning that only says it is one',
      corrupt: (files) => {
        files.a = [];
        files.b = [...linesOf([seal({ id: idOf(18), ...entryAt(17) }, FIRST_PREV_HASH)])];
        files.c = [];
      },
      found: ['tampered', 'b', 1, 'evt-000018'],
      detail: 'disagree on what is first',
    },
    {
      name: 'a first event with something before it',
      corrupt: ({ a }) =>
        a.splice(0, 17, ...linesOf([seal({ id: idOf(1), ...entryAt(0) }, LAST_HASH)])),
      found: ['tampered', 'a', 1, 'evt-000001'],
      detail: 'disagree on what is first',
    },
    {
      name: 'a member that nobody covers',
      corrupt: ({ a }) => (a[2] = at(a, 2).replace('{', '{"approved_by":"order-worker",')),
      found: ['tampered', 'a', 3, 'evt-000003'],
      detail: 'the line has a member that the hash does not cover: approved_by',
    },
    {
      name: 'a member by the name of a prototype',
      corrupt: ({ a }) => (a[2] = at(a, 2).replace('{', '{"__proto__":"x",')),
      found: ['tampered', 'a', 3, 'evt-000003'],
      detail: 'does not cover: __proto__',
    },
    {
      name: 'a member that stands there twice',
      corrupt: ({ a }) =>
        (a[2] = at(a, 2).replace('{', String.raw`{"orch_id":"other \":\" worker",`)),
      found: ['tampered', 'a', 3, 'evt-000003'],
      detail: 'the line has a member twice',
    },
    {
      name: 'half a pair for half a pair',
      corrupt: ({ a, b, c }) => {
        a.splice(0, 17, ...linesOf(sealAll([{ ...entryAt(0), detail: 'half \ud83d' }])));
        a[0] = at(a, 0).replace(String.raw`\ud83d`, String.raw`\uD83c`);
        b.length = 0;
        c.length = 0;
      },
      found: ['tampered', 'a', 1, 'evt-000001'],
      detail: 'half a surrogate pair',
    },
    {
      name: 'an event that was taken out',
      corrupt: ({ b }) => b.splice(4, 1),
      found: ['missing', 'b', 5, 'evt-000023'],
      detail: 'evt-000022 is not here',
    },
    {
      name: 'events that were taken out',
      corrupt: ({ b }) => b.splice(4, 10),
      found: ['missing', 'b', 5, 'evt-000032'],
      detail: '10 events, evt-000022 to evt-000031, are not here',
    },
    {
      name: 'a file in the middle that is not there',
      corrupt: (files) => (files.b = []),
      found: ['missing', 'c', 1, 'evt-000035'],
      detail: '17 events, evt-000018 to evt-000034, are not here',
    },
    {
      name: 'the first file not there, where all are wanted',
      corrupt: (files) => (files.a = []),
      options: { complete: true },
      found: ['missing', 'b', 1, 'evt-000018'],
      detail: '17 events, evt-000001 to evt-000017, are not here',
    },
    {
      name: 'a chain that was made anew without some',
      corrupt: ({ c }) => {
        const [one] = sealAll([entryAt(40)], { from: 41, prevHash: EVENTS[39]?.hash ?? '' });
        c.splice(
          6,
          10,
          ...linesOf(one ? [one, seal({ id: idOf(45), ...entryAt(44) }, one.hash)] : []),
        );
      },
      found: ['missing', 'c', 8, 'evt-000045'],
      detail: '3 events, evt-000042 to evt-000044, are not here, and the chain was made anew',
    },
    {
      name: 'nothing at all',
      corrupt: ({ a, b, c }) => [a, b, c].forEach((lines) => (lines.length = 0)),
      found: ['missing', 'a', 0, undefined],
      detail: 'there is not one event',
    },
    {
      name: 'two neighbours that changed places',
      corrupt: ({ b }) => b.splice(4, 2, at(b, 5), at(b, 4)),
      found: ['reordered', 'b', 5, 'evt-000023'],
      detail: 'evt-000022, which belongs here, comes later',
    },
    {
      name: 'an event that was moved to another file',
      corrupt: ({ a, c }) => c.splice(8, 0, ...a.splice(3, 1)),
      found: ['reordered', 'a', 4, 'evt-000005'],
      detail: 'evt-000004, which belongs here, comes later',
    },
    {
      name: 'the first event behind the second',
      corrupt: ({ a }) => a.splice(0, 2, at(a, 1), at(a, 0)),
      found: ['reordered', 'a', 2, 'evt-000001'],
      detail: 'it is older than all events before it',
    },
    {
      name: 'an event twice in a row',
      corrupt: ({ b }) => b.splice(4, 0, at(b, 4)),
      found: ['duplicate', 'b', 6, 'evt-000022'],
      detail: 'the event before it once more',
    },
    {
      name: 'an event again later',
      corrupt: ({ a, c }) => c.splice(4, 0, at(a, 9)),
      found: ['duplicate', 'c', 5, 'evt-000010'],
      detail: 'an event with this number came before',
    },
    {
      name: 'another log behind',
      corrupt: ({ c }) => c.push(...linesOf(sealAll([entryAt(7), entryAt(8)]))),
      found: ['duplicate', 'c', 17, 'evt-000001'],
      detail: 'a log begins here, after events of another or of the same',
    },
    {
      name: 'a number that a writer gave twice',
      corrupt: ({ c }) => c.push(...linesOf([seal({ id: idOf(50), ...entryAt(50) }, LAST_HASH)])),
      found: ['duplicate', 'c', 17, 'evt-000050'],
      detail: 'the chain goes on, with a number that was used',
    },
    {
      name: 'an end that does not reach a hash that was noted',
      corrupt: ({ c }) => c.splice(10),
      options: { expectHash: LAST_HASH },
      found: ['truncated', 'c', 10, 'evt-000044'],
      detail: 'the log ends here, and the hash that it has to contain did not come',
    },
    {
      name: 'an empty line',
      corrupt: ({ b }) => b.splice(4, 0, ''),
      found: ['malformed', 'b', 5, undefined],
      detail: 'the line is empty',
    },
    {
      name: 'a line of something else',
      corrupt: ({ b }) => b.splice(4, 0, '{"level":30,"time":1771156800000,"msg":"started"}'),
      found: ['malformed', 'b', 5, undefined],
      detail: 'event.id: expected a non-empty string, found nothing',
    },
    {
      name: 'an id that is none',
      corrupt: ({ a }) =>
        a.splice(0, 17, ...linesOf([seal({ id: 'evt-1', ...entryAt(0) }, FIRST_PREV_HASH)])),
      found: ['malformed', 'a', 1, 'evt-1'],
      detail: 'the id is not',
    },
    {
      name: 'text that may have been moved over a bar',
      corrupt: (files) => {
        const [event] = sealAll([{ ...entryAt(0), detail: 'no token', resource: '/v1/apps/a|b' }]);
        const { resource: _, detail: __, ...rest } = event ?? {};
        files.a = [JSON.stringify({ ...rest, detail: 'no token', resource: '/v1/apps/a|b' })];
        files.b = [];
        files.c = [];
      },
      found: ['ambiguous', 'a', 1, 'evt-000001'],
      detail: 'there is a bar in "resource"',
    },
  ];

  it.each(cases)('is named: $name', async ({ corrupt, options, found, detail }) => {
    const files = copyOfFiles();
    corrupt(files);
    const report = await verifyFiles(files, options);
    const { kind, path, line, id } = report.break ?? {};
    expect([kind, path, line, id]).toEqual(found);
    expect(report.break?.detail).toContain(detail);
    expect(report.isSound).toBe(false);
  });

  it.each([
    { name: 'the last file', cut: 'c' as const, line: 16 },
    { name: 'a file before it', cut: 'b' as const, line: 17 },
  ])(
    'is a cut in $name, in the middle of a line as well as before its end',
    async ({ cut, line }) => {
      for (const missing of [1, 2, 200]) {
        const contents = { a: text(FILES.a), b: text(FILES.b), c: text(FILES.c) };
        const report = await verify({ ...contents, [cut]: contents[cut].slice(0, -missing) });
        expect(report.break).toMatchObject({ kind: 'truncated', path: cut, line });
      }
    },
  );

  it('is a cut in a file that is not the last one, even where the log grows', async () => {
    const contents = { a: text(FILES.a), b: text(FILES.b).slice(0, -9), c: text(FILES.c) };
    const report = await verify(contents, { growing: true });
    expect(report.break).toMatchObject({ kind: 'truncated', path: 'b', line: 17 });
  });

  it('ends the figures: they tell of what is proven', async () => {
    const files = copyOfFiles();
    files.b.splice(4, 1);
    expect(await verifyFiles(files)).toMatchObject({
      events: 21,
      lastId: 'evt-000021',
      lastHash: EVENTS[20]?.hash,
    });
  });

  it('is not a bar in the detail, nor one elsewhere where that is allowed', async () => {
    const log = sealAll([
      { ...entryAt(0), detail: 'missing authorization header | path=/v1/revoke' },
      { ...entryAt(1), task_id: 'a|b' },
    ]);
    const lines = text(linesOf(log));
    expect((await verify({ a: lines })).break).toMatchObject({ kind: 'ambiguous', line: 2 });
    expect(await verify({ a: lines }, { allowBars: true })).toMatchObject({
      isSound: true,
      remarks: [{ kind: 'bar', path: 'a', line: 2, count: 1 }],
    });
  });

  it('is no file order, however much the first line of a file was changed', async () => {
    for (const id of ['evt-000001', 'evt-900000', 'evt-x']) {
      const files = copyOfFiles();
      files.b[0] = at(files.b, 0).replace('evt-000018', id);
      const report = await verifyFiles(files);
      expect(report.break).toMatchObject({ kind: 'tampered', path: 'b', line: 1, id });
    }
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
