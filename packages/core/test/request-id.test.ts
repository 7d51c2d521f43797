import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { requestIdOf } from '../src/request-id.js';

const FRESH = /^[0-9a-f]{16}$/;

describe('a request id', () => {
  it.each([
    { name: 'one', received: 'req-1', id: 'req-1' },
    { name: 'the first of several', received: ['req-1', 'req-2'], id: 'req-1' },
    { name: 'the longest that is let through', received: 'x'.repeat(128), id: 'x'.repeat(128) },
  ])('is the one received: $name', ({ received, id }) => {
    expect(requestIdOf(received)).toBe(id);
  });

  it.each([
    { name: 'none', received: undefined },
    { name: 'none in a list', received: [] },
    { name: 'an empty one', received: '' },
    { name: 'too long a one', received: 'x'.repeat(129) },
    { name: 'one with a line break', received: 'a\r\nb' },
    { name: 'one with a space', received: 'a b' },
    { name: 'one beyond ASCII', received: 'ä' },
  ])('is a fresh one for $name', ({ received }) => {
    expect(requestIdOf(received)).toMatch(FRESH);
  });

  it('is never the same twice when it is fresh', () => {
    const ids = Array.from({ length: 1_000 }, () => requestIdOf(undefined));
    expect(new Set(ids).size).toBe(1_000);
    // Every byte takes its two digits.
    for (const id of ids) expect(id).toMatch(FRESH);
  });

  it('can be written into a header, whatever was received', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (received) => {
        expect(requestIdOf(received)).toMatch(/^[\x21-\x7e]{1,128}$/);
      }),
    );
  });
});
