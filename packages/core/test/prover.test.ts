import { readClaims } from '@agentwrit/protocol';
import { describe, expect, it } from 'vitest';
import type { Verdict } from '../src/broker.js';
import { Timeline } from '../src/clock.js';
import { Freshness } from '../src/freshness.js';
import { createProver } from '../src/prover.js';
import { sharedQuestions } from '../src/questions.js';
import type { SeenTexts } from '../src/seen-texts.js';
import { newCounts } from '../src/stats.js';
import { Tombstones } from '../src/tombstones.js';
import { Verdicts } from '../src/verdicts.js';
import { claimsOf, FakeClock, tokenOf } from './fixtures.js';

describe('what is remembered of how a token is written', () => {
  it('is one text of each, so that nobody fills the memory with spaces', async () => {
    const timeline = new Timeline(new FakeClock());
    const freshness = new Freshness(timeline, { maxAgeWithoutFeedMs: undefined });
    const remembered: string[] = [];
    const seen: SeenTexts = {
      find: () => undefined,
      remember: (text) => void remembered.push(text),
      clear: () => undefined,
    };
    const vouched: Verdict = { valid: true, claims: readClaims(claimsOf()) };
    const broker = {
      validate: () => Promise.resolve(vouched),
      close: () => Promise.resolve(),
    };
    const verdicts = new Verdicts(broker, {
      timeline,
      tombstones: new Tombstones({ maxEntries: 10 }),
      counts: newCounts(),
      questions: sharedQuestions(),
      maxEntries: 10,
      maxRefreshes: 1,
    });
    const prover = createProver({ verdicts, freshness, seen, counts: newCounts() });
    const token = tokenOf();
    for (const spaces of [1, 1, 2, 500, 1]) {
      const credentials = `Bearer${' '.repeat(spaces)}${token}`;
      const limit = { ...freshness.limit(5_000) };
      const tolerance = { maxAgeMs: 5_000, graceMs: 0 };
      await prover.prove({ token, credentials }, tolerance, limit, () => 'req');
    }
    expect(remembered).toEqual([`Bearer ${token}`, `Bearer ${token}`]);
  });
});
