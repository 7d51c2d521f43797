import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { couldBeLive } from '../src/prefilter.js';
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
