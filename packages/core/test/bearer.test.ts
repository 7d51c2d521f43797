import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAuthorization, readBearer } from '../src/bearer.js';

const MAX = 100;

describe('readBearer', () => {
  it.each([
    { name: 'no value', values: undefined, kind: 'missing' },
    { name: 'an empty list', values: [], kind: 'missing' },
    { name: 'an empty value', values: '', kind: 'missing' },
    { name: 'another scheme', values: 'Basic dXNlcjpwYXNz', kind: 'missing' },
    { name: 'a scheme that merely starts like it', values: 'BearerX abc', kind: 'missing' },
    { name: 'the scheme alone', values: 'Bearer', kind: 'malformed' },
    { name: 'the scheme and a space', values: 'Bearer ', kind: 'malformed' },
    { name: 'two tokens', values: 'Bearer abc def', kind: 'malformed' },
    { name: 'a trailing space', values: 'Bearer abc ', kind: 'malformed' },
    { name: 'a tab for a space', values: 'Bearer\tabc', kind: 'malformed' },
    { name: 'a no-break space for a space', values: 'Bearer\u00a0abc', kind: 'malformed' },
    { name: 'a colon behind the scheme', values: 'Bearer: abc', kind: 'malformed' },
    { name: 'an equals sign behind the scheme', values: 'Bearer=abc', kind: 'malformed' },
    { name: 'a comma behind the scheme', values: 'Bearer,abc', kind: 'malformed' },
    { name: 'a scheme with a dash behind ours', values: 'Bearer-x abc', kind: 'missing' },
    { name: 'a comma', values: 'Bearer abc,', kind: 'malformed' },
    { name: 'a quoted token', values: 'Bearer "abc"', kind: 'malformed' },
    { name: 'a newline', values: 'Bearer ab\nc', kind: 'malformed' },
    { name: 'a newline at the end', values: 'Bearer abc\n', kind: 'malformed' },
    { name: 'a letter outside ASCII', values: 'Bearer abcé', kind: 'malformed' },
    { name: 'padding in the middle', values: 'Bearer ab=c', kind: 'malformed' },
    { name: 'padding alone', values: 'Bearer ==', kind: 'malformed' },
    { name: 'two values', values: ['Bearer abc', 'Bearer abc'], kind: 'malformed' },
    {
      name: 'a good value and one of another scheme',
      values: ['Bearer abc', 'Basic x'],
      kind: 'malformed',
    },
    { name: 'two values the platform joined', values: 'Bearer abc, Bearer def', kind: 'malformed' },
    {
      name: 'a bearer hidden behind another scheme',
      values: 'Basic eA==, bearer abc',
      kind: 'malformed',
    },
    { name: 'one hidden behind a bare comma', values: 'Basic eA==,Bearer a', kind: 'malformed' },
    { name: 'one hidden behind a tab', values: 'Basic eA==,\t Bearer\ta', kind: 'malformed' },
    {
      name: 'one hidden behind very much of another scheme',
      values: `Basic ${'a'.repeat(10 * MAX)}, Bearer a`,
      kind: 'malformed',
    },
    { name: 'a parameter that begins like ours', values: 'Digest a=b, bearerx=c', kind: 'missing' },
    { name: 'a token over the cap', values: `Bearer ${'a'.repeat(MAX + 1)}`, kind: 'oversized' },
  ])('$name is $kind', ({ values, kind }) => {
    expect(readBearer(values, MAX).kind).toBe(kind);
  });

  it.each([
    { name: 'the plain form', values: 'Bearer abc.DEF-123_~+/==', token: 'abc.DEF-123_~+/==' },
    { name: 'a scheme in any case', values: 'bEaReR abc', token: 'abc' },
    { name: 'several spaces', values: 'Bearer   abc', token: 'abc' },
    { name: 'a list of one', values: ['Bearer abc'], token: 'abc' },
    { name: 'a token at the cap', values: `Bearer ${'a'.repeat(MAX)}`, token: 'a'.repeat(MAX) },
  ])('$name gives the token', ({ values, token }) => {
    expect(readBearer(values, MAX)).toEqual({ kind: 'token', token });
  });

  it('never throws, and never makes a token of anything but one b64token within the cap', () => {
    const value = fc.oneof(
      fc.string(),
      fc.string().map((text) => `Bearer ${text}`),
      fc.string({ unit: 'binary' }).map((text) => `bearer ${text}`),
    );
    fc.assert(
      fc.property(fc.oneof(value, fc.array(value)), (values) => {
        const bearer = readBearer(values, MAX);
        if (bearer.kind !== 'token') return;
        expect(bearer.token).toMatch(/^[A-Za-z0-9\-._~+/]{1,100}=*$/);
        expect([values].flat()).toHaveLength(1);
        expect([values].flat()[0]?.endsWith(` ${bearer.token}`)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('readAuthorization', () => {
  it.each([
    { name: 'none', raw: ['Host', 'x'], parsed: undefined, expected: undefined },
    { name: 'one', raw: ['Authorization', 'Bearer a'], parsed: 'Bearer a', expected: 'Bearer a' },
    {
      name: 'one that the program has taken away',
      raw: ['Authorization', 'Bearer a'],
      parsed: undefined,
      expected: undefined,
    },
    {
      name: 'one that the program has exchanged',
      raw: ['Authorization', 'Bearer a'],
      parsed: 'Bearer b',
      expected: 'Bearer b',
    },
    {
      name: 'two, in different cases, of which Node has parsed the first',
      raw: ['authorization', 'Bearer a', 'Accept', 'y', 'AUTHORIZATION', 'Bearer b'],
      parsed: 'Bearer a',
      expected: ['Bearer a', 'Bearer b'],
    },
    {
      name: 'three',
      raw: ['authorization', '1', 'authorization', '2', 'authorization', '3'],
      parsed: '1',
      expected: ['1', '2', '3'],
    },
    {
      name: 'none among values that look like the name',
      raw: ['x', 'authorization', 'y', 'authorization'],
      parsed: undefined,
      expected: undefined,
    },
    {
      name: 'two, one of which is no text',
      raw: [7, 'Bearer a', 'Authorization', undefined, 'Authorization', 'Bearer b'],
      parsed: 'Bearer b',
      expected: ['', 'Bearer b'],
    },
  ])('finds $name', ({ raw, parsed, expected }) => {
    expect(readAuthorization(raw, parsed)).toEqual(expected);
  });
});
