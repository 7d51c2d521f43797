import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTestBroker } from '@agentwrit/broker/testing';
import { encodeJson } from '@agentwrit/protocol';
import { describe, expect, it } from 'vitest';
import { makeFolder, writeFiles } from '../../../audit/test/folder.js';
import { linesOf, logOf, sealAll } from '../../../audit/test/verification/sealed-log.js';
import { documentOf, run } from './run.js';

const EVENTS = logOf(6);
const LINES = linesOf(EVENTS);
const LAST_HASH = EVENTS[5]?.hash ?? '';

function text(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

function fileOf(lines: readonly string[]): string {
  const [path = ''] = writeFiles({ 'audit.jsonl': text(lines) });
  return path;
}

describe('agentwrit audit verify', () => {
  it('says what is sound, and which hash to note down', async () => {
    const files = writeFiles({ b: text(LINES.slice(3)), a: text(LINES.slice(0, 3)) });
    const { code, stdout, stderr } = await run(['audit', 'verify', ...files]);
    expect(stdout).toEqual([
      'SOUND: 6 events in 2 files',
      '',
      'first event  evt-000001 at 2026-02-15T12:00:00Z',
      'last event   evt-000006 at 2026-02-15T12:00:02.5Z',
      `last hash    ${LAST_HASH}`,
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: [] });
  });

  it('ends with 1 at the first break, and says where and what it is', async () => {
    const path = fileOf(LINES.toSpliced(2, 2));
    const { code, stdout } = await run(['audit', 'verify', path]);
    expect(stdout).toEqual([
      `NOT SOUND: missing at ${path}:3`,
      '',
      'event    evt-000005',
      'found    2 events, evt-000003 to evt-000004, are not here',
      'meaning  events were taken out, or their file was not given',
      '',
      'Before it 2 events are sound.',
      '',
      'first event  evt-000001 at 2026-02-15T12:00:00Z',
      'last event   evt-000002 at 2026-02-15T12:00:00.5Z',
      `last hash    ${EVENTS[1]?.hash}`,
    ]);
    expect(code).toBe(1);
  });

  it('says beside it that decisions are recorded as lost', async () => {
    const events = sealAll([
      {
        timestamp: '2026-02-15T12:00:00Z',
        event_type: 'audit_gap',
        detail: '{"dropped":256,"firstTime":1,"lastTime":2,"reason":"queue_full"}',
      },
    ]);
    const path = fileOf(linesOf(events));
    const { code, stdout } = await run(['audit', 'verify', path]);
    expect(stdout.slice(-2)).toEqual([
      'NOT ALL IS THERE: 256 decisions are recorded as lost.',
      `Note: ${path}:1: decisions are recorded as lost: the guard could not write them down`,
    ]);
    expect(code).toBe(0);
  });

  it('says what was not given, and what is worth a look', async () => {
    const path = fileOf(LINES.slice(2));
    const { code, stdout } = await run(['audit', 'verify', path, path]);
    expect(stdout.slice(-2)).toEqual([
      'What was written before evt-000003 was not given.',
      `Note: ${path}: given before; read once`,
    ]);
    expect(code).toBe(0);
  });

  it('gives programs the report, in one document', async () => {
    const path = fileOf(LINES.with(4, LINES[3] ?? ''));
    const outcome = await run(['audit', 'verify', '--json', path]);
    expect(documentOf(outcome)).toMatchObject({
      isSound: false,
      files: [path],
      events: 4,
      break: { kind: 'duplicate', path, line: 5, id: 'evt-000004' },
      remarks: [],
    });
    expect(outcome.code).toBe(1);
  });

  it('has flags for what has to be there', async () => {
    const rest = fileOf(LINES.slice(2));
    const code = async (...argv: readonly string[]): Promise<number> =>
      (await run(['audit', 'verify', ...argv])).code;
    expect(await code(rest, '--complete')).toBe(1);
    expect(await code(rest, '--expect-hash', LAST_HASH)).toBe(0);
    expect(await code(fileOf(LINES.slice(0, 5)), '--expect-hash', LAST_HASH)).toBe(1);
    appendFileSync(rest, '{"id":');
    expect(await code(rest)).toBe(1);
    expect(await code(rest, '--growing')).toBe(0);
  });

  it('takes what was written with bars for sound where it is told to', async () => {
    const entry = { timestamp: '2026-02-15T12:00:00Z', event_type: 'token_auth_failed' };
    const path = fileOf(linesOf(sealAll([{ ...entry, detail: 'x', task_id: 'a|b' }])));
    const strict = await run(['audit', 'verify', path]);
    expect(strict.stdout.join('\n')).toContain('--allow-bars');
    expect(strict.code).toBe(1);
    expect((await run(['audit', 'verify', path, '--allow-bars'])).code).toBe(0);
  });

  it('reads stdin', async () => {
    const bytes = Buffer.from(text(LINES));
    const stdin = [bytes.subarray(0, 1000), bytes.subarray(1000)];
    const { code, stdout } = await run(['audit', 'verify', '-'], { stdin });
    expect(stdout[0]).toBe('SOUND: 6 events in 1 file');
    expect(code).toBe(0);
    const broken = await run(['audit', 'verify', '-'], { stdin: 'x\n' });
    expect(broken.stdout[0]).toBe('NOT SOUND: malformed at stdin:1');
  });

  it('verifies the log of a broker as this command prints it', async () => {
    await using broker = await createTestBroker();
    const env = { AGENTWRIT_BROKER_URL: broker.url, AGENTWRIT_ADMIN_SECRET: broker.adminSecret };
    await run(['app', 'register', '--name', 'orders', '--scopes', 'read:data:*'], { env });
    await run(['revoke', '--level', 'task', '--target', 'process <ord> & 4823'], { env });
    const { stdout } = await run(['audit', 'events', '--json'], { env });
    expect(stdout.length).toBeGreaterThan(2);
    const verified = await run(['audit', 'verify', '--complete', '--json', fileOf(stdout)]);
    expect(documentOf(verified)).toMatchObject({
      isSound: true,
      events: stdout.length,
      remarks: [],
    });
  });

  it('shows what is in a file, and how it is called, so that a terminal obeys none of it', async () => {
    const path = join(makeFolder(), 'audit\u001b[2J.jsonl');
    const line = encodeJson({ ...EVENTS[0], '\u001b[31m\u202egood': 1 });
    writeFileSync(path, `${line}\n`);
    const { stdout } = await run(['audit', 'verify', path]);
    expect(stdout.join('')).toContain(String.raw`audit\u{1b}[2J.jsonl:1`);
    expect(stdout.join('')).toContain(String.raw`\u{1b}[31m\u{202e}good`);
    for (const unsafe of ['\u001b', '\u202e']) expect(stdout.join('')).not.toContain(unsafe);
    const gone = await run(['audit', 'verify', `${path}.gone`]);
    expect(gone.stderr.join('')).toContain(String.raw`audit\u{1b}[2J.jsonl.gone: no such file`);
  });

  it('ends with 3 when a file cannot be read: nobody knows what is in it', async () => {
    const good = fileOf(LINES);
    const { code, stdout, stderr } = await run(['audit', 'verify', good, `${good}.gone`]);
    expect({ code, stdout }).toEqual({ code: 3, stdout: [] });
    expect(stderr).toEqual([`agentwrit: cannot read ${good}.gone: no such file`]);
  });

  it('ends with 3 when the log was rotated meanwhile, and says where the events are', async () => {
    const [old = '', path = '', rotated = ''] = writeFiles({
      'audit.000000000001.jsonl': text(LINES.slice(0, 2)),
      'audit.jsonl': text(LINES.slice(4)),
      'audit.000000000003.jsonl': text(LINES.slice(2, 4)),
    });
    const { code, stdout, stderr } = await run(['audit', 'verify', old, path]);
    expect({ code, stdout }).toEqual({ code: 3, stdout: [] });
    expect(stderr).toEqual([
      `agentwrit: cannot read ${path}: the events before it are in ${rotated}, which was not given; if the log was rotated meanwhile, run it again`,
    ]);
    expect((await run(['audit', 'verify', old, path, rotated])).code).toBe(0);
  });

  it.each([
    { name: 'no file', argv: [], what: 'FILE is missing' },
    { name: 'an empty name', argv: ['a', ''], what: 'FILE must not be empty' },
    {
      name: 'half a hash',
      argv: ['a', '--expect-hash', 'abc'],
      what: '"--expect-hash" must be 64',
    },
    {
      name: 'a hash in upper case',
      argv: ['a', '--expect-hash', LAST_HASH.toUpperCase()],
      what: '"--expect-hash" must be 64 lower-case hex digits',
    },
    {
      name: 'a hash with a blank behind it',
      argv: ['a', '--expect-hash', `${LAST_HASH} `],
      what: '"--expect-hash" must be 64 lower-case hex digits',
    },
    {
      name: 'a hash with a line end behind it',
      argv: ['a', '--expect-hash', `${LAST_HASH}\n`],
      what: '"--expect-hash" must be 64 lower-case hex digits',
    },
    { name: 'stdin that is a terminal', argv: ['-'], what: '"-" is stdin: pipe a file in' },
  ])('is used wrongly with $name', async ({ argv, what }) => {
    const { code, stderr } = await run(['audit', 'verify', ...argv]);
    expect(stderr[0]).toContain(what);
    expect(code).toBe(2);
  });

  it('shows how far it is once it takes long, and takes that away before it says anything', async () => {
    const path = fileOf(linesOf(logOf(2000)));
    const shown: string[] = [];
    let time = 0;
    const { stdout } = await run(['audit', 'verify', path], {
      now: () => (time += 300),
      onStatus: (line) => shown.push(line),
      onLine: () => shown.push('a line of the report'),
    });
    const [first = '', ...others] = shown;
    expect(first).toMatch(/^\d+ events, \d+ MiB, \d+ %$/);
    expect(others.slice(-stdout.length - 1)).toEqual([
      '',
      ...stdout.map(() => 'a line of the report'),
    ]);

    shown.length = 0;
    await run(['audit', 'verify', path], { now: 0, onStatus: (line) => shown.push(line) });
    expect(shown).toEqual([]);
  });
});
