import { readClaims } from '@agentwrit/protocol';
import { describe, expect, it } from 'vitest';
import type { Broker, Verdict } from '../src/broker.js';
import { Verdicts } from '../src/verdicts.js';
import { claimsOf, Deferred, FakeClock } from './fixtures.js';

const good: Verdict = { valid: true, claims: readClaims(claimsOf()) };
const bad: Verdict = { valid: false, error: 'token is invalid or expired' };

/** A broker whose every answer is given by the test. */
function setUp(maxEntries = 10): {
  clock: FakeClock;
  verdicts: Verdicts;
  calls: Deferred<Verdict>[];
  ask: (notBefore: number, digest?: string) => ReturnType<Verdicts['ask']>;
} {
  const clock = new FakeClock();
  const calls: Deferred<Verdict>[] = [];
  const broker: Broker = {
    validate() {
      const call = new Deferred<Verdict>();
      calls.push(call);
      return call.promise;
    },
    close: () => Promise.resolve(),
  };
  const verdicts = new Verdicts(broker, { clock, maxEntries });
  const ask = (notBefore: number, digest = 'a'): ReturnType<Verdicts['ask']> =>
    verdicts.ask(digest, `token-${digest}`, notBefore, 'req');
  return { clock, verdicts, calls, ask };
}

describe('Verdicts', () => {
  it('counts age from the question, not from the answer', async () => {
    const { clock, verdicts, calls, ask } = setUp();
    const askedAt = clock.monotonic();
    const answer = ask(askedAt);
    clock.advance(3_000);
    calls[0]?.resolve(good);
    await answer;

    expect(verdicts.recall('a', askedAt)?.askedAt).toBe(askedAt);
    expect(verdicts.recall('a', askedAt + 1)).toBeUndefined();
  });

  it('asks once however many wait for the same token', async () => {
    const { clock, calls, ask } = setUp();
    const all = Array.from({ length: 100 }, () => ask(clock.monotonic()));
    calls[0]?.resolve(good);
    const answers = await Promise.all(all);

    expect(calls).toHaveLength(1);
    expect(new Set(answers).size).toBe(1);
  });

  it('asks separately about different tokens', () => {
    const { clock, calls, ask } = setUp();
    void ask(clock.monotonic(), 'a');
    void ask(clock.monotonic(), 'b');
    expect(calls).toHaveLength(2);
  });

  it('joins no question that was asked too early for the joiner', async () => {
    const { clock, calls, ask } = setUp();
    const early = ask(clock.monotonic());
    clock.advance(1);
    const late = ask(clock.monotonic());
    const tolerant = ask(clock.monotonic() - 1_000);

    expect(calls).toHaveLength(2);
    calls[0]?.resolve(good);
    calls[1]?.resolve(bad);
    expect((await early).valid).toBe(true);
    expect((await late).valid).toBe(false);
    // Of two running questions the newer one is joined.
    expect((await tolerant).valid).toBe(false);
  });

  it('never lets an older answer that arrives late replace a newer one', async () => {
    const { clock, verdicts, calls, ask } = setUp();
    const older = ask(clock.monotonic());
    clock.advance(1);
    const newer = ask(clock.monotonic());
    calls[1]?.resolve(bad);
    await newer;
    calls[0]?.resolve(good);
    await older;

    expect(verdicts.recall('a', 0)).toBeUndefined();
  });

  it('forgets a token once a newer answer says it is dead', async () => {
    const { clock, verdicts, calls, ask } = setUp();
    const first = ask(clock.monotonic());
    calls[0]?.resolve(good);
    await first;
    expect(verdicts.recall('a', 0)).toBeDefined();

    clock.advance(1);
    const second = ask(clock.monotonic());
    calls[1]?.resolve(bad);
    await second;
    expect(verdicts.recall('a', 0)).toBeUndefined();
  });

  it('remembers no fault, and asks again after one', async () => {
    const { clock, verdicts, calls, ask } = setUp();
    const failing = ask(clock.monotonic());
    calls[0]?.reject(new Error('down'));
    await expect(failing).rejects.toThrow('down');
    expect(verdicts.recall('a', 0)).toBeUndefined();

    const again = ask(0);
    expect(calls).toHaveLength(2);
    calls[1]?.resolve(good);
    expect((await again).valid).toBe(true);
  });

  it('keeps a good verdict when a later question ends in a fault', async () => {
    const { clock, verdicts, calls, ask } = setUp();
    const first = ask(clock.monotonic());
    calls[0]?.resolve(good);
    await first;
    clock.advance(1);
    const second = ask(clock.monotonic());
    calls[1]?.reject(new Error('down'));
    await expect(second).rejects.toThrow('down');
    expect(verdicts.recall('a', clock.monotonic() - 1)).toBeDefined();
  });

  it('remembers no more tokens than it may, the least recently used go first', async () => {
    const { clock, verdicts, calls, ask } = setUp(2);
    for (const digest of ['a', 'b']) {
      const answer = ask(clock.monotonic(), digest);
      calls.at(-1)?.resolve(good);
      await answer;
    }
    verdicts.recall('a', 0);
    const third = ask(clock.monotonic(), 'c');
    calls.at(-1)?.resolve(good);
    await third;

    expect(['a', 'b', 'c'].map((digest) => verdicts.recall(digest, 0) !== undefined)).toEqual([
      true,
      false,
      true,
    ]);
  });

  it('remembers nothing after clear', async () => {
    const { clock, verdicts, calls, ask } = setUp();
    const answer = ask(clock.monotonic());
    calls[0]?.resolve(good);
    await answer;
    verdicts.clear();
    expect(verdicts.recall('a', 0)).toBeUndefined();
  });
});
