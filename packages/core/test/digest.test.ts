import * as crypto from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestBy, digestToken, portableDigest } from '../src/digest.js';
import { tokenOf } from './fixtures.js';

const { hash, createHash } = crypto;
const expected = (text: string): string => createHash('sha256').update(text).digest('base64url');

/** As on runtimes that have Node's module, or part of it, or only its names. */
const platforms = [
  { name: 'all of crypto', digest: digestBy({ hash, createHash }) },
  { name: 'no hash', digest: digestBy({ createHash }) },
  { name: 'no crypto', digest: digestBy({}) },
  {
    name: 'a hash that throws',
    digest: digestBy({ hash: unfinished, createHash }),
  },
  {
    name: 'nothing but names',
    digest: digestBy({ hash: unfinished, createHash: unfinished }),
  },
  {
    name: 'a hash that says something else',
    digest: digestBy({ hash: () => 'nonsense' } as unknown as typeof crypto),
  },
];

function unfinished(): never {
  throw new Error('not implemented');
}

describe('a digest', () => {
  it.each(platforms)('with $name is SHA-256, base64url', ({ digest }) => {
    // NIST's example.
    expect(digest('abc')).toBe('ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0');
  });

  it.each(platforms)('with $name is the same as with Node for every text', ({ digest }) => {
    const texts = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ maxLength: 2000 }));
    fc.assert(fc.property(texts, (text) => digest(text) === expected(text)));
  });

  it('with a hash that works is made by it, and with none by our own', () => {
    const asked: string[] = [];
    const counted = ((name: string, text: string, encoding: 'base64url') => {
      asked.push(text);
      return hash(name, text, encoding);
    }) as typeof hash;
    digestBy({ hash: counted })('some text');
    expect(asked).toContain('some text');
    expect(digestBy({})).toBe(portableDigest);
  });

  it('shows nothing of its token', () => {
    const token = tokenOf();
    expect(digestToken(token)).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(digestToken(token)).toBe(expected(token));
  });
});
