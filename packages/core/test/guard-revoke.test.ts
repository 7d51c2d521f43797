import { describe, expect, it } from 'vitest';
import {
  createGuard,
  type Guard,
  type GuardAnswer,
  type GuardOptions,
  type Revocation,
} from '../src/index.js';
import {
  AGENT_ID,
  claimsOf,
  Deferred,
  FakeClock,
  json,
  OTHER_AGENT_ID,
  REFUSED,
  requestWith,
  ScriptedBroker,
  START_MS,
  tokenOf,
  turns,
  vouch,
} from './fixtures.js';

const JTI = '0'.repeat(31) + '1';
const ROOT_ID = 'spiffe://agentwrit.local/agent/orch-1/task-9/1111111111111111';

/** Lives for a day; delegated once. */
function claims(overrides: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return claimsOf({
    jti: JTI,
    exp: START_MS / 1000 + 86_400,
    delegation_chain: [
      {
        agent: ROOT_ID,
        scope: ['read:data:*'],
        delegated_at: '2026-02-15T12:00:00Z',
        signature: 'ab',
      },
    ],
    ...overrides,
  });
}

const request = requestWith(tokenOf(claims()));

function setUp(options: Partial<GuardOptions> = {}): {
  broker: ScriptedBroker;
  clock: FakeClock;
  guard: Guard;
} {
  const broker = new ScriptedBroker();
  const clock = new FakeClock();
  const guard = createGuard({ broker, clock, maxAge: 3_600, ...options });
  return { broker, clock, guard };
}

function outcomeOf(answer: GuardAnswer | Promise<GuardAnswer>): string {
  if (!('outcome' in answer)) return 'has to wait';
  return answer.outcome === 'refuse' ? answer.refusal.reason : answer.outcome;
}

describe('guard.revoke', () => {
  it.each<Revocation>([
    { level: 'token', target: JTI },
    { level: 'agent', target: AGENT_ID },
    { level: 'task', target: 'task-1' },
    { level: 'chain', target: ROOT_ID },
    { level: 'agent', target: AGENT_ID, exceptTokenId: 'f'.repeat(32) },
  ])('of $level $target has the next request ask, at once', async (revocation) => {
    const { guard, broker } = setUp();
    const check = guard.requireScope('read:data:7');
    await check(request);
    expect(outcomeOf(check(request))).toBe('allow');
    broker.answer = () => json(REFUSED);
    guard.revoke(revocation);
    expect(outcomeOf(await check(request))).toBe('invalid_token');
    expect(broker.calls).toHaveLength(2);
  });

  it.each<Revocation>([
    { level: 'token', target: 'f'.repeat(32) },
    { level: 'agent', target: OTHER_AGENT_ID },
    { level: 'task', target: 'task-2' },
    { level: 'chain', target: AGENT_ID },
    { level: 'agent', target: AGENT_ID, exceptTokenId: JTI },
  ])('of $level $target leaves others warm', async (revocation) => {
    const { guard } = setUp();
    const check = guard.requireScope('read:data:7');
    await check(request);
    guard.revoke(revocation);
    expect(outcomeOf(check(request))).toBe('allow');
  });

  it('refuses nothing itself: the broker has the last word', async () => {
    const { guard, broker } = setUp();
    const check = guard.requireScope('read:data:7');
    await check(request);
    guard.revoke({ level: 'agent', target: AGENT_ID });
    expect(outcomeOf(await check(request))).toBe('allow');
    expect(outcomeOf(check(request))).toBe('allow');
    expect(broker.calls).toHaveLength(2);
  });

  it('says nothing to the broker', () => {
    const { guard, broker } = setUp();
    guard.revoke({ level: 'token', target: JTI });
    expect(broker.calls).toEqual([]);
  });

  it('counts against an answer that is on its way', async () => {
    const { guard, broker } = setUp();
    const check = guard.requireScope('read:data:7');
    const slow = new Deferred<Response>();
    broker.answer = () => slow.promise;
    const early = check(request);
    await turns();
    guard.revoke({ level: 'token', target: JTI });
    const late = check(request);
    broker.answer = () => json(REFUSED);
    slow.resolve(vouch(tokenOf(claims())));
    expect([outcomeOf(await early), outcomeOf(await late)]).toEqual([
      'invalid_token',
      'invalid_token',
    ]);
  });

  it('counts against a refresh that is on its way', async () => {
    const { guard, broker, clock } = setUp({ maxAge: 5 });
    const check = guard.requireScope('read:data:7');
    await check(request);
    const slow = new Deferred<Response>();
    broker.answer = () => slow.promise;
    clock.advance(4_500);
    void check(request);
    await turns();
    guard.revoke({ level: 'token', target: JTI });
    slow.resolve(vouch(tokenOf(claims())));
    await turns(10);
    broker.answer = () => json(REFUSED);
    expect(outcomeOf(await check(request))).toBe('invalid_token');
  });

  it('of one and the same token without end is 503, not an endless loop', async () => {
    const { guard, broker } = setUp();
    broker.answer = (token) => {
      guard.revoke({ level: 'token', target: JTI });
      return vouch(token);
    };
    expect(outcomeOf(await guard.requireScope('read:data:7')(request))).toBe('broker_unavailable');
    expect(broker.calls).toHaveLength(3);
  });

  it('counts for a route that is built later and tolerates more', async () => {
    const { guard, broker, clock } = setUp({ timeoutMs: 100 });
    const check = guard.requireScope('read:data:7', { maxAge: 1 });
    await check(request);
    guard.revoke({ level: 'token', target: JTI });
    // Long enough for it to be forgotten: no route that there is would use a verdict of that age.
    clock.advance(60_000);
    guard.revoke({ level: 'token', target: 'another' });
    expect(guard.stats().sizes.tombstones).toBe(1);
    broker.answer = () => json(REFUSED);
    const patient = guard.requireScope('read:data:7', { maxAge: 3_600 });
    expect(outcomeOf(await patient(request))).toBe('invalid_token');
  });

  it('counts when no route has been built yet', async () => {
    const { guard, broker } = setUp();
    guard.revoke({ level: 'token', target: JTI });
    const check = guard.requireScope('read:data:7');
    await check(request);
    guard.revoke({ level: 'token', target: JTI });
    broker.answer = () => json(REFUSED);
    expect(outcomeOf(await check(request))).toBe('invalid_token');
  });

  it('is kept for as long as the longest grace, too', async () => {
    const { guard, broker, clock } = setUp({ maxAge: 1, grace: 600, timeoutMs: 100 });
    const check = guard.requireScope('read:data:7');
    await check(request);
    guard.revoke({ level: 'token', target: JTI });
    clock.advance(300_000);
    guard.revoke({ level: 'token', target: 'another' });
    broker.answer = () => json({}, { status: 500 });
    expect(outcomeOf(await check(request))).toBe('broker_unavailable');
  });

  it('of more than can be kept has everything asked for again, and keeps few', async () => {
    const { guard, broker } = setUp();
    const check = guard.requireScope('read:data:7');
    await check(request);
    for (let index = 0; index < 50_000; index += 1) {
      guard.revoke({ level: 'token', target: `t${index}` });
    }
    expect(outcomeOf(check(request))).toBe('allow');
    guard.revoke({ level: 'task', target: 'one more' });
    expect(guard.stats().sizes.tombstones).toBe(0);
    broker.answer = () => json(REFUSED);
    expect(outcomeOf(await check(request))).toBe('invalid_token');
  });

  it.each<{ name: string; revocation: unknown; message: RegExp }>([
    { name: 'nothing', revocation: undefined, message: /revoke/ },
    { name: 'null', revocation: null, message: /revoke/ },
    { name: 'a token id', revocation: JTI, message: /revoke/ },
    { name: 'no level', revocation: { target: 'x' }, message: /"level"/ },
    { name: 'another level', revocation: { level: 'app', target: 'x' }, message: /"level"/ },
    { name: 'a level of another kind', revocation: { level: 0, target: 'x' }, message: /"level"/ },
    { name: 'no target', revocation: { level: 'token' }, message: /"target"/ },
    { name: 'an empty target', revocation: { level: 'token', target: '' }, message: /"target"/ },
    {
      name: 'a target that is no text',
      revocation: { level: 'token', target: 7 },
      message: /"target"/,
    },
    {
      name: 'an exception that is no text',
      revocation: { level: 'agent', target: 'x', exceptTokenId: 7 },
      message: /"exceptTokenId"/,
    },
    {
      name: 'an option it does not know',
      revocation: { level: 'agent', target: 'x', except: 'y' },
      message: /except/,
    },
  ])('throws a TypeError for $name, and forgets nothing', async ({ revocation, message }) => {
    const { guard } = setUp();
    const check = guard.requireScope('read:data:7');
    await check(request);
    const revoke = (): void => guard.revoke(revocation as Revocation);
    expect(revoke).toThrow(TypeError);
    expect(revoke).toThrow(message);
    expect(guard.stats().sizes.tombstones).toBe(0);
    expect(outcomeOf(check(request))).toBe('allow');
  });
});
