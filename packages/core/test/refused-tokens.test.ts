import { describe, expect, it } from 'vitest';
import { Timeline } from '../src/clock.js';
import { RefusedTokens } from '../src/refused-tokens.js';
import { claimsOf, FakeClock, START_MS, tokenOf } from './fixtures.js';

const NOW = START_MS / 1000;
const MAX_ENTRIES = 1_000;

/** Good long enough for the broker to say no to it for good. */
const settled = tokenOf(claimsOf({ nbf: NOW - 60 }));

function setUp(): {
  clock: FakeClock;
  refused: RefusedTokens;
  remember: (token?: string, digest?: string) => void;
  isRemembered: (maxAgeMs?: number, digest?: string) => boolean;
} {
  const clock = new FakeClock();
  const timeline = new Timeline(clock);
  const refused = new RefusedTokens();
  return {
    clock,
    refused,
    remember: (token = settled, digest = 'a') => refused.remember(digest, token, timeline.mark()),
    isRemembered: (maxAgeMs = 60_000, digest = 'a') =>
      refused.recall(digest, { ...timeline.now(), ageMs: maxAgeMs }) !== undefined,
  };
}

describe('a refused token', () => {
  it('is remembered for five seconds, whatever a route tolerates', () => {
    const { clock, remember, isRemembered } = setUp();
    remember();
    clock.advance(5_000);
    expect(isRemembered()).toBe(true);
    clock.advance(1);
    expect(isRemembered()).toBe(false);
  });

  it('is remembered for as long as a route tolerates, if that is less', () => {
    const { clock, remember, isRemembered } = setUp();
    remember();
    clock.advance(1_000);
    expect([isRemembered(1_000), isRemembered(999)]).toEqual([true, false]);
  });

  it('is remembered for that time on the clock that has gone further', () => {
    const { clock, remember, isRemembered } = setUp();
    remember();
    clock.setWallClock(clock.now() + 5_001);
    expect(isRemembered()).toBe(false);
  });

  it.each([
    { name: 'is still to become good', nbf: NOW + 60, remembered: false },
    { name: 'has become good this moment', nbf: NOW, remembered: false },
    // The broker's clock may be behind.
    { name: 'became good five seconds ago', nbf: NOW - 5, remembered: false },
    { name: 'became good before that', nbf: NOW - 6, remembered: true },
    { name: 'is good from a time that is no number', nbf: 'soon', remembered: true },
    { name: 'is good from whenever', nbf: undefined, remembered: true },
  ])('that $name is remembered: $remembered', ({ nbf, remembered }) => {
    const { remember, isRemembered } = setUp();
    remember(tokenOf(claimsOf({ nbf })));
    expect(isRemembered()).toBe(remembered);
  });

  it('is remembered when its claims cannot be read', () => {
    const { remember, isRemembered } = setUp();
    remember('no token at all');
    expect(isRemembered()).toBe(true);
  });

  it('is one of a thousand at most, and the least recently used go first', () => {
    const { refused, remember, isRemembered } = setUp();
    for (let index = 0; index < MAX_ENTRIES; index += 1) remember(settled, `t${index}`);
    expect(isRemembered(60_000, 't0')).toBe(true);
    remember(settled, 'one more');
    expect(refused.size).toBe(MAX_ENTRIES);
    expect(isRemembered(60_000, 't0')).toBe(true);
    expect(isRemembered(60_000, 't1')).toBe(false);
  });

  it('is forgotten when the broker says otherwise, and with all the others', () => {
    const { refused, remember, isRemembered } = setUp();
    remember();
    remember(settled, 'b');
    refused.forget('a');
    expect([isRemembered(), isRemembered(60_000, 'b')]).toEqual([false, true]);
    refused.clear();
    expect(refused.size).toBe(0);
  });
});
