import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, mkdirSync, symlinkSync, truncateSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { AuditReadError } from '../../src/reading/read-error.js';
import type { AuditLine } from '../../src/reading/line.js';
import { MAX_LINE_BYTES } from '../../src/reading/line.js';
import {
  readAuditBatches,
  readAuditLines,
  type ReadAuditLinesOptions,
} from '../../src/reading/lines.js';
import { makeFolder, writeFiles } from '../folder.js';
import { linesOf, logOf } from '../verification/sealed-log.js';

const EVENTS = logOf(4);
const [ONE = '', TWO = '', THREE = ''] = linesOf(EVENTS);

async function linesIn(
  content: string | Uint8Array,
  options?: ReadAuditLinesOptions,
): Promise<readonly AuditLine[]> {
  const [path = ''] = writeFiles({ 'audit.jsonl': content });
  return all(readAuditLines(path, options));
}

/** The numbers of events, the kinds of faults. */
function outlineOf(lines: readonly AuditLine[]): readonly string[] {
  return lines.map((line) => line.fault ?? line.event.id);
}

describe('reading lines', () => {
  it('gives each event with its text and the place where it begins', async () => {
    const lines = await linesIn(`${ONE}\n${TWO}\n`);
    expect(lines.map((line) => ({ ...line, path: basename(line.path) }))).toEqual([
      { path: 'audit.jsonl', line: 1, offset: 0, text: ONE, isWrapped: false, event: EVENTS[0] },
      {
        path: 'audit.jsonl',
        line: 2,
        offset: Buffer.byteLength(ONE) + 1,
        text: TWO,
        isWrapped: false,
        event: EVENTS[1],
      },
    ]);
  });

  it.each([
    { name: 'nothing', content: '', outline: [] },
    {
      name: 'an empty line',
      content: `${ONE}\n\n${TWO}\n`,
      outline: ['evt-000001', 'not_json', 'evt-000002'],
    },
    { name: 'CRLF', content: `${ONE}\r\n${TWO}\r\n`, outline: ['evt-000001', 'evt-000002'] },
    { name: 'a byte-order mark', content: `\ufeff${ONE}\n`, outline: ['evt-000001'] },
    {
      name: 'a byte-order mark further on',
      content: `${ONE}\n\ufeff${TWO}\n`,
      outline: ['evt-000001', 'not_json'],
    },
    {
      name: 'half a last line',
      content: `${ONE}\n${TWO.slice(0, 50)}`,
      outline: ['evt-000001', 'torn'],
    },
    {
      name: 'a whole last line without an end',
      content: `${ONE}\n${TWO}`,
      outline: ['evt-000001', 'torn'],
    },
    {
      name: 'a log of another kind',
      content: '{"level":30,"time":1,"msg":"hello"}\n',
      outline: ['not_an_event'],
    },
    { name: 'plain text', content: 'GET /customers 200\n', outline: ['not_json'] },
    { name: 'a list on one line', content: `[${ONE},${TWO}]\n`, outline: ['not_an_event'] },
    {
      name: 'a list on many',
      content: `[\n${ONE},\n${TWO}\n]\n`,
      outline: ['not_json', 'not_json', 'evt-000002', 'not_json'],
    },
    { name: 'null', content: 'null\n', outline: ['not_an_event'] },
    {
      name: 'text in another encoding',
      content: Buffer.from(`${ONE}\n`, 'utf16le'),
      outline: ['not_utf8', 'torn'],
    },
    { name: 'zeros', content: new Uint8Array(5000), outline: ['torn'] },
    {
      name: 'a broken character',
      content: Buffer.concat([
        Buffer.from(`${ONE}\n"`),
        Buffer.from([0xc3]),
        Buffer.from(`"\n${TWO}\n`),
      ]),
      outline: ['evt-000001', 'not_utf8', 'evt-000002'],
    },
    {
      name: 'depth',
      content: `${'['.repeat(100_000)}\n${ONE}\n`,
      outline: ['not_json', 'evt-000001'],
    },
  ])('takes a file with $name for what it is', async ({ content, outline }) => {
    expect(outlineOf(await linesIn(content))).toEqual(outline);
  });

  it('says what stands around a text, which it leaves away', async () => {
    const lines = await linesIn(`\ufeff${ONE}\n${TWO}\n${THREE}\r\n`);
    expect(lines).toMatchObject([
      { text: ONE, isWrapped: true },
      { text: TWO, isWrapped: false },
      { text: THREE, isWrapped: true },
    ]);
  });

  it('does not look at a line of more than 1 MiB, and goes on behind it', async () => {
    const padding = (bytes: number): string => ' '.repeat(bytes - Buffer.byteLength(TWO));
    const longest = TWO + padding(MAX_LINE_BYTES);
    const lines = await linesIn(`${ONE}\n${longest}\n${longest} \n${THREE}\n`);
    expect(outlineOf(lines)).toEqual(['evt-000001', 'evt-000002', 'too_long', 'evt-000003']);
    expect(lines[3]?.offset).toBe(Buffer.byteLength(ONE) + 1 + 2 * MAX_LINE_BYTES + 3);
  });

  it('holds nothing of a line without end', async () => {
    const piece = Buffer.alloc(1024 * 1024, 'x');
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    async function* endless(): AsyncGenerator<Buffer, void> {
      for (let count = 0; count < 64; count += 1) {
        most = Math.max(most, process.memoryUsage().arrayBuffers - before);
        yield piece;
      }
    }
    const lines = await all(readAuditLines('-', { stdin: endless() }));
    expect(outlineOf(lines)).toEqual(['torn']);
    expect(most).toBeLessThan(32 * piece.length);
  });

  it('takes no more memory for a line that comes byte by byte', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const usage = (): number => {
      collect();
      const { heapUsed, arrayBuffers } = process.memoryUsage();
      return heapUsed + arrayBuffers;
    };
    const before = usage();
    let after = 0;
    async function* byteByByte(): AsyncGenerator<Buffer, void> {
      const byte = Buffer.from(' ');
      const size = Buffer.byteLength(ONE);
      for (let count = 0; count < MAX_LINE_BYTES - size; count += 1) yield byte;
      after = usage();
      yield Buffer.from(`${ONE}\n`);
    }
    const lines = await all(readAuditLines('-', { stdin: byteByByte() }));
    expect(outlineOf(lines)).toEqual(['evt-000001']);
    expect(after - before).toBeLessThan(16 * MAX_LINE_BYTES);
  });

  it('gives the same lines whatever pieces the bytes come in', async () => {
    const bytes = Buffer.from(`\ufeff${ONE}\r\n\n${TWO}\n${THREE.slice(0, 30)}`);
    const whole = await all(readAuditLines('-', { stdin: pieces(bytes, bytes.length) }));
    for (const size of [1, 2, 3, 7, 64, 500]) {
      const parts = await all(readAuditLines('-', { stdin: pieces(bytes, size) }));
      expect(parts).toEqual(whole);
    }
  });

  it('ends where the file ended when it began', async () => {
    const [path = ''] = writeFiles({ 'audit.jsonl': `${ONE}\n`.repeat(1000) });
    let count = 0;
    for await (const batch of readAuditBatches(path)) {
      count += batch.length;
      appendFileSync(path, `${TWO}\n`.repeat(1000));
    }
    expect(count).toBe(1000);
  });

  it('fails when the file gets shorter meanwhile: what is gone was not read', async () => {
    const [path = ''] = writeFiles({ 'audit.jsonl': `${ONE}\n`.repeat(2000) });
    await expect(async () => {
      for await (const _ of readAuditBatches(path)) truncateSync(path, 0);
    }).rejects.toThrow(/cannot read .*audit\.jsonl: it got shorter while it was read/);
  });

  it('tells how far it is, and ends with the reason of an abort', async () => {
    const content = `${ONE}\n`.repeat(2000);
    const [path = ''] = writeFiles({ 'audit.jsonl': content });
    const progress: number[] = [];
    await all(readAuditBatches(path, { onProgress: (bytes) => progress.push(bytes) }));
    expect(progress.length).toBeGreaterThan(2);
    expect(progress).toEqual(progress.toSorted((one, other) => one - other));
    expect(progress.at(-1)).toBe(Buffer.byteLength(content));

    const ending = new AbortController();
    const reason = new Error('enough');
    let batches = 0;
    await expect(async () => {
      for await (const _ of readAuditBatches(path, { signal: ending.signal })) {
        batches += 1;
        ending.abort(reason);
      }
    }).rejects.toBe(reason);
    expect(batches).toBe(1);
  });

  it.each([
    { name: 'is not there', reason: 'no such file', make: (path: string) => path },
    {
      name: 'is a folder',
      reason: 'it is a folder',
      make: (path: string) => mkdirSync(path, { recursive: true }) ?? path,
    },
    {
      name: 'is a named pipe, without waiting for a writer',
      reason: 'it is no regular file',
      make: (path: string) => execFileSync('mkfifo', [path]),
    },
    {
      name: 'is a link to itself',
      reason: 'too many symbolic links',
      make: (path: string) => symlinkSync(path, path),
    },
  ])('says so when a path $name', async ({ make, reason }) => {
    const path = join(makeFolder(), 'audit.jsonl');
    make(path);
    const failure: unknown = await all(readAuditLines(path)).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(AuditReadError);
    expect(failure).toMatchObject({
      code: 'unreadable_file',
      path,
      message: expect.stringContaining(`cannot read ${path}: ${reason}`),
    });
  });

  it('says so when permission is denied', async () => {
    const [path = ''] = writeFiles({ 'audit.jsonl': `${ONE}\n` });
    chmodSync(path, 0);
    // No mode keeps root out.
    const isRoot = process.geteuid?.() === 0;
    if (isRoot) process.seteuid?.(65_534);
    try {
      await expect(all(readAuditLines(path))).rejects.toThrow('permission denied');
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
  });

  it('takes "-" for a file where no stdin is given', async () => {
    await expect(all(readAuditLines('-'))).rejects.toThrow('cannot read -: no such file');
  });

  it.each([
    { path: '', options: {}, what: '"path" must be' },
    { path: 'a', options: { onProgress: 1 }, what: '"onProgress" must be' },
    { path: 'a', options: { speed: 1 }, what: 'unknown option "speed"' },
  ])('refuses wrong options: $what', async ({ path, options, what }) => {
    const wrong = options as ReadAuditLinesOptions;
    await expect(all(readAuditLines(path, wrong))).rejects.toThrow(what);
  });
});

async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Buffer, void> {
  for (let at = 0; at < bytes.length; at += size) yield Buffer.from(bytes.subarray(at, at + size));
}

async function all<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}
