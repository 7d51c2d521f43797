import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { couldBeLive, decodeTokenPart } from '../src/prefilter.js';
import { claimsOf, START_MS, tokenOf } from './fixtures.js';

const now = START_MS / 1000;
const live = tokenOf();
const [header = '', payload = '', signature = ''] = live.split('.');

describe('couldBeLive', () => {
  it.each([
    { name: 'a fresh token', token: live },
    { name: 'a header without kid and typ', token: tokenOf(claimsOf(), { alg: 'EdDSA' }) },
    { name: 'a token that expires now', token: tokenOf(claimsOf({ exp: now })) },
    { name: 'one that expired within the skew', token: tokenOf(claimsOf({ exp: now - 60 })) },
    {
      name: 'one that is not valid yet: the broker may know better',
      token: tokenOf(claimsOf({ nbf: now + 99 })),
    },
  ])('leaves $name to the broker', ({ token }) => {
    expect(couldBeLive(token, now)).toBe(true);
  });

  it.each([
    { name: 'random text', token: 'not-a-token' },
    { name: 'two parts', token: `${header}.${payload}` },
    { name: 'four parts', token: `${live}.x` },
    { name: 'an empty header', token: `.${payload}.${signature}` },
    { name: 'an empty payload', token: `${header}..${signature}` },
    { name: 'a signature one short', token: `${header}.${payload}.${signature.slice(1)}` },
    { name: 'a signature one long', token: `${header}.${payload}.A${signature}` },
    { name: 'plain base64', token: `${header}.${payload}.${'+'.repeat(86)}` },
    { name: 'another algorithm', token: tokenOf(claimsOf(), { alg: 'HS256' }) },
    { name: 'no algorithm', token: tokenOf(claimsOf(), {}) },
    { name: 'alg none', token: tokenOf(claimsOf(), { alg: 'none' }) },
    { name: 'a header that is not JSON', token: `AAAA.${payload}.${signature}` },
    { name: 'a payload that is not JSON', token: `${header}.AAAA.${signature}` },
    { name: 'a payload that is null', token: `${header}.bnVsbA.${signature}` },
    { name: 'no expiry', token: tokenOf(claimsOf({ exp: undefined })) },
    { name: 'an expiry that is text', token: tokenOf(claimsOf({ exp: '9999999999' })) },
    { name: 'a token long past its expiry', token: tokenOf(claimsOf({ exp: now - 61 })) },
  ])('refuses $name', ({ token }) => {
    expect(couldBeLive(token, now)).toBe(false);
  });

  it('never throws', () => {
    const part = fc.oneof(
      fc.base64String(),
      fc.json().map((text) => Buffer.from(text).toString('base64url')),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(part).map((parts) => parts.join('.')),
        ),
        (text) => {
          expect(typeof couldBeLive(text, now)).toBe('boolean');
        },
      ),
    );
  });
});

describe('decodeTokenPart', () => {
  /** What Node makes of it, which knows base64url and UTF-8 by itself. */
  function byNode(part: string): unknown {
    try {
      const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
      return typeof value === 'object' && value !== null ? value : undefined;
    } catch {
      return undefined;
    }
  }
  const encoded = (text: string): string => Buffer.from(text).toString('base64url');

  it('reads what Node reads out of any JSON', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(decodeTokenPart(encoded(text))).toEqual(byNode(encoded(text)));
      }),
    );
  });

  it('reads what Node reads out of anything in the alphabet', () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const texts = fc.string({ unit: fc.constantFrom(...alphabet.split('')) });
    // Most is no JSON: what is, starts like this.
    const starts = fc.constantFrom('', encoded('{"a":'), encoded('[12'), encoded('{} '));
    fc.assert(
      fc.property(starts, texts, (start, text) => {
        // Six bits that are part of no byte; Node drops them, and nobody issues such a token.
        fc.pre((start + text).length % 4 !== 1);
        expect(decodeTokenPart(start + text)).toEqual(byNode(start + text));
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    { name: 'bits behind the last byte', part: 'e33', value: {} },
    { name: 'letters beyond ASCII', part: encoded('{"a":"ä€😀"}'), value: { a: 'ä€😀' } },
    {
      name: 'bytes that are no UTF-8',
      part: Buffer.from('7b2261223a22ff227d', 'hex').toString('base64url'),
      value: { a: '\ufffd' },
    },
    { name: 'a byte order mark', part: encoded('\ufeff{}'), value: undefined },
  ])('takes $name as Node does', ({ part, value }) => {
    expect(decodeTokenPart(part)).toEqual(value);
    expect(byNode(part)).toEqual(value);
  });

  it('takes nothing with a letter too many', () => {
    expect(decodeTokenPart(encoded('{} '))).toEqual({});
    expect(decodeTokenPart(`${encoded('{} ')}A`)).toBeUndefined();
  });
});
