import { describe, expect, it } from 'vitest';
import { type GuardAnswer, type GuardOptions } from '../src/index.js';
import {
  claimsOf,
  Deferred,
  json,
  REFUSED,
  requestWith,
  tokenOf,
  turns,
  vouch,
} from './fixtures.js';
import { outcomeOf as wordOf, type Scene, setScene } from './guard-scene.js';

const token = tokenOf();
const request = requestWith(token);
const JTI = String(claimsOf()['jti']);

/** A guard that knows the token, and a broker that is down. */
async function setUp(options: Partial<GuardOptions> = {}): Promise<Scene> {
  const scene = setScene({ maxAge: 5, grace: 60, ...options });
  await scene.guard.requireScope('read:data:7')(request);
  scene.broker.answer = () => json({}, { status: 500 });
  return scene;
}

/** In one word; of an admitted request, where the broker's word came from. */
function outcomeOf(answer: GuardAnswer | Promise<GuardAnswer>): string {
  const isAdmitted = 'outcome' in answer && answer.outcome === 'allow';
  return isAdmitted ? answer.agent.proof.source : wordOf(answer);
}

describe('grace', () => {
  it('is none unless it is asked for', async () => {
    const { guard, clock } = await setUp({ grace: 0 });
    clock.advance(5_001);
    expect(outcomeOf(await guard.requireScope('read:data:7')(request))).toBe('broker_unavailable');
  });

  it('admits on an old verdict while the broker is down, says so, and ends', async () => {
    const { guard, clock, events } = await setUp();
    const check = guard.requireScope('read:data:7');
    clock.advance(65_000);
    expect(await check(request)).toMatchObject({
      outcome: 'allow',
      agent: { proof: { source: 'grace', ageMs: 65_000 } },
    });
    expect(events.at(-1)).toMatchObject({ outcome: 'allow', proof: { source: 'grace' } });
    clock.advance(1);
    expect(outcomeOf(await check(request))).toBe('broker_unavailable');
    expect(guard.stats().graces).toBe(1);
  });

  it('asks the broker first, each time', async () => {
    const { guard, broker, clock } = await setUp();
    const check = guard.requireScope('read:data:7');
    clock.advance(5_001);
    expect(outcomeOf(await check(request))).toBe('grace');
    expect(outcomeOf(await check(request))).toBe('grace');
    expect(broker.calls).toHaveLength(3);
    broker.answer = vouch;
    expect(outcomeOf(await check(request))).toBe('broker');
  });

  it('counts from when the request arrived, not from when the broker failed', async () => {
    const { guard, broker, clock } = await setUp();
    const check = guard.requireScope('read:data:7');
    const slow = new Deferred<Response>();
    broker.answer = () => slow.promise;
    clock.advance(64_000);
    const waiting = check(request);
    clock.advance(2_000);
    slow.resolve(json({}, { status: 500 }));
    expect(outcomeOf(await waiting)).toBe('grace');
  });

  it('does not outlive exp', async () => {
    const { guard, clock, events } = await setUp({ grace: 3_600 });
    const check = guard.requireScope('read:data:7');
    clock.advance(300_999);
    expect(outcomeOf(await check(request))).toBe('grace');
    clock.advance(1);
    expect(outcomeOf(await check(request))).toBe('invalid_token');
    expect(events.at(-1)?.cause).toBe('expired');
  });

  it.each([
    { level: 'token', target: JTI },
    { level: 'agent', target: String(claimsOf()['sub']) },
    { level: 'task', target: 'task-1' },
  ] as const)('does not outlive a revocation of the $level', async ({ level, target }) => {
    const { guard, clock } = await setUp();
    const check = guard.requireScope('read:data:7');
    clock.advance(10_000);
    guard.revoke({ level, target });
    expect(outcomeOf(await check(request))).toBe('broker_unavailable');
    guard.revoke({ level: 'token', target: 'another' });
    expect(outcomeOf(await check(request))).toBe('broker_unavailable');
  });

  it('does not outlive a revocation that is told while the request waits', async () => {
    const { guard, broker, clock } = await setUp();
    const slow = new Deferred<Response>();
    broker.answer = () => slow.promise;
    clock.advance(10_000);
    const waiting = guard.requireScope('read:data:7')(request);
    guard.revoke({ level: 'token', target: JTI });
    slow.resolve(json({}, { status: 500 }));
    expect(outcomeOf(await waiting)).toBe('broker_unavailable');
  });

  it('forgives no refusal', async () => {
    const { guard, broker, clock } = await setUp();
    const check = guard.requireScope('read:data:7');
    broker.answer = () => json(REFUSED);
    clock.advance(5_001);
    expect(outcomeOf(await check(request))).toBe('invalid_token');
    broker.answer = () => json({}, { status: 500 });
    clock.advance(5_001);
    expect(outcomeOf(await check(request))).toBe('broker_unavailable');
  });

  it('admits no token that was never vouched for', async () => {
    const { guard } = await setUp();
    const other = requestWith(tokenOf(claimsOf({ jti: 'f'.repeat(32) })));
    expect(outcomeOf(await guard.requireScope('read:data:7')(other))).toBe('broker_unavailable');
  });

  it('is weighed against what the route needs, as ever', async () => {
    const { guard, clock } = await setUp();
    clock.advance(5_001);
    expect(outcomeOf(await guard.requireScope('write:data:7')(request))).toBe('insufficient_scope');
  });

  it('is not for a route that always asks, unless that says so itself', async () => {
    const { guard } = await setUp();
    const strict = guard.requireScope('read:data:7', { maxAge: 0 });
    expect(outcomeOf(await strict(request))).toBe('broker_unavailable');
    const lenient = guard.requireScope('read:data:7', { maxAge: 0, grace: 10 });
    expect(outcomeOf(await lenient(request))).toBe('grace');
  });

  it('is for each route as that says', async () => {
    const { guard, clock } = await setUp();
    const none = guard.requireScope('read:data:7', { grace: 0 });
    const more = guard.requireScope('read:data:7', { grace: 120 });
    clock.advance(70_000);
    expect(outcomeOf(await none(request))).toBe('broker_unavailable');
    expect(outcomeOf(await more(request))).toBe('grace');
  });

  it('serves while the breaker is open, and in a crowd', async () => {
    const { guard, broker, clock } = await setUp({ maxConcurrentCalls: 1, maxQueuedCalls: 0 });
    const check = guard.requireScope('read:data:7');
    clock.advance(5_001);
    for (let fault = 0; fault < 8; fault += 1)
      expect(outcomeOf(await check(request))).toBe('grace');
    expect(guard.stats().broker.breaker).toBe('open');

    const crowded = await setUp({ maxConcurrentCalls: 1, maxQueuedCalls: 0 });
    crowded.broker.answer = () => new Promise<Response>(() => undefined);
    crowded.clock.advance(5_001);
    const other = requestWith(tokenOf(claimsOf({ jti: 'f'.repeat(32) })));
    const waiting = crowded.guard.requireScope('read:data:7')(other);
    await turns();
    const busy = crowded.guard.requireScope('read:data:7')(request);
    expect(outcomeOf(await busy)).toBe('grace');
    await crowded.guard.close();
    expect(outcomeOf(await waiting)).toBe('broker_unavailable');
    expect(broker.calls.length).toBeGreaterThan(0);
  });

  it('is counted from maxAgeWithoutFeed while the feed is silent', async () => {
    const feed = { subscribe: () => () => undefined };
    const { clock, guard } = await setUp({ feed, maxAge: 3600, maxAgeWithoutFeed: 5, grace: 10 });
    const check = guard.requireScope('read:data:7');
    clock.advance(15_000);
    expect(outcomeOf(await check(request))).toBe('grace');
    clock.advance(1);
    expect(outcomeOf(await check(request))).toBe('broker_unavailable');
  });

  it('ends with the guard', async () => {
    const { guard, broker, clock } = await setUp();
    const check = guard.requireScope('read:data:7');
    broker.answer = () => new Promise<Response>(() => undefined);
    clock.advance(5_001);
    const waiting = check(request);
    await turns();
    await guard.close();
    expect(outcomeOf(await waiting)).toBe('broker_unavailable');
    expect(outcomeOf(await check(request))).toBe('broker_unavailable');
    expect(guard.stats().graces).toBe(0);
  });
});
