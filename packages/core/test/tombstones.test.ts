import { type Claims, readClaims } from '@agentwrit/protocol';
import { describe, expect, it } from 'vitest';
import { type Moment, Timeline } from '../src/clock.js';
import { type Revocation, Tombstones } from '../src/tombstones.js';
import { AGENT_ID, claimsOf, FakeClock, OTHER_AGENT_ID } from './fixtures.js';

const A = 'a'.repeat(32);
const B = 'b'.repeat(32);
const C = 'c'.repeat(32);

function link(agent: string): Record<string, unknown> {
  return {
    agent,
    scope: ['read:data:*'],
    delegated_at: '2026-02-15T12:00:00Z',
    signature: 'ab',
  };
}

function tokenClaims(overrides: Readonly<Record<string, unknown>> = {}): Claims {
  return readClaims(claimsOf({ jti: A, ...overrides }));
}

interface Setup {
  readonly tombstones: Tombstones;
  readonly clock: FakeClock;
  readonly mark: () => Moment;
  readonly add: (revocation: Revocation) => Moment;
  /** Whether a verdict about these claims, asked for then, is void. */
  readonly voids: (asked: Moment, claims?: Claims) => boolean;
}

function setUp(maxEntries = 100): Setup {
  const clock = new FakeClock();
  const timeline = new Timeline(clock);
  const tombstones = new Tombstones({ maxEntries });
  return {
    tombstones,
    clock,
    mark: () => timeline.mark(),
    add(revocation) {
      const told = timeline.mark();
      tombstones.add(revocation, told);
      return told;
    },
    voids: ({ order }, claims = tokenClaims()) => order <= tombstones.voidUntil(claims),
  };
}

describe('a tombstone', () => {
  it.each<{ name: string; revocation: Revocation; hit: Claims; missed: Claims }>([
    {
      name: 'a token',
      revocation: { level: 'token', target: A },
      hit: tokenClaims(),
      missed: tokenClaims({ jti: B }),
    },
    {
      name: 'an agent',
      revocation: { level: 'agent', target: AGENT_ID },
      hit: tokenClaims(),
      missed: tokenClaims({ sub: OTHER_AGENT_ID }),
    },
    {
      name: 'a task',
      revocation: { level: 'task', target: 'task-1' },
      hit: tokenClaims(),
      missed: tokenClaims({ task_id: 'task-2' }),
    },
    {
      name: 'a chain',
      revocation: { level: 'chain', target: OTHER_AGENT_ID },
      hit: tokenClaims({ delegation_chain: [link(OTHER_AGENT_ID), link(AGENT_ID)] }),
      // Only the first delegator's id names a chain.
      missed: tokenClaims({ delegation_chain: [link(AGENT_ID), link(OTHER_AGENT_ID)] }),
    },
    {
      name: 'an agent that has delegated',
      revocation: { level: 'agent', target: OTHER_AGENT_ID },
      hit: tokenClaims({ delegation_chain: [link(AGENT_ID), link(OTHER_AGENT_ID)] }),
      missed: tokenClaims({ delegation_chain: [link(AGENT_ID)] }),
    },
  ])('of $name voids verdicts about it, and no others', ({ revocation, hit, missed }) => {
    const { mark, add, voids } = setUp();
    const asked = mark();
    add(revocation);
    expect(voids(asked, hit)).toBe(true);
    expect(voids(asked, missed)).toBe(false);
  });

  it.each<{ level: Revocation['level'] }>([
    { level: 'agent' },
    { level: 'task' },
    { level: 'chain' },
  ])('of level $level is not taken for a token with that id', ({ level }) => {
    const { mark, add, voids } = setUp();
    const asked = mark();
    add({ level, target: A });
    expect(voids(asked)).toBe(false);
  });

  it('does not touch a token that has neither task nor chain', () => {
    const { mark, add, voids } = setUp();
    const asked = mark();
    add({ level: 'task', target: 'task-1' });
    add({ level: 'chain', target: AGENT_ID });
    expect(voids(asked, tokenClaims({ task_id: undefined }))).toBe(false);
  });

  it('voids what was asked before it, and nothing that was asked after, though no time has passed', () => {
    const { mark, add, voids } = setUp();
    const before = mark();
    add({ level: 'token', target: A });
    expect([voids(before), voids(mark())]).toEqual([true, false]);
  });

  it('of the same target counts from the last time', () => {
    const { tombstones, mark, add, voids } = setUp();
    add({ level: 'token', target: A });
    const between = mark();
    add({ level: 'token', target: A });
    expect(voids(between)).toBe(true);
    expect(tombstones.size).toBe(1);
  });
});

describe('one token that is spared', () => {
  const old = tokenClaims();
  const renewed = tokenClaims({ jti: B });
  const again = tokenClaims({ jti: C });
  const renewal = (exceptTokenId: string): Revocation => ({
    level: 'agent',
    target: AGENT_ID,
    exceptTokenId,
  });

  it('is what the agent has now, and the others are void', () => {
    const { mark, add, voids } = setUp();
    const asked = mark();
    add(renewal(B));
    expect([voids(asked, old), voids(asked, renewed)]).toEqual([true, false]);
  });

  it('is not spared by the next renewal', () => {
    const { mark, add, voids } = setUp();
    const asked = mark();
    add(renewal(B));
    const between = mark();
    add(renewal(C));
    expect([voids(asked, renewed), voids(between, renewed)]).toEqual([true, true]);
    expect(voids(between, again)).toBe(false);
  });

  it('stays spared when the same renewal is told twice', () => {
    const { mark, add, voids } = setUp();
    const asked = mark();
    add(renewal(B));
    add(renewal(B));
    expect([voids(asked, old), voids(asked, renewed)]).toEqual([true, false]);
  });

  it('is void up to a revocation of the whole agent, before or after', () => {
    const { mark, add, voids } = setUp();
    const first = mark();
    add({ level: 'agent', target: AGENT_ID });
    const second = mark();
    add(renewal(B));
    expect([voids(first, renewed), voids(second, renewed)]).toEqual([true, false]);
    const third = mark();
    add({ level: 'agent', target: AGENT_ID });
    expect(voids(third, renewed)).toBe(true);
    expect(voids(mark(), renewed)).toBe(false);
  });

  it('is void when it is revoked itself', () => {
    const { mark, add, voids } = setUp();
    const asked = mark();
    add(renewal(B));
    add({ level: 'token', target: B });
    expect(voids(asked, renewed)).toBe(true);
  });

  it('takes over what the agent had lost before, when three are told', () => {
    const { mark, add, voids } = setUp();
    add({ level: 'agent', target: AGENT_ID });
    const first = mark();
    add(renewal(B));
    const last = mark();
    add(renewal(C));
    // Nobody spared the third token when the second was renewed.
    expect([voids(first, again), voids(last, again)]).toEqual([true, false]);
  });
});

describe('too many', () => {
  it('void everything asked so far, and start again with none', () => {
    const { tombstones, mark, add, voids } = setUp(3);
    const stranger = tokenClaims({ jti: C, sub: OTHER_AGENT_ID, task_id: 'other' });
    const asked = mark();
    for (let index = 0; index < 3; index += 1) add({ level: 'token', target: `t${index}` });
    expect([voids(asked, stranger), tombstones.size]).toEqual([false, 3]);
    add({ level: 'agent', target: 'one more, of any level' });
    expect([voids(asked, stranger), tombstones.size]).toEqual([true, 0]);
    expect(voids(mark(), stranger)).toBe(false);
  });

  it('are never kept, however many are told', () => {
    const { tombstones, add } = setUp(50);
    for (let index = 0; index < 1_000; index += 1) {
      add({ level: 'token', target: `t${index}` });
      expect(tombstones.size).toBeLessThanOrEqual(50);
    }
  });
});

describe('voidAll', () => {
  it('voids what was asked up to then, whatever it is about, and nothing later', () => {
    const { tombstones, mark, voids } = setUp();
    const asked = mark();
    tombstones.voidAll(mark());
    expect([voids(asked), voids(mark())]).toEqual([true, false]);
  });

  it('of an earlier moment takes nothing back that was told after it', () => {
    const { tombstones, mark, add, voids } = setUp();
    const earlier = mark();
    const asked = mark();
    add({ level: 'token', target: A });
    tombstones.voidAll(earlier);
    expect(voids(asked)).toBe(true);

    const later = mark();
    tombstones.voidAll(mark());
    tombstones.voidAll(earlier);
    expect(voids(later)).toBe(true);
  });
});

describe('prune', () => {
  it('forgets what was told before a moment, in order of the last time it was told', () => {
    const { tombstones, clock, add, mark, voids } = setUp();
    const asked = mark();
    add({ level: 'token', target: A });
    add({ level: 'task', target: 'task-1' });
    clock.advance(1_000);
    // Told again: young.
    add({ level: 'token', target: A });
    add({ level: 'agent', target: OTHER_AGENT_ID });
    tombstones.prune(clock.monotonic());
    expect(tombstones.size).toBe(2);
    expect(voids(asked)).toBe(true);
  });

  it('leaves nothing behind one that was told again', () => {
    const { tombstones, clock, add } = setUp();
    add({ level: 'token', target: A });
    add({ level: 'token', target: B });
    clock.advance(1_000);
    add({ level: 'token', target: A });
    tombstones.prune(clock.monotonic());
    expect(tombstones.size).toBe(1);
  });

  it('forgets nothing that was told at that very moment', () => {
    const { tombstones, clock, add } = setUp();
    add({ level: 'token', target: A });
    tombstones.prune(clock.monotonic());
    expect(tombstones.size).toBe(1);
  });

  it('leaves what was asked before something it forgot without effect, whatever it is about', () => {
    const { tombstones, clock, add, mark, voids } = setUp();
    const asked = mark();
    add({ level: 'token', target: 'of somebody else' });
    const later = mark();
    clock.advance(1_000);
    tombstones.prune(clock.monotonic());
    expect(tombstones.size).toBe(0);
    expect([voids(asked), voids(later)]).toEqual([true, false]);
  });
});
