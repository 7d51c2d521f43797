import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createAuditFile } from '../../src/index.js';
import { openAuditFile } from '../../src/file/audit-file.js';
import { MemoryDisk, noLock } from './memory-disk.js';
import { allowed, chained, errorOf, folder, opened, refused, said, write } from './scene.js';

const directory = (): { readonly at: string; readonly torn: string } => {
  const at = join(folder(), 'audit.jsonl');
  return { at, torn: `${at}.torn` };
};

async function goodText(ids: readonly string[]): Promise<string> {
  const { at } = directory();
  await write({ path: at }, ids);
  return readFileSync(at, 'utf8');
}

describe('a file that ends within a line', () => {
  it('keeps every whole record and goes on, wherever in its last two lines it was cut', async () => {
    const good = directory();
    const file = opened({ path: good.at });
    for (const id of ['req-1', 'req-2 é', 'req-3 \u{1f600}']) void file(refused(id));
    await file.close();
    const text = readFileSync(good.at, 'utf8');
    const bytes = Buffer.from(text);
    const firstEnd = bytes.indexOf('\n') + 1;
    const parent = folder();
    for (let cut = firstEnd; cut <= bytes.length; cut += 1) {
      mkdirSync(join(parent, String(cut)));
      const at = join(parent, String(cut), 'audit.jsonl');
      writeFileSync(at, bytes.subarray(0, cut));
      const wholeEnd = bytes.lastIndexOf('\n', cut - 1) + 1;
      const whole = bytes.subarray(0, wholeEnd).toString();
      await write({ path: at }, ['later']);
      const after = readFileSync(at, 'utf8');
      expect(after.startsWith(whole)).toBe(true);
      const isTorn = cut > wholeEnd;
      expect(said(chained(after))).toEqual([
        ...said(chained(whole)),
        ...(isTorn ? ['audit_repaired'] : []),
        'later',
      ]);
      if (isTorn) expect(readFileSync(`${at}.torn`)).toEqual(bytes.subarray(wholeEnd, cut));
    }
  }, 60_000);

  it.each([
    { name: 'one byte', rest: '{' },
    { name: 'zeros, as after a power cut', rest: '\0'.repeat(70_000) },
    { name: 'a line that is no event', rest: '{"id":"evt-000003","timest\0\0\0\0":""}\n' },
    { name: 'an empty line', rest: '\n' },
  ])('tells of the repair where it was: $name', async ({ rest }) => {
    const { at, torn } = directory();
    writeFileSync(at, (await goodText(['req-1', 'req-2'])) + rest);
    const file = opened({ path: at });
    expect(file.stats()).toMatchObject({ repairedBytes: rest.length, lastId: 'evt-000002' });
    await file.close();
    const events = chained(readFileSync(at, 'utf8'));
    expect(said(events)).toEqual(['req-1', 'req-2', 'audit_repaired']);
    expect(events[2]?.detail).toBe(`{"bytes":${rest.length}}`);
    expect(readFileSync(torn, 'utf8')).toBe(rest);
    expect(file.faults.map(({ code }) => code)).toEqual(['torn']);
  });

  it('begins anew when the first event is torn', async () => {
    for (const [index, rest] of ['{', '{"id":"evt-', '{"id":"evt-000001","t', '\0\0\0'].entries()) {
      const { at, torn } = directory();
      writeFileSync(at, rest);
      await write({ path: at }, [`req-${index}`]);
      expect(said(chained(readFileSync(at, 'utf8')))).toEqual(['audit_repaired', `req-${index}`]);
      expect(readFileSync(torn, 'utf8')).toBe(rest);
    }
  });

  it('is left as it is when what is torn would go where a link leads', async () => {
    const { at, torn } = directory();
    const text = `${await goodText(['req-1'])}{"id"`;
    writeFileSync(at, text);
    const elsewhere = join(folder(), 'elsewhere');
    symlinkSync(elsewhere, torn);
    expect(errorOf(() => createAuditFile({ path: at }))).toMatchObject({ code: 'open_failed' });
    expect(existsSync(elsewhere)).toBe(false);
    expect(readFileSync(at, 'utf8')).toBe(text);
  });

  it('is left as it is when the name of what is torn cannot get to the disk', () => {
    const disk = new MemoryDisk();
    const ground = { disk, lock: noLock, realPath: (path: string) => path };
    const options = { path: '/logs/audit.jsonl', onFault: () => undefined };
    disk.put(options.path, '{"id"');
    disk.fail.syncDirectory = true;
    expect(errorOf(() => openAuditFile(options, ground))).toMatchObject({ code: 'open_failed' });
    expect(disk.text(options.path)).toBe('{"id"');
  });

  it('adds to what was torn before', async () => {
    const { at, torn } = directory();
    const text = await goodText(['req-1']);
    writeFileSync(at, `${text}one`);
    await write({ path: at }, []);
    writeFileSync(at, `${readFileSync(at, 'utf8')}two`);
    await write({ path: at }, []);
    expect(readFileSync(torn, 'utf8')).toBe('onetwo');
    expect(said(chained(readFileSync(at, 'utf8')))).toEqual([
      'req-1',
      'audit_repaired',
      'audit_repaired',
    ]);
  });

  it('is not repaired when two lines are no events: that is no crash', async () => {
    const { at } = directory();
    const text = `${await goodText(['req-1'])}one\ntwo\n`;
    writeFileSync(at, text);
    expect(errorOf(() => createAuditFile({ path: at }))).toMatchObject({ code: 'not_a_log' });
    expect(readFileSync(at, 'utf8')).toBe(text);
  });

  it('is not repaired where a line was changed, however near to its end: that is no crash', async () => {
    const { at } = directory();
    const text = (await goodText(['req-1', 'req-2', 'req-3'])).replace('req-2', 'req-9');
    writeFileSync(at, text);
    await write({ path: at }, ['req-4']);
    expect(readFileSync(at, 'utf8').startsWith(text)).toBe(true);
  });

  it('is repaired behind an event of nearly 1 MiB', async () => {
    const { at } = directory();
    const file = opened({ path: at });
    void file(allowed('req-1', { route: 'x'.repeat(500_000) }));
    await file.close();
    writeFileSync(at, `${readFileSync(at, 'utf8')}{"id"`);
    await write({ path: at }, ['req-2']);
    expect(said(chained(readFileSync(at, 'utf8')))).toEqual(['req-1', 'audit_repaired', 'req-2']);
  });
});

describe('a file with holes, as after a power cut', () => {
  const holed = (text: string, from: number, length: number): Buffer => {
    const bytes = Buffer.from(text);
    return bytes.fill(0, from, Math.min(bytes.length, from + length));
  };

  it('keeps what was before the first, and all the rest beside it, wherever it begins', async () => {
    const text = await goodText(['req-1', 'req-2', 'req-3', 'req-4', 'req-5']);
    const parent = folder();
    for (let from = 0; from < text.length; from += 23) {
      mkdirSync(join(parent, String(from)));
      const at = join(parent, String(from), 'audit.jsonl');
      const bytes = holed(text, from, 512);
      writeFileSync(at, bytes);
      await write({ path: at }, ['later']);
      const kept = text.lastIndexOf('\n', from - 1) + 1;
      const whole = from === 0 ? '' : text.slice(0, kept);
      const after = readFileSync(at, 'utf8');
      expect(after.startsWith(whole)).toBe(true);
      expect(said(chained(after))).toEqual([...said(chained(whole)), 'audit_repaired', 'later']);
      expect(readFileSync(`${at}.torn`)).toEqual(bytes.subarray(whole.length));
    }
  }, 60_000);

  it.each([
    { name: 'longer than any line', bytes: 1_500_000 },
    { name: 'longer than what is read first', bytes: 7_000_000 },
  ])('is repaired when one is $name', async ({ bytes }) => {
    const { at, torn } = directory();
    const text = await goodText(['req-1', 'req-2', 'req-3']);
    const lines = text.split('\n');
    const rest = `${'\0'.repeat(bytes)}${lines[2]?.slice(100)}\n${lines[2]}\n`;
    writeFileSync(at, `${lines[0]}\n${lines[1]}\n${rest}`);
    await write({ path: at }, ['later']);
    expect(said(chained(readFileSync(at, 'utf8')))).toEqual([
      'req-1',
      'req-2',
      'audit_repaired',
      'later',
    ]);
    expect(readFileSync(torn, 'utf8')).toBe(rest);
  });

  it.each([
    { name: 'a film', text: '\0\0\0 ftypisom\0\0\u0002\0isomiso2\n\0\0' },
    { name: 'no audit event before one', text: 'a note\nanother\nthe third \0\0\0\n' },
    { name: 'an image without line breaks', text: '\0\0\0\u0001\u0002' },
  ])('is somebody else’s and stays as it is when it is $name', ({ text }) => {
    const { at } = directory();
    writeFileSync(at, text);
    expect(errorOf(() => createAuditFile({ path: at }))).toMatchObject({ code: 'not_a_log' });
    expect(readFileSync(at, 'utf8')).toBe(text);
  });
});
