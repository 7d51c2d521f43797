// A guard that is told of revocations by the audit log of a real broker: in this process and over a socket.

import { inspect } from 'node:util';
import { createBroker } from '@agentwrit/broker';
import { createTestBroker, type TestBroker, type TestToken } from '@agentwrit/broker/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTimedAuditFeed } from '../src/audit-feed.js';
import {
  type AuditFeedOptions,
  createAuditFeed,
  createGuard,
  type Guard,
  type InProcessBroker,
  type RevocationSink,
} from '../src/index.js';
import { PollClock, SECRET } from './audit-scene.js';
import { FakeClock, requestWith, ScriptedBroker, tokenOf, turns } from './fixtures.js';
import { POOL } from './platforms.js';

let warned: string[] = [];
const listen = (warning: Error & { code?: string }): void => {
  if (warning.code === 'AGENTWRIT_FEED') warned.push(warning.message);
};
const cleanUps: (() => Promise<void>)[] = [];
beforeEach(() => {
  warned = [];
  process.on('warning', listen);
});
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
  process.off('warning', listen);
});

const SCOPE = ['read:data:*'];
const VALIDATE = '/v1/token/validate';
const AUDIT = '/v1/audit/events';

interface Scene {
  readonly broker: TestBroker;
  readonly guard: Guard;
  readonly clock: FakeClock;
  readonly time: PollClock;
  /** `allow`, or why not. */
  readonly ask: (token: TestToken | string) => Promise<string>;
  readonly asked: () => number;
}

async function openBroker(): Promise<TestBroker> {
  const broker = await createTestBroker({ adminSecret: SECRET });
  cleanUps.push(broker.close);
  return broker;
}

async function setUp(
  reach: (broker: TestBroker) => string | InProcessBroker = (broker) => broker,
  options: Partial<AuditFeedOptions> = {},
): Promise<Scene> {
  const broker = await openBroker();
  const time = new PollClock();
  const clock = new FakeClock();
  clock.setWallClock(broker.clock.now());
  const target = reach(broker);
  const feed = createTimedAuditFeed(
    { broker: target, adminSecret: SECRET, ...options },
    time,
    POOL.platform,
  );
  const guard = createGuard({ broker: target, feed, maxAge: 3600, clock, onDecision: () => 0 });
  cleanUps.push(guard.close);
  const check = guard.requireScope('read:data:x');
  await time.idle();
  return {
    broker,
    guard,
    clock,
    time,
    asked: () => broker.requestCount(VALIDATE),
    async ask(token) {
      const answer = await check(requestWith(typeof token === 'string' ? token : token.token));
      return answer.outcome === 'refuse' ? answer.refusal.reason : answer.outcome;
    },
  };
}

function post(broker: InProcessBroker, path: string, token: string): Promise<Response> | Response {
  return broker.fetch(
    new Request(`http://broker.invalid${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
    }),
  );
}

const WAYS = [
  { way: 'in process', reach: (broker: TestBroker) => broker },
  { way: 'over a socket', reach: (broker: TestBroker) => broker.url },
] as const;

describe.each(WAYS)('a guard with an audit feed $way', ({ reach }) => {
  interface Level {
    readonly level: 'token' | 'agent' | 'task' | 'chain';
    readonly target: (token: TestToken) => string;
  }
  const levels: readonly Level[] = [
    { level: 'token', target: ({ tokenId }) => tokenId },
    { level: 'agent', target: ({ agentId }) => agentId },
    { level: 'task', target: ({ claims }) => claims.task_id ?? '' },
    { level: 'chain', target: ({ claims }) => claims.delegation_chain[0]?.agent ?? '' },
  ];

  it.each(levels)(
    'hears of a revocation at level $level within a poll',
    async ({ level, target }) => {
      const { broker, ask, asked, time } = await setUp(reach);
      const root = await broker.issueToken({ scope: SCOPE, taskId: 'task-root' });
      const token = await broker.issueToken({ scope: SCOPE, delegatedBy: root });
      const bystander = await broker.issueToken({ scope: SCOPE, taskId: 'task-other' });
      await ask(token);
      await ask(bystander);

      broker.revoke({ level, target: target(token) });
      expect([await ask(token), asked()]).toEqual(['allow', 2]);
      await time.poll();
      expect([await ask(token), asked()]).toEqual(['invalid_token', 3]);
      // What has nothing to do with it stays warm.
      expect([await ask(bystander), asked()]).toEqual(['allow', 3]);
    },
  );

  it('hears of a release', async () => {
    const { broker, ask, asked, time } = await setUp(reach);
    const token = await broker.issueToken({ scope: SCOPE });
    await ask(token);
    await post(broker, '/v1/token/release', token.token);
    expect([await ask(token), asked()]).toEqual(['allow', 1]);
    await time.poll();
    expect([await ask(token), asked()]).toEqual(['invalid_token', 2]);
  });

  it('hears of a renewal: the old token dies, the new one stays warm', async () => {
    const { broker, ask, asked, time } = await setUp(reach);
    const old = await broker.issueToken({ scope: SCOPE });
    await ask(old);
    const renewal = (await (await post(broker, '/v1/token/renew', old.token)).json()) as {
      access_token: string;
    };
    await ask(renewal.access_token);
    expect(asked()).toBe(2);
    await time.poll();
    expect([await ask(renewal.access_token), asked()]).toEqual(['allow', 2]);
    expect([await ask(old), asked()]).toEqual(['invalid_token', 3]);
  });
});

describe('a guard with an audit feed', () => {
  it('keeps a verdict for as long as the feed is in step', async () => {
    const { broker, guard, clock, time, ask, asked } = await setUp();
    const token = await broker.issueToken({ scope: SCOPE, ttl: 3600 });
    await ask(token);
    for (let minute = 0; minute < 10; minute += 1) {
      clock.advance(60_000);
      await time.poll();
      expect(await ask(token)).toBe('allow');
    }
    expect([asked(), guard.stats().feed]).toEqual([1, 'in step']);
  });

  it('falls back to maxAgeWithoutFeed when polls stop', async () => {
    const { broker, guard, clock, ask, asked } = await setUp();
    const token = await broker.issueToken({ scope: SCOPE });
    await ask(token);
    clock.advance(5001);
    expect(guard.stats().feed).toBe('behind');
    expect([await ask(token), asked()]).toEqual(['allow', 2]);
  });

  it('sees the one among thousands of events between two polls', async () => {
    const { broker, ask, time } = await setUp();
    const token = await broker.issueToken({ scope: SCOPE });
    await ask(token);
    for (let count = 0; count < 2500; count += 1) {
      broker.revoke({ level: 'task', target: `task-${count + 1000}` });
      if (count === 1700) broker.revoke({ level: 'agent', target: token.agentId });
    }
    const before = broker.requestCount(AUDIT);
    await time.poll();
    expect(broker.requestCount(AUDIT) - before).toBe(3);
    expect(await ask(token)).toBe('invalid_token');
  });

  it.each(WAYS)('asks again for everything after the broker was gone, $way', async ({ reach }) => {
    const { broker, guard, clock, time, ask, asked } = await setUp(reach);
    const token = await broker.issueToken({ scope: SCOPE });
    await ask(token);
    await broker.goDown();
    await time.poll();
    expect([guard.stats().feed, warned]).toEqual(['in step', []]);
    await time.poll();
    await turns();
    expect(guard.stats().feed).toBe('behind');
    expect(warned).toEqual([
      expect.stringMatching(
        /^revocations are not followed, .*: the broker cannot be asked: the conn/,
      ),
    ]);
    // A verdict that is younger than `maxAgeWithoutFeed` is good, an older one is not.
    expect(await ask(token)).toBe('allow');
    clock.advance(5001);
    expect(await ask(token)).toBe('broker_unavailable');

    await broker.recover();
    await time.poll();
    expect(guard.stats().feed).toBe('in step');
    const before = asked();
    expect([await ask(token), asked()]).toEqual(['allow', before + 1]);
    clock.advance(4000);
    expect([await ask(token), asked()]).toEqual(['allow', before + 1]);
  });

  it('asks again for everything when another broker has taken the place of the first', async () => {
    let current: InProcessBroker | undefined;
    const front = { fetch: (request: Request) => (current as InProcessBroker).fetch(request) };
    const scene = await setUp((broker) => {
      current = broker;
      return front;
    });
    const { broker, guard, time, ask } = scene;
    const token = await broker.issueToken({ scope: SCOPE });
    await ask(token);

    const other = await openBroker();
    // As long a log as the first one's, so that only its contents tell.
    for (let count = 0; count < 20; count += 1) other.revoke({ level: 'task', target: 'x' });
    current = other;
    await time.poll();
    await turns();
    expect(guard.stats().feed).toBe('behind');
    expect(warned).toEqual([expect.stringContaining('gap: the audit log is not the one')]);
    await time.poll();
    expect(guard.stats().feed).toBe('in step');
    expect(await ask(token)).toBe('invalid_token');
  });

  it('says loudly, and once, that it cannot authenticate, and falls back', async () => {
    const wrong = 'not-the-admin-secret';
    const scene = await setUp(undefined, { adminSecret: wrong });
    const { broker, guard, clock, time, ask, asked } = scene;
    const token = await broker.issueToken({ scope: SCOPE });
    await ask(token);
    for (let count = 0; count < 3; count += 1) await time.poll();
    await turns();
    expect(warned).toEqual([
      'revocations are not followed, verdicts age faster: cannot authenticate: the broker refuses the log-in with the admin secret (401)',
    ]);
    expect(guard.stats().feed).toBe('behind');
    clock.advance(5001);
    broker.revoke({ level: 'token', target: token.tokenId });
    expect([await ask(token), asked()]).toEqual(['invalid_token', 2]);
  });

  it('comes back when nobody can log in any more', async () => {
    const { broker, guard, time } = await setUp();
    broker.revoke({ level: 'agent', target: 'admin' });
    await time.poll();
    await turns();
    expect(guard.stats().feed).toBe('behind');
    expect(warned.join()).toContain('was the admin revoked?');
    expect(broker.requestCount('/v1/admin/auth')).toBe(2);
  });

  it('shows no secret, in no warning and however it is printed', async () => {
    const broker = await openBroker();
    const time = new PollClock();
    const feed = createTimedAuditFeed(
      { broker: broker.url, adminSecret: SECRET },
      time,
      POOL.platform,
    );
    const guard = createGuard({ broker: broker.url, feed });
    cleanUps.push(guard.close);
    await time.idle();
    for (const status of [500, 401, 429, 200]) {
      await broker.fail(status, { body: `{"secret":"${SECRET}"}` });
      await time.poll();
      await time.poll();
    }
    await broker.goDown();
    await time.poll();
    await turns();
    const shown = [feed, guard, warned].map((value) =>
      inspect(value, { depth: 20, showHidden: true, getters: true }),
    );
    expect(warned.length).toBeGreaterThan(2);
    expect(shown.join()).not.toContain(SECRET);
    expect(JSON.stringify([feed, guard])).not.toContain(SECRET);
  });

  it('serves several guards, each with a log-in of its own', async () => {
    const broker = await openBroker();
    const times = [new PollClock(), new PollClock()];
    const feed = createAuditFeed({ broker, adminSecret: SECRET });
    const guards = times.map(() => createGuard({ broker, feed }));
    for (const guard of guards) cleanUps.push(guard.close);
    const deadline = Date.now() + 10_000;
    while (guards.some((guard) => guard.stats().feed !== 'in step')) {
      expect(Date.now()).toBeLessThan(deadline);
      await turns();
    }
    expect(broker.requestCount('/v1/admin/auth')).toBe(2);
    await guards[0]?.close();
    expect(guards[1]?.stats().feed).toBe('in step');
  });

  it('works with createBroker() and its real rate limits', async () => {
    const broker = createBroker({ adminSecret: SECRET, bcryptCost: 4 });
    cleanUps.push(broker.close);
    const time = new PollClock();
    const feed = createTimedAuditFeed({ broker, adminSecret: SECRET }, time, POOL.platform);
    const guard = createGuard({ broker, feed });
    cleanUps.push(guard.close);
    await time.idle();
    expect(guard.stats().feed).toBe('in step');
  });
});

describe('a guard that is told by hand', () => {
  it('still counts what it was told of between the look and the word that all is known', async () => {
    let sink: RevocationSink | undefined;
    const feed = { subscribe: (given: RevocationSink) => ((sink = given), () => undefined) };
    const broker = new ScriptedBroker();
    const clock = new FakeClock();
    const guard = createGuard({ broker, feed, maxAge: 3600, clock });
    const check = guard.requireScope('read:data:x');
    const looked = sink?.moment();
    await check(requestWith(tokenOf()));
    sink?.revoked({ level: 'task', target: 'task-1' });
    if (looked) sink?.synced(looked);
    await check(requestWith(tokenOf()));
    expect(broker.calls).toHaveLength(2);
    await guard.close();
  });
});

describe('createAuditFeed', () => {
  const good = { broker: 'http://127.0.0.1:8080', adminSecret: SECRET };
  it.each([
    { name: 'no options', options: undefined, says: 'createAuditFeed takes' },
    { name: 'no broker', options: { adminSecret: SECRET }, says: '"broker"' },
    { name: 'no secret', options: { broker: good.broker }, says: '"adminSecret"' },
    { name: 'an empty secret', options: { ...good, adminSecret: '' }, says: '"adminSecret"' },
    {
      name: 'an undefined secret',
      options: { ...good, adminSecret: undefined },
      says: '"adminSecret"',
    },
    { name: 'an unknown option', options: { ...good, secret: SECRET }, says: '"secret"' },
    { name: 'a short poll', options: { ...good, pollMs: 99 }, says: '"pollMs"' },
    { name: 'a long poll', options: { ...good, pollMs: 60_001 }, says: '"pollMs"' },
    { name: 'a poll that is none', options: { ...good, pollMs: Number.NaN }, says: '"pollMs"' },
    { name: 'an undefined poll', options: { ...good, pollMs: undefined }, says: '"pollMs"' },
    { name: 'no time', options: { ...good, timeoutMs: 0 }, says: '"timeoutMs"' },
    {
      name: 'another host',
      options: { ...good, broker: 'http://broker.example' },
      says: '"broker"',
    },
    {
      name: 'a flag that is none',
      options: { ...good, allowInsecureHttp: 1 },
      says: '"allowInsecureHttp"',
    },
  ])('refuses $name and names it', ({ options, says }) => {
    const create = (): unknown => createAuditFeed(options as never);
    expect(create).toThrow(TypeError);
    expect(create).toThrow(says);
    expect(create).not.toThrow(SECRET);
  });

  it('takes what the guard takes, and connects to nothing before it is followed', () => {
    expect(() => createAuditFeed(good)).not.toThrow();
    expect(() =>
      createAuditFeed({ ...good, broker: 'http://broker.example', allowInsecureHttp: true }),
    ).not.toThrow();
  });
});
