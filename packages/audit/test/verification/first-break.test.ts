import { encodeJson, FIRST_PREV_HASH } from '@agentwrit/protocol';
import { describe, expect, it } from 'vitest';
import type { VerifyAuditFilesOptions } from '../../src/verification/options.js';
import {
  at,
  copyOfFiles,
  EVENTS,
  FILES,
  type Files,
  LAST_HASH,
  text,
  verify,
  verifyFiles,
} from './log-files.js';
import { entryAt, idOf, linesOf, seal, sealAll } from './sealed-log.js';

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
