import { HeldScopes, parseScope, scopeIsSubset } from '@agentwrit/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileRequirement } from '../src/requirement.js';
import { RouteFault } from '../src/route-fault.js';
import { requestWith } from './fixtures.js';

function resolve(
  scopes: readonly string[],
  params: Readonly<Record<string, string>> = {},
): string[] {
  return compileRequirement('requireScope', 'all', scopes)
    .resolve(requestWith(undefined, { params }))
    .map(({ scope }) => scope);
}

describe('compileRequirement', () => {
  it.each([
    { name: 'no scope', scopes: [], says: 'at least one scope' },
    { name: 'two parts', scopes: ['read:data'], says: '"read:data"' },
    { name: 'an empty part', scopes: ['read::x'], says: 'three non-empty parts' },
    { name: 'an empty text', scopes: [''], says: 'three non-empty parts' },
    { name: 'a number', scopes: [7], says: 'got number' },
    { name: 'undefined', scopes: ['read:data:x', undefined], says: 'got undefined' },
    { name: 'an array', scopes: [['read:data:x']], says: 'got object' },
    { name: 'a template literal in plain quotes', scopes: ['read:data:c-${id}'], says: 'dollar' },
    { name: 'a placeholder in the action', scopes: ['{a}:data:x'], says: 'identifier only' },
    { name: 'a placeholder in the resource', scopes: ['read:{r}:x'], says: 'identifier only' },
    { name: 'an unclosed placeholder', scopes: ['read:data:{id'], says: 'written {name}' },
    { name: 'an unopened one', scopes: ['read:data:id}'], says: 'no "{" before' },
    { name: 'an empty one', scopes: ['read:data:{}'], says: 'written {name}' },
    { name: 'a nested one', scopes: ['read:data:{{id}}'], says: 'written {name}' },
    { name: 'one with an odd name', scopes: ['read:data:{a-b}'], says: 'written {name}' },
    { name: 'two side by side', scopes: ['read:data:{a}{b}'], says: 'between them' },
  ])('refuses $name with a TypeError that says what is wrong', ({ scopes, says }) => {
    expect(() => compileRequirement('requireScope', 'all', scopes)).toThrow(TypeError);
    expect(() => compileRequirement('requireScope', 'all', scopes)).toThrow(says);
  });

  it.each([
    {
      name: 'constant scopes',
      scopes: ['read:data:*', 'write:data:x:y'],
      params: {},
      needed: ['read:data:*', 'write:data:x:y'],
    },
    {
      name: 'one placeholder',
      scopes: ['read:data:customer-{id}'],
      params: { id: '7' },
      needed: ['read:data:customer-7'],
    },
    {
      name: 'a placeholder alone',
      scopes: ['read:data:{id}'],
      params: { id: 'a:b' },
      needed: ['read:data:a:b'],
    },
    {
      name: 'two placeholders',
      scopes: ['read:data:{t}/{id}'],
      params: { t: 'acme', id: '7' },
      needed: ['read:data:acme/7'],
    },
    {
      name: 'text behind the last one',
      scopes: ['read:data:{t}-{id}-x'],
      params: { t: 'a', id: 'b-c' },
      needed: ['read:data:a-b-c-x'],
    },
    {
      name: 'a star from the path: only a held * covers it',
      scopes: ['read:data:{id}'],
      params: { id: '*' },
      needed: ['read:data:*'],
    },
    {
      name: 'a value that runs into the text behind it: only a held * covers it',
      scopes: ['read:data:{t}-{id}'],
      params: { t: 'a-b', id: 'c' },
      needed: ['read:data:*'],
    },
    {
      name: 'a value whose end overlaps the text behind it',
      scopes: ['read:data:{t}--{id}'],
      params: { t: 'a-', id: 'b' },
      needed: ['read:data:*'],
    },
  ])('resolves $name', ({ scopes, params, needed }) => {
    expect(resolve(scopes, params)).toEqual(needed);
  });

  it.each([
    { name: 'missing', params: {} },
    { name: 'empty', params: { id: '' } },
  ])('does not resolve when a parameter is $name', ({ params }) => {
    expect(() => resolve(['read:data:customer-{id}'], params)).toThrow(RouteFault);
  });

  // What "a parameter can only make it stricter" comes to: whatever the value, a grant for one row admits to
  // no other row, and to nothing outside the action and resource that were written down.
  it('lets no parameter value widen what a template needs', () => {
    const value = fc.oneof(
      fc.string({ minLength: 1 }),
      fc.constantFrom('*', ':', '::', 'a:b', '-', '--', 'a-', '-a', '{id}', '%2a', '\u0000', '*:*'),
      fc
        .array(fc.constantFrom('a', '-', '*', ':', '/'), { minLength: 1 })
        .map((all) => all.join('')),
    );
    const template = fc.constantFrom(
      { scope: 'read:data:{a}', names: ['a'] },
      { scope: 'read:data:customer-{a}', names: ['a'] },
      { scope: 'read:data:{a}-{b}', names: ['a', 'b'] },
      { scope: 'read:data:{a}--{b}', names: ['a', 'b'] },
      { scope: 'read:data:x{a}-{b}:{c}y', names: ['a', 'b', 'c'] },
    );
    const values = fc.record({ a: value, b: value, c: value });
    fc.assert(
      fc.property(template, values, values, ({ scope, names }, asked, granted) => {
        const [needed = ''] = resolve([scope], asked);
        const parts = parseScope(needed);
        expect([parts?.action, parts?.resource]).toEqual(['read', 'data']);

        const [grant = ''] = resolve([scope], granted);
        const isSameRow = names.every((name) => asked[name] === granted[name]);
        const isWildcard = parseScope(grant)?.identifier === '*';
        if (!isSameRow && !isWildcard) expect(new HeldScopes([grant]).covers(needed)).toBe(false);
      }),
      { numRuns: 5000 },
    );
  });

  it('is covered exactly as the plain rule says', () => {
    const [needed = ''] = resolve(['read:data:{id}'], { id: '7' });
    expect(scopeIsSubset([needed], ['read:data:*'])).toBe(true);
    expect(scopeIsSubset([needed], ['read:data:70'])).toBe(false);
  });
});
