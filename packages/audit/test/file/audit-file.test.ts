import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { type AuditFileOptions, createAuditFile, decisionOf } from '../../src/index.js';
import {
  allowed,
  chainIn,
  chained,
  errorOf,
  folder,
  names,
  opened,
  refused,
  said,
  write,
  ZEROS,
} from './scene.js';
import { withoutRights } from '../../../broker/test/without-rights.js';

function path(): string {
  return join(folder(), 'audit.jsonl');
}

describe('what is written', () => {
  it('is the broker’s audit event byte for byte', async () => {
    const at = path();
    const file = opened({ path: at });
    void file(allowed('req-1', { delegationDepth: 1, delegationChainHash: 'ab'.repeat(32) }));
    await file.close();

    const agent = 'spiffe://agentwrit.local/agent/order-worker/process-ord-4823/0123456789abcdef';
    const detail = `{"version":1,"time":1771156800500,"outcome":"allow","method":"GET","route":"/orders/:id","requestId":"req-1","requiredScope":["read:data:customer-cust-7291"],"usedScope":[{"required":"read:data:customer-cust-7291","held":"read:data:*"}],"agentId":"${agent}","taskId":"process-ord-4823","orchId":"order-worker","tokenId":"00112233445566778899aabbccddeeff","grantedScope":["read:data:*"],"delegationDepth":1,"proof":{"source":"cache","ageMs":12},"durationUs":85,"delegationChainHash":"${'ab'.repeat(32)}"}`;
    const input = `${ZEROS}|evt-000001|2026-02-15T12:00:00.5Z|resource_accessed|${agent}|process-ord-4823|order-worker|${detail}|/orders/:id|success|1|${'ab'.repeat(32)}|0`;
    const hash = createHash('sha256').update(input).digest('hex');
    expect(readFileSync(at, 'utf8')).toBe(
      `{"id":"evt-000001","timestamp":"2026-02-15T12:00:00.5Z","event_type":"resource_accessed","agent_id":"${agent}","task_id":"process-ord-4823","orch_id":"order-worker","detail":${JSON.stringify(detail)},"resource":"/orders/:id","outcome":"success","deleg_depth":1,"deleg_chain_hash":"${'ab'.repeat(32)}","hash":"${hash}","prev_hash":"${ZEROS}"}\n`,
    );
  });

  it('gives the decision back', async () => {
    const at = path();
    const event = allowed('req-1', { route: '/a|b', requiredScope: ['read:data:<é|\u2028>'] });
    const file = opened({ path: at });
    void file(event);
    await file.close();
    const [written] = chained(readFileSync(at, 'utf8'));
    expect(written && decisionOf(written)).toEqual(event);
  });

  it('is in the order of the decisions, through many batches', async () => {
    const at = path();
    const file = opened({ path: at });
    const ids = names(5000);
    for (const [index, id] of ids.entries()) {
      void file(allowed(id));
      if (index % 700 === 0) await new Promise(setImmediate);
    }
    await file.flush();
    expect(said(chained(readFileSync(at, 'utf8')))).toEqual(ids);
    expect(file.stats()).toMatchObject({ written: 5000, dropped: 0, queued: 0, faults: 0 });
  });

  it('is for its owner alone', async () => {
    const at = path();
    await write({ path: at }, ['req-1']);
    expect(statSync(at).mode & 0o777).toBe(0o600);
  });

  it('leaves no other file', async () => {
    const directory = folder();
    await write({ path: join(directory, 'audit.jsonl') }, ['req-1']);
    expect(readdirSync(directory)).toEqual(['audit.jsonl']);
  });

  it.each([
    { name: 'that is no decision', event: allowed('req-2', { time: Number.NaN }) },
    { name: 'delegated by half', event: allowed('req-2', { delegationDepth: 0.5 }) },
    { name: 'of more than 1 MiB', event: allowed('req-2', { route: 'x'.repeat(600_000) }) },
  ])('has a gap in the place of an event $name', async ({ event }) => {
    const at = path();
    const file = opened({ path: at });
    for (const each of [allowed('req-1'), event, allowed('req-3')]) void file(each);
    await file.close();
    const events = chained(readFileSync(at, 'utf8'));
    expect(said(events)).toEqual(['req-1', 'audit_gap', 'req-3']);
    expect(JSON.parse(events[1]?.detail ?? '')).toMatchObject({ dropped: 1, reason: 'bad_event' });
    expect(file.faults.map(({ code }) => code)).toEqual(['bad_event']);

    const required = opened({ path: at, required: true });
    await expect(required(event)).rejects.toMatchObject({ code: 'bad_event' });
    await expect(required(allowed('req-4'))).resolves.toBeUndefined();
    expect(required.stats()).toMatchObject({ rejected: 1, dropped: 0, queued: 0 });
    // A request that was not let in leaves no gap.
    expect(said(chained(readFileSync(at, 'utf8')))).toEqual([
      'req-1',
      'audit_gap',
      'req-3',
      'req-4',
    ]);
  });
});

describe('a later start', () => {
  it('goes on with ids and hashes', async () => {
    const directory = folder();
    const options = { path: join(directory, 'audit.jsonl') };
    await write(options, ['req-1', 'req-2']);
    await write(options, []);
    await write(options, ['req-3']);
    const file = opened(options);
    expect(file.stats()).toMatchObject({ lastId: 'evt-000003', written: 0 });
    expect(said(chainIn(directory))).toEqual(['req-1', 'req-2', 'req-3']);
  });

  it('finds the last event of a long file without reading it all', async () => {
    const at = path();
    await write({ path: at }, names(3000));
    const file = opened({ path: at });
    const last = chained(readFileSync(at, 'utf8')).at(-1);
    expect(file.stats()).toMatchObject({ lastId: 'evt-003000', lastHash: last?.hash });
  });

  it('counts on past six digits', async () => {
    const at = path();
    const hash = 'a'.repeat(64);
    const detail = 'd';
    const own = createHash('sha256')
      .update(`${hash}|evt-999999|2026-02-15T12:00:00Z|t||||${detail}|||0||0`)
      .digest('hex');
    writeFileSync(
      at,
      `{"id":"evt-999999","timestamp":"2026-02-15T12:00:00Z","event_type":"t","detail":"d","hash":"${own}","prev_hash":"${hash}"}\n`,
    );
    await write({ path: at }, ['req-1', 'req-2']);
    const lines = readFileSync(at, 'utf8').split('\n');
    expect(lines.map((line) => line.slice(7, 18))).toEqual([
      'evt-999999"',
      'evt-1000000',
      'evt-1000001',
      '',
    ]);
  });
});

describe('a required file', () => {
  it('resolves for a request that is let in when its event can be read back', async () => {
    const at = path();
    const file = opened({ path: at, required: true });
    expect(file.isRequired).toBe(true);
    const ids = names(100);
    await Promise.all(
      ids.map(async (id) => {
        await file(allowed(id));
        expect(readFileSync(at, 'utf8')).toContain(`\\"requestId\\":\\"${id}\\"`);
      }),
    );
    expect(said(chained(readFileSync(at, 'utf8')))).toEqual(ids);
  });

  it('lets nobody wait for a refusal', async () => {
    const at = path();
    const file = opened({ path: at, required: true });
    expect(file(refused('req-1'))).toBeUndefined();
    await file(allowed('req-2', { outcome: 'anonymous' }));
    expect(said(chained(readFileSync(at, 'utf8')))).toEqual(['req-1', 'req-2']);
  });

  it('lets nobody wait when it is not required', () => {
    const file = opened({ path: path() });
    expect(file.isRequired).toBe(false);
    expect(file(allowed('req-1'))).toBeUndefined();
  });
});

describe('a full queue', () => {
  it('drops what is not required, and says so where it is missing', async () => {
    const at = path();
    const file = opened({ path: at, maxQueued: 3 });
    for (const [index, id] of names(8).entries()) void file(allowed(id, { time: 1000 + index }));
    expect(file.stats()).toMatchObject({ queued: 3, dropped: 5 });
    await file.flush();
    void file(allowed('later'));
    await file.flush();
    const events = chained(readFileSync(at, 'utf8'));
    expect(said(events)).toEqual(['req-1', 'req-2', 'req-3', 'audit_gap', 'later']);
    expect(events[3]?.detail).toBe(
      '{"dropped":5,"firstTime":1003,"lastTime":1007,"reason":"queue_full"}',
    );
    expect(file.faults.map(({ code }) => code)).toEqual(['queue_full']);
  });

  it('is at once a rejection for what is required', async () => {
    const at = path();
    const file = opened({ path: at, required: true, maxQueued: 2 });
    const results = await Promise.allSettled(names(3).map(async (id) => file(allowed(id))));
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    expect(results[2]).toMatchObject({ reason: { code: 'queue_full' } });
    await file.flush();
    expect(said(chained(readFileSync(at, 'utf8')))).toEqual(['req-1', 'req-2']);
    expect(file.stats()).toMatchObject({ rejected: 1, dropped: 0 });
  });

  it('takes no more memory than it may, of which refusals have half', async () => {
    const at = path();
    const file = opened({ path: at, required: true, maxQueuedBytes: 2 * 1024 * 1024 });
    // What a decision has most of may be in a list.
    const scopes = names(50, 'read:data:'.padEnd(2000, 'x'));
    for (let round = 0; round < 2; round += 1) {
      for (const id of names(100, 'refused-')) {
        void file({ ...refused(id), requiredScope: scopes });
      }
      expect(file.stats().queued).toBe(10);
      const waiting = names(100).map(async (id) => file(allowed(id, { requiredScope: scopes })));
      expect(file.stats().queued).toBe(20);
      const results = await Promise.allSettled(waiting);
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
      expect(results[99]).toMatchObject({ reason: { code: 'queue_full' } });
      await file.flush();
    }
    expect(file.stats()).toMatchObject({ dropped: 180, rejected: 180, queued: 0 });
    const gaps = chained(readFileSync(at, 'utf8')).filter((e) => e.event_type === 'audit_gap');
    expect(gaps).toHaveLength(2);
  });

  it('has room for refusals again when those before are written', async () => {
    const at = path();
    const file = opened({ path: at, required: true, maxQueued: 4 });
    for (const prefix of ['a-', 'b-', 'c-']) {
      for (const id of names(2, prefix)) void file(refused(id));
      await file.flush();
    }
    expect(said(chained(readFileSync(at, 'utf8')))).toEqual([
      'a-1',
      'a-2',
      'b-1',
      'b-2',
      'c-1',
      'c-2',
    ]);
  });

  it('has room for requests that are let in, however many are refused', async () => {
    const at = path();
    const file = opened({ path: at, required: true, maxQueued: 4 });
    for (const id of names(10, 'refused-')) void file(refused(id));
    await Promise.all([file(allowed('req-1')), file(allowed('req-2'))]);
    expect(said(chained(readFileSync(at, 'utf8')))).toEqual([
      'refused-1',
      'refused-2',
      'audit_gap',
      'req-1',
      'req-2',
    ]);
    expect(file.stats().dropped).toBe(8);
  });
});

describe('a file that is not closed', () => {
  it('does not keep the process alive, and has what was decided when that ends by itself', () => {
    const at = path();
    const program = `
      import { createAuditFile } from '@agentwrit/audit';
      const audit = createAuditFile({ path: process.argv[1] });
      const event = ${JSON.stringify(allowed('req-1'))};
      audit(event);
      setTimeout(() => audit({ ...event, requestId: 'req-2' }), 20);
    `;
    execFileSync(process.execPath, ['--input-type=module', '--eval', program, at], {
      cwd: fileURLToPath(new URL('../..', import.meta.url)),
      timeout: 15_000,
    });
    expect(said(chained(readFileSync(at, 'utf8')))).toEqual(['req-1', 'req-2']);
  });
});

describe('a closed file', () => {
  it('has all that was queued, and takes no more', async () => {
    const at = path();
    const file = opened({ path: at, required: true });
    const pending = file(allowed('req-1'));
    const closing = file.close();
    await expect(file(allowed('req-2'))).rejects.toMatchObject({ code: 'closed' });
    void file(refused('req-3'));
    await Promise.all([pending, closing, file.close()]);
    expect(said(chained(readFileSync(at, 'utf8')))).toEqual(['req-1']);
    expect(file.stats()).toMatchObject({ rejected: 1, dropped: 1, written: 1 });
    await expect(file.flush()).rejects.toMatchObject({ code: 'closed' });
  });
});

describe('an audit file that cannot be had', () => {
  const codeOf = (options: AuditFileOptions): unknown => {
    const error = errorOf(() => createAuditFile(options));
    return error instanceof Error && 'code' in error ? error.code : error;
  };

  it('is a folder', () => {
    expect(codeOf({ path: folder() })).toBe('not_a_file');
  });

  it.runIf(process.platform === 'linux')('is a device', () => {
    expect(codeOf({ path: '/dev/full' })).toBe('not_a_file');
  });

  it('is in a folder that is not there, or behind a file', () => {
    const at = path();
    writeFileSync(at, '');
    expect(codeOf({ path: join(folder(), 'logs', 'audit.jsonl') })).toBe('open_failed');
    expect(codeOf({ path: join(at, 'audit.jsonl') })).toBe('open_failed');
  });

  it('is in a folder that takes no files', () => {
    const directory = folder();
    const error = withoutRights(directory, 0o555, () =>
      errorOf(() => createAuditFile({ path: join(directory, 'audit.jsonl') })),
    );
    expect(error).toMatchObject({ code: 'open_failed', cause: { code: 'EACCES' } });
    expect(readdirSync(directory)).toEqual([]);
  });

  it('may not be written, and its lock is given back', async () => {
    const directory = folder();
    const at = join(directory, 'audit.jsonl');
    await write({ path: at }, ['req-1']);
    chmodSync(at, 0o444);
    chmodSync(directory, 0o777);
    const isRoot = process.geteuid?.() === 0;
    if (isRoot) process.seteuid?.(65_534);
    try {
      expect(errorOf(() => createAuditFile({ path: at }))).toMatchObject({
        code: 'open_failed',
        cause: { code: 'EACCES' },
      });
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
    expect(readdirSync(directory)).toEqual(['audit.jsonl']);
  });

  it.each([
    { name: 'text', text: 'MARKER: a note\n' },
    { name: 'text without a line break', text: 'MARKER' },
    {
      name: 'other JSON Lines',
      text: '{"level":30,"msg":"MARKER"}\n{"level":30,"msg":"MARKER"}\n',
    },
    { name: 'one long line', text: `MARKER${'x'.repeat(3 * 1024 * 1024)}` },
    { name: 'a long last line', text: `{}\nMARKER${'x'.repeat(3 * 1024 * 1024)}\n` },
    { name: 'blank lines', text: '\n\n' },
    {
      name: 'an event with an id of another kind',
      text: `{"id":"MARKER","timestamp":"t","event_type":"t","detail":"","hash":"${ZEROS}","prev_hash":"${ZEROS}"}\n`,
    },
  ])('is $name, which is left as it is', ({ text }) => {
    const directory = folder();
    const at = join(directory, 'audit.jsonl');
    writeFileSync(at, text);
    const error = errorOf(() => createAuditFile({ path: at }));
    expect(error).toMatchObject({ code: 'not_a_log' });
    expect(inspect(error)).not.toContain('MARKER');
    expect(readFileSync(at, 'utf8')).toBe(text);
    expect(readdirSync(directory)).toEqual(['audit.jsonl']);
  });

  it('has a last event that was changed', async () => {
    const at = path();
    await write({ path: at }, ['req-1']);
    const text = readFileSync(at, 'utf8').replace('req-1', 'req-9');
    writeFileSync(at, text);
    expect(codeOf({ path: at })).toBe('damaged');
    expect(readFileSync(at, 'utf8')).toBe(text);
  });

  it('is written by another file of this process, under whatever name', async () => {
    const directory = folder();
    mkdirSync(join(directory, 'logs'));
    const at = join(directory, 'logs', 'audit.jsonl');
    const first = opened({ path: at });
    await first.flush();
    symlinkSync('logs', join(directory, 'link'));
    symlinkSync(at, join(directory, 'other.jsonl'));
    expect(codeOf({ path: at })).toBe('in_use');
    expect(codeOf({ path: join(directory, 'link', 'audit.jsonl') })).toBe('in_use');
    expect(codeOf({ path: join(directory, 'other.jsonl') })).toBe('in_use');
    await first.close();
    await write({ path: at }, ['req-1']);
    expect(said(chainIn(join(directory, 'logs')))).toEqual(['req-1']);
  });
});

describe('options', () => {
  it.each([
    { name: 'path', options: { path: '' } },
    { name: 'required', options: { path: 'a', required: 'yes' } },
    { name: 'rotateBytes', options: { path: 'a', rotateBytes: -1 } },
    { name: 'rotateBytes', options: { path: 'a', rotateBytes: Number.NaN } },
    { name: 'keepFiles', options: { path: 'a', keepFiles: 0 } },
    { name: 'maxQueued', options: { path: 'a', maxQueued: 1 } },
    { name: 'maxQueuedBytes', options: { path: 'a', maxQueuedBytes: 1_000_000 } },
    { name: 'onFault', options: { path: 'a', onFault: true } },
    { name: 'requried', options: { path: 'a', requried: true } },
  ])('that are wrong are named: $name', ({ name, options }) => {
    const error = errorOf(() => createAuditFile(options as AuditFileOptions));
    expect(error).toBeInstanceOf(TypeError);
    expect(String(error)).toContain(`"${name}"`);
  });
});
