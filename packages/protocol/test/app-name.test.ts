import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isAppName } from '../src/app-name.js';

// As the broker has it (protocol §9).
const PATTERN = /^[a-z][a-z0-9](?:-?[a-z0-9]+)*$/;

describe('isAppName', () => {
  test.each(['ab', 'a1', 'ab-c', 'orders', 'my-cool-web-app', 'a'.repeat(64)])(
    'takes %s',
    (name) => {
      expect(isAppName(name)).toBe(true);
    },
  );

  test.each([
    '',
    'a',
    'a-b',
    '1a',
    'ab-',
    '-ab',
    'ab--c',
    'Ab',
    'a_b',
    'ab\n',
    'äb',
    'a'.repeat(65),
  ])('does not take %j', (name) => {
    expect(isAppName(name)).toBe(false);
  });

  test('takes what the pattern of the protocol takes', () => {
    const name = fc.string({ unit: fc.constantFrom('a', 'z', '0', '9', '-', 'A'), maxLength: 20 });
    fc.assert(fc.property(name, (text) => isAppName(text) === PATTERN.test(text)));
  });

  test('is done at once with a long bad name', () => {
    const startedAt = performance.now();
    expect(isAppName(`${'a'.repeat(63)}!`)).toBe(false);
    expect(isAppName(`${'a'.repeat(1_000_000)}!`)).toBe(false);
    expect(performance.now() - startedAt).toBeLessThan(2000);
  });
});
