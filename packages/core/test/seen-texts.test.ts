import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { identify } from '../src/agent.js';
import { NOTHING_SEEN, rememberedTexts, type SeenTexts } from '../src/seen-texts.js';
import type { Known } from '../src/verdicts.js';
import { claimsOf } from './fixtures.js';
import { readClaims } from '@agentwrit/protocol';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const END = 'abcdefgh';

const verdict: Known = {
  valid: true,
  identity: identify(readClaims(claimsOf())),
  asked: { order: 1, at: 0, wall: 0 },
  refreshAt: 0.7,
  triedAt: -Infinity,
  isCurrent: true,
};

/** Finds it, as a request does. */
function use(seen: SeenTexts, text: string): string | undefined {
  const entry = seen.find(text);
  if (entry !== undefined) entry.isInUse = true;
  return entry?.digest;
}

describe('a text that is remembered', () => {
  it('leads to its digest, and no other text does', () => {
    const seen = rememberedTexts();
    const text = `Bearer a.b.${END}`;
    seen.remember(text, 'digest', verdict);
    expect(use(seen, text)).toBe('digest');
    // All of the same length and with the same end: found in the same place.
    for (const other of [`Bearer a.c.${END}`, `bearer a.b.${END}`, `Bearer  a.b${END}.`]) {
      expect(use(seen, other)).toBeUndefined();
    }
    expect(use(seen, `Bearer a.b.${END}x`)).toBeUndefined();
    expect(use(seen, '')).toBeUndefined();
  });

  it('takes turns with one that ends alike', () => {
    const seen = rememberedTexts();
    seen.remember(`1${END}`, 'one', verdict);
    seen.remember(`2${END}`, 'two', verdict);
    expect([use(seen, `1${END}`), use(seen, `2${END}`)]).toEqual([undefined, 'two']);
  });

  it('is forgotten two seconds after its last use at the latest, and kept as long as it is used', () => {
    const seen = rememberedTexts();
    seen.remember('used', 'used', verdict);
    seen.remember('left', 'left', verdict);
    for (let second = 0; second < 10; second += 1) {
      vi.advanceTimersByTime(1_000);
      expect(use(seen, 'used')).toBe('used');
    }
    expect(use(seen, 'left')).toBeUndefined();
    vi.advanceTimersByTime(2_000);
    expect(use(seen, 'used')).toBeUndefined();
  });

  it('leaves no timer behind', () => {
    const seen = rememberedTexts();
    expect(vi.getTimerCount()).toBe(0);
    seen.remember('a', 'a', verdict);
    seen.remember('b', 'b', verdict);
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(2_000);
    expect(vi.getTimerCount()).toBe(0);
    seen.remember('c', 'c', verdict);
    expect(vi.getTimerCount()).toBe(1);
    seen.clear();
    expect([vi.getTimerCount(), use(seen, 'c')]).toEqual([0, undefined]);
  });

  it('is not pushed out by others: there is room for 2,000, and then for as many as were left', () => {
    const seen = rememberedTexts();
    const textOf = (serial: number): string => `${serial}`.padStart(8, 'x');
    for (let serial = 0; serial < 2_001; serial += 1)
      seen.remember(textOf(serial), `${serial}`, verdict);
    expect([use(seen, textOf(0)), use(seen, textOf(1_999))]).toEqual(['0', '1999']);
    expect(use(seen, textOf(2_000))).toBeUndefined();
    vi.advanceTimersByTime(2_000);
    seen.remember(textOf(2_000), '2000', verdict);
    expect(use(seen, textOf(2_000))).toBe('2000');
  });
});

it('remembers nothing where nothing may go on between requests', () => {
  NOTHING_SEEN.remember('a', 'a', verdict);
  expect(NOTHING_SEEN.find('a')).toBeUndefined();
  expect(vi.getTimerCount()).toBe(0);
});
