import { describe, expect, test } from 'vitest';
import { WireError } from '../src/wire-error.js';

describe('WireError', () => {
  test('carries a code, a name and the place', () => {
    const error = new WireError('claims.exp', 'a safe integer', 'x');
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({
      name: 'WireError',
      code: 'malformed_answer',
      path: 'claims.exp',
      message: 'claims.exp: expected a safe integer, found a string',
    });
  });

  test.each([
    { found: null, says: 'null' },
    { found: undefined, says: 'nothing' },
    { found: [1], says: 'an array' },
    { found: {}, says: 'an object' },
    { found: '', says: 'an empty string' },
    { found: 'secret', says: 'a string' },
    { found: 1, says: 'an integer' },
    { found: 1.5, says: 'a number' },
    { found: true, says: 'a boolean' },
  ])('says the type it found, never the value: $says', ({ found, says }) => {
    expect(new WireError('x', 'y', found).message).toBe(`x: expected y, found ${says}`);
  });
});
