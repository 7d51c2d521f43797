import { readClaims } from '@agentwrit/protocol';
import { describe, expect, it } from 'vitest';
import type { Broker, CallOptions, Verdict } from '../src/broker.js';
import { Timeline } from '../src/clock.js';
import { BrokerFault } from '../src/fault.js';
import type { Limit } from '../src/freshness.js';
import { type Questions, sharedQuestions } from '../src/questions.js';
import { type GuardCounts, newCounts } from '../src/stats.js';
import { type Revocation, Tombstones } from '../src/tombstones.js';
import { type Inquiry, Verdicts } from '../src/verdicts.js';
import { claimsOf, Deferred, FakeClock, turns } from './fixtures.js';

const good: Verdict = { valid: true, claims: readClaims(claimsOf()) };
const bad: Verdict = { valid: false, error: 'token is invalid or expired' };
const down = new BrokerFault('connection', 'down');

/** As old as you like. */
const ANY: Limit = { at: 0, wall: 0, ageMs: Infinity };

interface Setup {
  readonly clock: FakeClock;
  readonly verdicts: Verdicts;
  readonly questions: Questions;
  readonly counts: GuardCounts;
  readonly calls: Deferred<Verdict>[];
  readonly purposes: string[];
  readonly revoke: (revocation: Partial<Revocation>) => void;
  /** No older than this. */
  readonly within: (ms: number) => Limit;
  readonly ask: (limit: Limit, digest?: string) => ReturnType<Verdicts['ask']>;
  /** Asks, and answers: the token is known from then on. */
  readonly learn: (digest?: string, verdict?: Verdict) => Promise<void>;
}

function inquiry(digest = 'a'): Inquiry {
  return { digest, token: `token-${digest}`, requestId: () => 'req' };
}

/** A broker whose every answer is given by the test. */
function setUp(maxEntries = 10): Setup {
  const clock = new FakeClock();
  const timeline = new Timeline(clock);
  const tombstones = new Tombstones({ maxEntries: 100 });
  const counts = newCounts();
  const calls: Deferred<Verdict>[] = [];
  const purposes: string[] = [];
  const broker: Broker = {
    validate(_token: string, { purpose }: CallOptions) {
      const call = new Deferred<Verdict>();
      calls.push(call);
      purposes.push(purpose);
      return call.promise;
    },
    close: () => Promise.resolve(),
  };
  const questions = sharedQuestions();
  const verdicts = new Verdicts(broker, {
    timeline,
    tombstones,
    counts,
    questions,
    maxEntries,
    maxRefreshes: 32,
  });
  const ask: Setup['ask'] = (limit, digest) => verdicts.ask(inquiry(digest), limit);
  return {
    clock,
    verdicts,
    questions,
    counts,
    calls,
    purposes,
    ask,
    within: (ageMs) => ({ ...timeline.now(), ageMs }),
    revoke: (revocation) =>
      tombstones.add(
        { level: 'token', target: String(claimsOf()['jti']), ...revocation },
        timeline.mark(),
      ),
    async learn(digest, verdict = good) {
      const answer = ask({ ...timeline.now(), ageMs: 0 }, digest);
      calls.at(-1)?.resolve(verdict);
      await answer;
    },
  };
}

describe('Verdicts', () => {
  it('counts age from the question, not from the answer', async () => {
    const { clock, verdicts, calls, ask, within } = setUp();
    const askedAt = clock.monotonic();
    const answer = ask(within(0));
    clock.advance(3_000);
    calls[0]?.resolve(good);
    await answer;

    expect(verdicts.recall('a', within(3_000))?.asked.at).toBe(askedAt);
    expect(verdicts.recall('a', within(2_999))).toBeUndefined();
  });

  it('asks once however many wait for the same token', async () => {
    const { calls, ask, within } = setUp();
    const all = Array.from({ length: 100 }, () => ask(within(0)));
    calls[0]?.resolve(good);
    const answers = await Promise.all(all);

    expect(calls).toHaveLength(1);
    expect(new Set(answers).size).toBe(1);
  });

  it('asks separately about different tokens', () => {
    const { calls, ask, within } = setUp();
    void ask(within(0), 'a');
    void ask(within(0), 'b');
    expect(calls).toHaveLength(2);
  });

  it('joins no question that was asked too early for the joiner', async () => {
    const { clock, calls, ask, within } = setUp();
    const early = ask(within(0));
    clock.advance(1);
    const late = ask(within(0));
    const tolerant = ask(within(1_000));

    expect(calls).toHaveLength(2);
    calls[0]?.resolve(good);
    calls[1]?.resolve(bad);
    expect((await early).valid).toBe(true);
    expect((await late).valid).toBe(false);
    // Of two running questions the newer one is joined.
    expect((await tolerant).valid).toBe(false);
  });

  it('never lets an older answer that arrives late replace a newer one', async () => {
    const { clock, verdicts, calls, ask, within } = setUp();
    const older = ask(within(0));
    clock.advance(1);
    const newer = ask(within(0));
    calls[1]?.resolve(bad);
    await newer;
    calls[0]?.resolve(good);
    await older;

    expect(verdicts.recall('a', ANY)).toBeUndefined();
  });

  it('forgets a token once a newer answer says it is dead', async () => {
    const { clock, verdicts, calls, ask, within, learn } = setUp();
    await learn();
    expect(verdicts.recall('a', ANY)).toBeDefined();

    clock.advance(1);
    const second = ask(within(0));
    calls[1]?.resolve(bad);
    await second;
    expect(verdicts.recall('a', ANY)).toBeUndefined();
  });

  it('remembers no fault, and asks again after one', async () => {
    const { verdicts, calls, ask, within } = setUp();
    const failing = ask(within(0));
    calls[0]?.reject(down);
    await expect(failing).rejects.toThrow('down');
    expect(verdicts.recall('a', ANY)).toBeUndefined();

    const again = ask(ANY);
    expect(calls).toHaveLength(2);
    calls[1]?.resolve(good);
    expect((await again).valid).toBe(true);
  });

  it('keeps a good verdict when a later question ends in a fault', async () => {
    const { clock, verdicts, calls, ask, within, learn } = setUp();
    await learn();
    clock.advance(1);
    const second = ask(within(0));
    calls[1]?.reject(down);
    await expect(second).rejects.toThrow('down');
    expect(verdicts.recall('a', within(1))).toBeDefined();
  });

  it('remembers no more tokens than it may, the least recently used go first', async () => {
    const { verdicts, learn } = setUp(2);
    await learn('a');
    await learn('b');
    verdicts.recall('a', ANY);
    await learn('c');

    expect(['a', 'b', 'c'].map((digest) => verdicts.recall(digest, ANY) !== undefined)).toEqual([
      true,
      false,
      true,
    ]);
  });

  it('remembers nothing after clear', async () => {
    const { verdicts, learn } = setUp();
    await learn();
    await learn('b', bad);
    verdicts.clear();
    expect(verdicts.recallRefused('b', ANY)).toBeUndefined();
    expect(verdicts.recall('a', ANY)).toBeUndefined();
  });

  it('takes a verdict for as old as the clock that has gone further says', async () => {
    const { clock, verdicts, within, learn } = setUp();
    await learn();
    // The machine has slept: only the wall clock went on.
    clock.setWallClock(clock.now() + 2_000);
    expect(verdicts.recall('a', within(1_999))).toBeUndefined();
    expect(verdicts.recall('a', within(2_000))).toBeDefined();
    // Set back, it makes nothing younger.
    clock.advance(1_000);
    clock.setWallClock(clock.now() - 60_000);
    expect(verdicts.recall('a', within(999))).toBeUndefined();
  });

  it('counts a request as a hit of nobody, a miss, or a joiner', async () => {
    const { calls, counts, ask, within } = setUp();
    const all = [ask(within(0)), ask(within(0)), ask(within(0)), ask(within(0), 'b')];
    for (const call of calls) call.resolve(good);
    await Promise.all(all);
    expect(counts).toMatchObject({ misses: 2, joins: 2, hits: 0, refreshes: 0 });
  });

  it('says of a token whether it has ever been vouched for, in memory', async () => {
    const { purposes, ask, within, learn } = setUp();
    await learn('a');
    await learn('b', bad);
    void ask(within(0), 'a');
    void ask(within(0), 'b');
    expect(purposes).toEqual(['new', 'new', 'known', 'new']);
  });
});

describe('a revocation', () => {
  it('voids what was asked before it, even in the same tick, and nothing else', async () => {
    const { verdicts, revoke, learn } = setUp();
    await learn();
    revoke({ target: 'ffffffffffffffffffffffffffffffff' });
    expect(verdicts.recall('a', ANY)).toBeDefined();
    revoke({});
    expect(verdicts.recall('a', ANY)).toBeUndefined();
    await learn();
    expect(verdicts.recall('a', ANY)).toBeDefined();
  });

  it('that comes while the answer is on its way has the broker asked again', async () => {
    const { verdicts, calls, counts, revoke, ask, within } = setUp();
    const answer = ask(within(0));
    revoke({});
    calls[0]?.resolve(good);
    await turns();
    expect(calls).toHaveLength(2);
    expect(verdicts.recall('a', ANY)).toBeUndefined();
    calls[1]?.resolve(bad);
    expect((await answer).valid).toBe(false);
    expect(counts.misses).toBe(2);
  });

  it('of something else has nobody asked again', async () => {
    const { calls, revoke, ask, within } = setUp();
    const answer = ask(within(0));
    revoke({ level: 'agent', target: 'spiffe://agentwrit.local/agent/o/t/0000000000000000' });
    calls[0]?.resolve(good);
    expect((await answer).valid).toBe(true);
    expect(calls).toHaveLength(1);
  });

  it('has those who waited ask once together', async () => {
    const { calls, revoke, ask, within } = setUp();
    const all = [ask(within(0)), ask(within(0)), ask(within(0))];
    revoke({});
    calls[0]?.resolve(good);
    await turns();
    expect(calls).toHaveLength(2);
    calls[1]?.resolve(good);
    expect((await Promise.all(all)).map(({ valid }) => valid)).toEqual([true, true, true]);
  });

  it('has nobody join another question that was asked before it', async () => {
    const { clock, calls, revoke, ask, within } = setUp();
    const early = ask(within(0));
    clock.advance(1);
    const other = ask(within(0));
    revoke({});
    calls[0]?.resolve(good);
    await turns();
    expect(calls).toHaveLength(3);
    calls[2]?.resolve(bad);
    expect((await early).valid).toBe(false);
    // And the other one asks again as well, when its answer is no use.
    calls[1]?.resolve(good);
    await turns();
    calls[3]?.resolve(bad);
    expect((await other).valid).toBe(false);
  });

  it('during each of three questions is a fault, and leaves no question behind', async () => {
    const { questions, calls, revoke, ask, within } = setUp();
    const answer = ask(within(0)).catch((fault: unknown) => fault);
    for (let attempt = 0; attempt < 3; attempt += 1) {
      revoke({});
      calls[attempt]?.resolve(good);
      await turns();
    }
    expect(await answer).toMatchObject({ code: 'revoked_meanwhile' });
    expect(calls).toHaveLength(3);
    expect(questions.count()).toBe(0);
  });
});

describe('a refresh', () => {
  it('is due after 65 % of the age that a request tolerates, after 80 % at the latest', async () => {
    const { clock, verdicts, within, learn } = setUp();
    for (let round = 0; round < 50; round += 1) {
      await learn();
      const known = verdicts.recall('a', ANY);
      if (known === undefined) throw new Error('not known');
      clock.advance(2_600);
      expect(verdicts.isDue(known, within(4_000))).toBe(false);
      clock.advance(601);
      expect(verdicts.isDue(known, within(4_000))).toBe(true);
    }
  });

  it('falls due at different times for verdicts of the same age', async () => {
    const { clock, verdicts, within, learn } = setUp(200);
    const digests = Array.from({ length: 200 }, (_, index) => `d${index}`);
    for (const digest of digests) await learn(digest);
    clock.advance(2_900);
    const due = digests.filter((digest) => {
      const known = verdicts.recall(digest, ANY);
      return known !== undefined && verdicts.isDue(known, within(4_000));
    });
    // Half of them; that all or none are, is less likely than anything.
    expect(due.length).toBeGreaterThan(20);
    expect(due.length).toBeLessThan(180);
  });

  it('is tried again after a tenth of that age, not on every request', async () => {
    const { clock, verdicts, calls, counts, within, learn } = setUp();
    await learn();
    clock.advance(3_201);
    const known = verdicts.recall('a', ANY);
    if (known === undefined) throw new Error('not known');
    verdicts.refresh(inquiry());
    calls[1]?.reject(down);
    await turns();
    expect(verdicts.isDue(known, within(4_000))).toBe(false);
    clock.advance(400);
    expect(verdicts.isDue(known, within(4_000))).toBe(false);
    clock.advance(1);
    expect(verdicts.isDue(known, within(4_000))).toBe(true);
    expect(counts.refreshes).toBe(1);
  });

  it('that fails changes nothing', async () => {
    const { clock, verdicts, questions, calls, learn } = setUp();
    await learn();
    const before = verdicts.recall('a', ANY)?.asked;
    clock.advance(1);
    verdicts.refresh(inquiry());
    calls[1]?.reject(down);
    await turns();
    expect(verdicts.recall('a', ANY)?.asked).toBe(before);
    expect(questions.count()).toBe(0);
  });

  it('that succeeds makes the verdict young again', async () => {
    const { clock, verdicts, calls, purposes, within, learn } = setUp();
    await learn();
    clock.advance(1_000);
    verdicts.refresh(inquiry());
    calls[1]?.resolve(good);
    await turns();
    expect(verdicts.recall('a', within(0))).toBeDefined();
    expect(purposes).toEqual(['new', 'refresh']);
  });

  it('that finds the token dead ends it', async () => {
    const { verdicts, calls, learn } = setUp();
    await learn();
    verdicts.refresh(inquiry());
    calls[1]?.resolve(bad);
    await turns();
    expect(verdicts.recall('a', ANY)).toBeUndefined();
    expect(verdicts.recallRefused('a', ANY)).toBeDefined();
  });

  it('is not asked for a token that is being asked about, or that nobody knows', async () => {
    const { verdicts, calls, ask, within, learn } = setUp();
    verdicts.refresh(inquiry('b'));
    expect(calls).toHaveLength(0);
    await learn();
    void ask(within(0));
    verdicts.refresh(inquiry());
    verdicts.refresh(inquiry());
    expect(calls).toHaveLength(2);
  });

  it('runs beside 31 others at most, however they end', async () => {
    const { verdicts, calls, learn } = setUp(100);
    const digests = Array.from({ length: 100 }, (_, index) => `d${index}`);
    for (const digest of digests) await learn(digest);
    const refreshed = (): number => calls.length - 100;
    for (const digest of digests) verdicts.refresh(inquiry(digest));
    expect(refreshed()).toBe(32);
    for (const [index, call] of calls.slice(100).entries()) {
      if (index % 2 === 0) call.resolve(good);
      else call.reject(down);
    }
    await turns();
    for (const digest of digests.toReversed()) verdicts.refresh(inquiry(digest));
    expect(refreshed()).toBe(64);
  });
});
