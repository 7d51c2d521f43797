import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { NOTHING_SEEN, rememberedTexts } from '../src/seen-texts.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const END = 'abcdefgh';

describe('a text that is remembered', () => {
  it('leads to its digest, and no other text does', () => {
    const seen = rememberedTexts();
    const text = `Bearer a.b.${END}`;
    seen.remember(text, 'digest');
    expect(seen.digestOf(text)).toBe('digest');
    // All of the same length and with the same end: found in the same place.
    for (const other of [`Bearer a.c.${END}`, `bearer a.b.${END}`, `Bearer  a.b${END}.`]) {
      expect(seen.digestOf(other)).toBeUndefined();
    }
    expect(seen.digestOf(`Bearer a.b.${END}x`)).toBeUndefined();
    expect(seen.digestOf('')).toBeUndefined();
  });

  it('takes turns with one that ends alike', () => {
    const seen = rememberedTexts();
    seen.remember(`1${END}`, 'one');
    seen.remember(`2${END}`, 'two');
    expect([seen.digestOf(`1${END}`), seen.digestOf(`2${END}`)]).toEqual([undefined, 'two']);
  });

  it('is forgotten two seconds after its last use at the latest, and kept as long as it is used', () => {
    const seen = rememberedTexts();
    seen.remember('used', 'used');
    seen.remember('left', 'left');
    for (let second = 0; second < 10; second += 1) {
      vi.advanceTimersByTime(1_000);
      expect(seen.digestOf('used')).toBe('used');
    }
    expect(seen.digestOf('left')).toBeUndefined();
    vi.advanceTimersByTime(2_000);
    expect(seen.digestOf('used')).toBeUndefined();
  });

  it('leaves no timer behind', () => {
    const seen = rememberedTexts();
    expect(vi.getTimerCount()).toBe(0);
    seen.remember('a', 'a');
    seen.remember('b', 'b');
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(2_000);
    expect(vi.getTimerCount()).toBe(0);
    seen.remember('c', 'c');
    expect(vi.getTimerCount()).toBe(1);
    seen.clear();
    expect([vi.getTimerCount(), seen.digestOf('c')]).toEqual([0, undefined]);
  });

  it('is not pushed out by others: there is room for 2,000, and then for as many as were left', () => {
    const seen = rememberedTexts();
    const textOf = (serial: number): string => `${serial}`.padStart(8, 'x');
    for (let serial = 0; serial < 2_001; serial += 1) seen.remember(textOf(serial), `${serial}`);
    expect([seen.digestOf(textOf(0)), seen.digestOf(textOf(1_999))]).toEqual(['0', '1999']);
    expect(seen.digestOf(textOf(2_000))).toBeUndefined();
    vi.advanceTimersByTime(2_000);
    seen.remember(textOf(2_000), '2000');
    expect(seen.digestOf(textOf(2_000))).toBe('2000');
  });
});

it('remembers nothing where nothing may go on between requests', () => {
  NOTHING_SEEN.remember('a', 'a');
  expect(NOTHING_SEEN.digestOf('a')).toBeUndefined();
  expect(vi.getTimerCount()).toBe(0);
});
