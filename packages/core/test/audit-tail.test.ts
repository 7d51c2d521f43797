// The feed against an audit log in this process that is made to say anything.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createTimedAuditFeed } from '../src/audit-feed.js';
import { systemTime } from '../src/audit-tail.js';
import type { AuditFeedOptions } from '../src/index.js';
import {
  type LogEntry,
  type Page,
  PollClock,
  RecordingSink,
  ScriptedLog,
  SECRET,
} from './audit-scene.js';
import { Deferred, json, turns } from './fixtures.js';
import { POOL } from './platforms.js';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

interface Scene {
  readonly log: ScriptedLog;
  readonly sink: RecordingSink;
  readonly time: PollClock;
  readonly end: () => unknown;
}

function follow(log = new ScriptedLog(), options: Partial<AuditFeedOptions> = {}): Scene {
  const sink = new RecordingSink();
  const time = new PollClock();
  const feed = createTimedAuditFeed(
    { broker: log, adminSecret: SECRET, ...options },
    time,
    POOL.platform,
  );
  const end = feed.subscribe(sink);
  ends.push(end);
  return { log, sink, time, end };
}

/** One that is in step already. */
async function inStep(log?: ScriptedLog, options?: Partial<AuditFeedOptions>): Promise<Scene> {
  const scene = follow(log, options);
  await scene.time.idle();
  scene.sink.take();
  scene.log.requests.length = 0;
  return scene;
}

const taskRevoked = (task: string): LogEntry => ({
  event_type: 'token_revoked',
  agent_id: task,
  detail: `revoked at level=task target=${task}`,
});
const REVOKED: LogEntry = taskRevoked('task-1');
const TOLD = { level: 'task', target: 'task-1' };

describe('the cursor', () => {
  it('begins at the end of the log: what was revoked before is told by nobody', async () => {
    const { log, sink, time } = follow(new ScriptedLog([REVOKED, REVOKED, {}]));
    await time.idle();
    expect(log.requests).toEqual([
      'log-in',
      '0+1 as admin-token-1',
      '2+1 as admin-token-1',
      '2+1000 as admin-token-1',
    ]);
    expect(sink.take()).toEqual(['synced 1']);
  });

  it('does not begin in a log that gets shorter meanwhile', async () => {
    const log = new ScriptedLog([{}, {}, {}]);
    log.answer = (_, { offset }) => (offset > 0 ? json({ events: [], total: 0 }) : undefined);
    const { sink, time } = follow(log);
    await time.idle();
    expect(sink.take()).toEqual(['lost: gap: the audit log has become shorter']);
  });

  it('tells what comes after it, once, and asks for all events from the last one on', async () => {
    const { log, sink, time } = await inStep();
    log.append({}, REVOKED, {});
    await time.poll();
    expect(sink.take()).toEqual([TOLD, 'synced 2']);
    await time.poll();
    expect(sink.take()).toEqual(['synced 3']);
    expect(log.requests).toEqual(['0+1000 as admin-token-1', '3+1000 as admin-token-1']);
  });

  it('misses nothing that is revoked while it looks for the end', async () => {
    const log = new ScriptedLog();
    log.answer = (_, { limit }) => {
      // The moment before which everything is told has not been taken yet, or the event is in the page.
      if (limit === 1000) log.append(REVOKED);
      return undefined;
    };
    const { sink, time } = follow(log);
    await time.idle();
    log.answer = undefined;
    await time.poll();
    expect(sink.take()).toEqual(['synced 1', TOLD, 'synced 2']);
  });

  it('takes the moment before it asks, and of many pages before the first', async () => {
    const { log, sink, time } = await inStep();
    for (let count = 0; count < 2100; count += 1) log.append({});
    log.append(REVOKED);
    const moments: number[] = [];
    log.answer = () => {
      moments.push(sink.moment().order);
      return undefined;
    };
    await time.poll();
    // 2 is the poll's; these are 3, 4, 5.
    expect(moments).toEqual([3, 4, 5]);
    expect(log.requests.map((request) => request.split(' ')[0])).toEqual([
      '0+1000',
      '999+1000',
      '1998+1000',
    ]);
    expect(sink.take()).toEqual([TOLD, 'synced 2']);
  });

  it('begins with the first event of a log that was empty', async () => {
    const { log, sink, time } = await inStep(new ScriptedLog([]));
    log.append(REVOKED);
    await time.poll();
    expect(sink.take()).toEqual([TOLD, 'synced 2']);
  });

  it('does not believe that a log which was empty begins in the middle', async () => {
    const { log, sink, time } = await inStep(new ScriptedLog([]));
    log.append({}, REVOKED);
    log.events.shift();
    await time.poll();
    expect(sink.take()).toEqual(['lost: gap: events are missing in the audit log']);
  });
});

interface Tampered {
  readonly name: string;
  /** The log holds three events then; the second is the first new one, a revocation. */
  readonly tamper: (page: Page) => unknown;
  readonly lost: RegExp;
}

const changed = (at: number, change: object) => (page: Page) => ({
  ...page,
  events: page.events.map((event, index) => (index === at ? { ...event, ...change } : event)),
});
const OTHER_HASH = 'f'.repeat(64);
const OTHER_LOG = /^lost: gap: the audit log is not the one that was read before$/;

const TAMPERED: readonly Tampered[] = [
  { name: 'another first event', tamper: changed(0, { id: 'evt-000009' }), lost: OTHER_LOG },
  { name: 'another hash there', tamper: changed(0, { hash: OTHER_HASH }), lost: OTHER_LOG },
  { name: 'no event', tamper: (page) => ({ ...page, events: [] }), lost: OTHER_LOG },
  { name: 'a shorter log', tamper: () => ({ events: [], total: 0 }), lost: OTHER_LOG },
  {
    name: 'the first event left out',
    tamper: (page) => ({ ...page, events: page.events.slice(1) }),
    lost: OTHER_LOG,
  },
  {
    name: 'an event left out',
    tamper: (page) => ({ ...page, events: page.events.toSpliced(1, 1) }),
    lost: /^lost: gap: events are missing/,
  },
  {
    name: 'a broken link',
    tamper: changed(2, { prev_hash: OTHER_HASH }),
    lost: /^lost: gap: events are missing/,
  },
  {
    name: 'an event without hash',
    tamper: changed(1, { hash: '' }),
    lost: /gap: audit\.events\[1\]\.hash/,
  },
  {
    name: 'an event without type',
    tamper: changed(1, { event_type: 7 }),
    lost: /gap: .*event_type/,
  },
  { name: 'an event without detail', tamper: changed(1, { detail: null }), lost: /gap: .*detail/ },
  { name: 'a target that is none', tamper: changed(1, { agent_id: '' }), lost: /gap: .*agent_id/ },
  {
    name: 'an unknown level',
    tamper: changed(1, { detail: 'revoked at level=planet target=x' }),
    lost: /gap: event\.detail: expected a revocation level/,
  },
  {
    name: 'a list for the page',
    tamper: (page) => page.events,
    lost: /gap: audit: expected an object/,
  },
  { name: 'null for the page', tamper: () => null, lost: /gap: audit: expected an object/ },
  { name: 'no total', tamper: ({ events }) => ({ events }), lost: /gap: audit\.total/ },
  {
    name: 'an object for the events',
    tamper: () => ({ events: {}, total: 3 }),
    lost: /gap: audit\.events/,
  },
];

describe('a page', () => {
  it.each(TAMPERED)('with $name is a gap, and the end is found again', async ({ tamper, lost }) => {
    const { log, sink, time } = await inStep();
    log.append(REVOKED, {});
    log.answer = (_, page) => json(tamper(page));
    await time.poll();
    expect(sink.take()).toEqual([expect.stringMatching(lost)]);

    log.answer = undefined;
    log.requests.length = 0;
    await time.poll();
    expect(log.requests.map((request) => request.split(' ')[0])).toEqual(['0+1', '2+1', '2+1000']);
    expect(sink.take()).toEqual([expect.stringMatching(/^synced/)]);
  });

  it('of a log that goes on without end is not asked for again and again', async () => {
    const { log, sink, time } = await inStep();
    log.answer = (_, page) => json({ ...page, total: 7 });
    await time.poll();
    await time.poll();
    expect(log.requests).toHaveLength(2);
    expect(sink.take()).toEqual([
      'lost: the broker cannot be asked: a page of the audit log stops short of its end',
    ]);
  });

  it('that is too large is asked for in parts, and later as a whole again', async () => {
    const { log, sink, time } = await inStep();
    for (let count = 0; count < 300; count += 1) log.append({});
    log.append(REVOKED);
    log.answer = (_, { limit }) =>
      limit > 100 ? new Response('x'.repeat(33 * 1024 * 1024), { headers: JSON_TYPE }) : undefined;
    await time.poll();
    expect(sink.take()).toEqual([TOLD, 'synced 2']);

    log.answer = undefined;
    for (let count = 0; count < 3; count += 1) await time.poll();
    expect(log.requests.at(-1)).toContain('+1000 ');
  });

  it('that takes too long is asked for in parts in the next poll', async () => {
    const { log, sink, time } = await inStep(undefined, { timeoutMs: 150 });
    log.append(REVOKED);
    log.answer = (_, { limit }) =>
      limit > 500 ? new Promise<Response>(() => undefined) : undefined;
    await time.poll();
    expect(sink.take()).toEqual([]);
    await time.poll();
    expect(sink.take()).toEqual([TOLD, expect.stringMatching(/^synced/)]);
  });

  it('that is too large with two events is a gap', async () => {
    const { log, sink, time } = await inStep();
    log.append(REVOKED);
    log.answer = () => new Response('x'.repeat(33 * 1024 * 1024), { headers: JSON_TYPE });
    await time.poll();
    expect(sink.take()).toEqual(['lost: gap: an event is too large to be read']);
  });
});

const JSON_TYPE = { 'content-type': 'application/json' };

describe('a broker that gives no page', () => {
  it.each([
    {
      name: 'answers 500',
      answer: () => json({}, { status: 500 }),
      lost: 'the broker answered 500',
    },
    {
      name: 'answers HTML',
      answer: () => new Response('<p>', { headers: { 'content-type': 'text/html' } }),
      lost: 'the answer is not application/json',
    },
    {
      name: 'answers half of it',
      answer: () => new Response('{"events":[', { headers: JSON_TYPE }),
      lost: 'the answer is not JSON',
    },
    {
      name: 'redirects',
      answer: () => json({}, { status: 302, headers: { location: 'http://elsewhere.invalid/' } }),
      lost: 'the broker answered 302',
    },
    {
      name: 'is gone',
      answer: () => Promise.reject(Object.assign(new TypeError(SECRET), { code: 'ECONNREFUSED' })),
      lost: 'the connection to the broker failed (ECONNREFUSED)',
    },
    {
      name: 'does not answer',
      answer: () => new Promise<Response>(() => undefined),
      lost: 'no whole answer within 150 ms',
    },
  ])(
    'because it $name is forgiven once, and then the feed is lost until it does',
    async ({ answer, lost }) => {
      const { log, sink, time } = await inStep(undefined, { timeoutMs: 150 });
      log.append(REVOKED);
      log.answer = answer;
      await time.poll();
      expect(sink.take()).toEqual([]);
      await time.poll();
      expect(sink.take()).toEqual([`lost: the broker cannot be asked: ${lost}`]);

      log.answer = undefined;
      await time.poll();
      // The log has waited: nothing is missed, and the end need not be found again.
      expect(sink.take()).toEqual([TOLD, expect.stringMatching(/^synced/)]);
    },
  );

  it('is forgiven again after a poll that went well', async () => {
    const { log, sink, time } = await inStep();
    for (let round = 0; round < 3; round += 1) {
      log.answer = () => json({}, { status: 500 });
      await time.poll();
      log.answer = undefined;
      await time.poll();
    }
    expect(sink.take()).toEqual(['synced 3', 'synced 5', 'synced 7']);
  });

  it('is not forgiven after a gap', async () => {
    const { log, sink, time } = await inStep();
    log.answer = () => json(null);
    await time.poll();
    log.answer = () => json({}, { status: 500 });
    await time.poll();
    expect(sink.take()).toEqual([
      expect.stringContaining('gap'),
      'lost: the broker cannot be asked: the broker answered 500',
    ]);
  });

  it('is told of at once at the start', async () => {
    const log = new ScriptedLog();
    log.answer = () => json({}, { status: 503 });
    const { sink, time } = follow(log);
    await time.idle();
    expect(sink.take()).toEqual(['lost: the broker cannot be asked: the broker answered 503']);
  });

  it('says itself when to come back', async () => {
    const { log, time } = await inStep();
    log.answer = () => json({}, { status: 429, headers: { 'retry-after': '17' } });
    await time.poll();
    expect(time.waits.at(-1)).toBe(17_000);
  });
});

describe('the log-in', () => {
  it('is used until shortly before its token ends', async () => {
    const { log, time } = await inStep();
    time.advance(268_000);
    await time.poll();
    await time.poll();
    expect(log.requests).toEqual(['0+1000 as admin-token-1', 'log-in', '0+1000 as admin-token-2']);
  });

  it('is repeated once when its token is refused', async () => {
    const { log, sink, time } = await inStep();
    log.append(REVOKED);
    log.answer = (request) =>
      request.headers.get('authorization') === 'Bearer admin-token-1'
        ? json({}, { status: 401 })
        : undefined;
    await time.poll();
    expect(log.requests).toEqual(['0+1000 as admin-token-1', 'log-in', '0+1000 as admin-token-2']);
    expect(sink.take()).toEqual([TOLD, 'synced 2']);
  });

  const refuse =
    (path: string, status: number, headers?: Record<string, string>) => (request: Request) =>
      new URL(request.url).pathname === path
        ? json({}, { status, ...(headers && { headers }) })
        : undefined;

  it.each([
    { status: 401, lost: 'the broker refuses the log-in with the admin secret (401)' },
    { status: 400, lost: 'the broker refuses the log-in with the admin secret (400)' },
    { status: 404, lost: 'the broker refuses the log-in with the admin secret (404)' },
    { status: 429, lost: 'the broker limits log-ins (429)' },
  ])('that is answered $status is tried again later and later', async ({ status, lost }) => {
    const log = new ScriptedLog();
    log.answer = refuse('/v1/admin/auth', status);
    const { sink, time } = follow(log);
    await time.idle();
    for (let count = 0; count < 6; count += 1) await time.poll();
    expect(new Set(sink.take())).toEqual(new Set([`lost: cannot authenticate: ${lost}`]));
    expect(time.waits).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
    expect(log.requests).toHaveLength(7);

    log.answer = undefined;
    await time.poll();
    expect(sink.take()).toEqual(['synced 1']);
    expect(time.waits.at(-1)).toBe(1000);

    log.answer = refuse('/v1/audit/events', 403);
    await time.poll();
    expect(time.waits.at(-1)).toBe(1000);
  });

  it('waits as long as the broker says', async () => {
    const log = new ScriptedLog();
    log.answer = refuse('/v1/admin/auth', 429, { 'retry-after': '45' });
    const { time } = follow(log);
    await time.idle();
    expect(time.waits).toEqual([45_000]);
  });

  it.each([401, 403])(
    'whose token opens nothing (%i) is no reason to log in without end',
    async (status) => {
      const log = new ScriptedLog();
      log.answer = refuse('/v1/audit/events', status);
      const { sink, time } = follow(log);
      await time.idle();
      await time.poll();
      expect(log.requests.filter((request) => request === 'log-in')).toHaveLength(2);
      expect(time.waits).toEqual([1000, 2000]);
      expect(sink.take()).toContain(
        `lost: cannot authenticate: the broker refuses the operator's token (${status}); was the admin revoked?`,
      );
    },
  );

  it.each([
    { name: 'no token', answer: { expires_in: 300, token_type: 'Bearer' } },
    { name: 'no life', answer: { access_token: SECRET, expires_in: 0, token_type: 'Bearer' } },
    { name: 'a list', answer: [SECRET] },
  ])('with $name is a fault', async ({ answer }) => {
    const log = new ScriptedLog();
    log.answer = (request) => (request.method === 'POST' ? json(answer) : undefined);
    const { sink, time } = follow(log);
    await time.idle();
    expect(sink.told).toEqual([expect.stringMatching(/^lost: the broker cannot be asked: auth/)]);
    expect(JSON.stringify(sink.told)).not.toContain(SECRET);
  });
});

describe('polls', () => {
  it('begin one every pollMs, and at once after one that took longer', async () => {
    const { log, time } = await inStep(undefined, { pollMs: 500 });
    log.answer = () => {
      time.advance(120);
      return undefined;
    };
    await time.poll();
    expect(time.waits.at(-1)).toBe(380);
    log.answer = () => {
      time.advance(501);
      return undefined;
    };
    await time.poll();
    expect(time.waits.at(-1)).toBe(0);
  });

  it('never overlap', async () => {
    const { log, time } = await inStep();
    const held = new Deferred<Response>();
    log.answer = () => held.promise;
    const polled = time.poll();
    await turns(10);
    expect(log.requests).toHaveLength(1);
    held.resolve(json({ events: log.events, total: 1 }));
    await polled;
    expect(log.requests).toHaveLength(1);
  });

  it('end with the subscription, and nothing is told of it', async () => {
    const { log, sink, end } = await inStep();
    await end();
    await turns(10);
    expect(log.requests).toEqual([]);
    expect(sink.take()).toEqual([]);
  });

  it('are broken off by its end, though the broker never answers', async () => {
    const { log, sink, time, end } = await inStep();
    log.answer = () => new Promise(() => undefined);
    void time.poll();
    await turns();
    expect(log.requests).toHaveLength(1);
    await end();
    expect(sink.take()).toEqual([]);
  });

  it('keep no process alive, whether they wait or ask', async () => {
    const timers = (): number =>
      process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    const before = timers();
    const ending = new AbortController();
    const slept = systemTime.sleep(60_000, ending.signal);
    const log = new ScriptedLog();
    log.answer = () => new Promise(() => undefined);
    follow(log);
    expect(log.requests).toEqual(['log-in']);
    expect(timers()).toBe(before);
    // And a wait that is broken off is over.
    ending.abort();
    await slept;
  });

  it('leave no connection behind', async () => {
    const server = createServer(() => undefined);
    const { promise: asked, resolve } = new Deferred<void>();
    server.on('request', () => resolve());
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const closed = new Deferred<void>();
    server.on('connection', (socket) => socket.on('close', () => closed.resolve()));
    const { port } = server.address() as AddressInfo;
    const sink = new RecordingSink();
    const feed = createTimedAuditFeed(
      { broker: `http://127.0.0.1:${port}`, adminSecret: SECRET },
      new PollClock(),
      POOL.platform,
    );
    const end = feed.subscribe(sink);
    await asked;
    await end();
    await closed.promise;
    expect(sink.take()).toEqual([]);
    await new Promise((done) => server.close(done));
  });
});
