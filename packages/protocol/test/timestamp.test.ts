import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatTimestamp, formatTimestampSeconds, isTimestamp } from '../src/timestamp.js';

const NOON = Date.UTC(2026, 1, 15, 12);

// The table of protocol §3.8; a millisecond clock reaches only its first rows.
const FRACTIONS = [
  { name: 'no fraction', nanoseconds: 0, text: '2026-02-15T12:00:00Z' },
  { name: 'half a second', nanoseconds: 500_000_000, text: '2026-02-15T12:00:00.5Z' },
  { name: 'two digits', nanoseconds: 120_000_000, text: '2026-02-15T12:00:00.12Z' },
  { name: 'one millisecond', nanoseconds: 1_000_000, text: '2026-02-15T12:00:00.001Z' },
  { name: 'inner zeros', nanoseconds: 101_000_000, text: '2026-02-15T12:00:00.101Z' },
  { name: 'microseconds', nanoseconds: 123_000, text: '2026-02-15T12:00:00.000123Z' },
  { name: 'one nanosecond', nanoseconds: 1, text: '2026-02-15T12:00:00.000000001Z' },
];

describe('formatTimestamp', () => {
  test.each(FRACTIONS.filter(({ nanoseconds }) => nanoseconds % 1e6 === 0))(
    'removes trailing zeros: $name',
    ({ nanoseconds, text }) => {
      expect(formatTimestamp(NOON + nanoseconds / 1e6)).toBe(text);
    },
  );

  test('keeps the zeros of the seconds', () => {
    expect(formatTimestamp(NOON + 50_000)).toBe('2026-02-15T12:00:50Z');
  });

  test('names the same instant and is a timestamp', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: Date.UTC(9999, 11, 31) }), (epochMs) => {
        const text = formatTimestamp(epochMs);
        expect(Date.parse(text)).toBe(epochMs);
        expect(isTimestamp(text)).toBe(true);
        expect(text).not.toMatch(/\.\d*0Z$|\.Z$/);
      }),
    );
  });
});

describe('formatTimestampSeconds', () => {
  test('cuts the fraction and never rounds up', () => {
    expect(formatTimestampSeconds(NOON)).toBe('2026-02-15T12:00:00Z');
    expect(formatTimestampSeconds(NOON + 999)).toBe('2026-02-15T12:00:00Z');
  });
});

describe('isTimestamp', () => {
  test.each([
    ...FRACTIONS,
    { name: 'an offset east', text: '2026-02-15T12:00:00+05:30' },
    { name: 'an offset west, with a fraction', text: '2026-02-15T12:00:00.123456789-08:00' },
    { name: 'a leap day', text: '2028-02-29T00:00:00Z' },
    { name: 'the last second of a day', text: '2026-12-31T23:59:59Z' },
  ])('takes $name', ({ text }) => {
    expect(isTimestamp(text)).toBe(true);
  });

  test.each([
    { name: 'empty text', text: '' },
    { name: 'a date', text: '2026-02-15' },
    { name: 'no zone', text: '2026-02-15T12:00:00' },
    { name: 'a space for the T', text: '2026-02-15 12:00:00Z' },
    { name: 'lower-case letters', text: '2026-02-15t12:00:00z' },
    { name: 'ten fractional digits', text: '2026-02-15T12:00:00.1234567890Z' },
    { name: 'a dot without digits', text: '2026-02-15T12:00:00.Z' },
    { name: 'month 13', text: '2026-13-15T12:00:00Z' },
    { name: 'month 0', text: '2026-00-15T12:00:00Z' },
    { name: 'day 32', text: '2026-01-32T12:00:00Z' },
    { name: 'a day the month does not have', text: '2026-02-30T12:00:00Z' },
    { name: 'a leap day in another year', text: '2026-02-29T12:00:00Z' },
    { name: 'hour 24', text: '2026-02-15T24:00:00Z' },
    { name: 'minute 60', text: '2026-02-15T12:60:00Z' },
    { name: 'an offset of 24 hours', text: '2026-02-15T12:00:00+24:00' },
    { name: 'a line end', text: '2026-02-15T12:00:00Z\n' },
    { name: 'a year of five digits', text: '12026-02-15T12:00:00Z' },
    { name: 'words', text: 'yesterday' },
  ])('refuses $name', ({ text }) => {
    expect(isTimestamp(text)).toBe(false);
  });

  test('never throws', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(isTimestamp(text)).toBeTypeOf('boolean');
      }),
    );
  });
});
