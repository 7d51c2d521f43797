import fc from 'fast-check';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { assertScope, isScope, parseScope, type Scope } from '../src/scope.js';

describe('parseScope', () => {
  test.each([
    { name: 'three parts', text: 'read:data:x', parts: ['read', 'data', 'x'] },
    { name: 'colons in the identifier', text: 'read:data:a:b', parts: ['read', 'data', 'a:b'] },
    { name: 'an identifier that is a colon', text: 'read:data::', parts: ['read', 'data', ':'] },
    { name: 'an identifier that starts with one', text: 'a:b::x', parts: ['a', 'b', ':x'] },
    { name: 'wildcards anywhere', text: '*:*:*', parts: ['*', '*', '*'] },
    { name: 'spaces, which are not trimmed', text: ' a: b:c ', parts: [' a', ' b', 'c '] },
    { name: 'upper case, which is not folded', text: 'READ:Data:X', parts: ['READ', 'Data', 'X'] },
    { name: 'letters outside ASCII', text: 'lire:données:é', parts: ['lire', 'données', 'é'] },
    { name: 'one character each', text: 'a:b:c', parts: ['a', 'b', 'c'] },
  ])('splits at the first two colons only: $name', ({ text, parts }) => {
    const [action, resource, identifier] = parts;
    expect(parseScope(text)).toEqual({ action, resource, identifier });
    expect(isScope(text)).toBe(true);
  });

  test.each([
    { name: 'empty text', text: '' },
    { name: 'no colon', text: 'read' },
    { name: 'a lone wildcard', text: '*' },
    { name: 'one colon', text: 'read:data' },
    { name: 'one colon at the end', text: 'read:' },
    { name: 'one colon at the start', text: ':read' },
    { name: 'an empty action', text: ':data:x' },
    { name: 'an empty resource', text: 'read::x' },
    { name: 'an empty identifier', text: 'read:data:' },
    { name: 'only colons', text: '::' },
    { name: 'many colons and no action', text: '::::' },
  ])('refuses $name', ({ text }) => {
    expect(parseScope(text)).toBeUndefined();
    expect(isScope(text)).toBe(false);
  });

  test('gives parts that join to the same text', () => {
    const colonText = fc.string({ unit: fc.constantFrom('a', 'b', '*', ':', ' '), maxLength: 9 });
    fc.assert(
      fc.property(fc.oneof(colonText, fc.string()), (text) => {
        const parts = parseScope(text);
        const split = text.split(':');
        const wellFormed =
          split.length >= 3 &&
          split[0] !== '' &&
          split[1] !== '' &&
          split.slice(2).join(':') !== '';
        expect(parts !== undefined).toBe(wellFormed);
        if (parts) expect(`${parts.action}:${parts.resource}:${parts.identifier}`).toBe(text);
      }),
    );
  });
});

describe('assertScope', () => {
  test('lets a scope pass', () => {
    expect(() => assertScope('read:data:*', 'scope')).not.toThrow();
  });

  test.each([
    { name: 'a malformed scope', value: 'read:data', got: '"read:data"' },
    { name: 'a number', value: 7, got: 'number' },
    { name: 'nothing', value: undefined, got: 'undefined' },
    { name: 'an array', value: ['read:data:x'], got: 'object' },
  ])('names the option and what it got: $name', ({ value, got }) => {
    const act = () => assertScope(value, 'requireScope');
    expect(act).toThrow(TypeError);
    expect(act).toThrow(/^"requireScope" must be a scope/);
    expect(act).toThrow(`got ${got}`);
  });
});

describe('Scope', () => {
  test('takes literals of three parts and refuses fewer at compile time', () => {
    expectTypeOf<'read:data:x'>().toExtend<Scope>();
    expectTypeOf<'read:data:a:b'>().toExtend<Scope>();
    expectTypeOf<'read:data:x'>().toExtend<Scope<'read' | 'write', 'data'>>();
    expectTypeOf<'read:data'>().not.toExtend<Scope>();
    expectTypeOf<'read'>().not.toExtend<Scope>();
    expectTypeOf<string>().not.toExtend<Scope>();
    expectTypeOf<'delete:data:x'>().not.toExtend<Scope<'read' | 'write', 'data'>>();
    // @ts-expect-error one colon is not enough
    const two: Scope = 'read:data';
    expect(isScope(two)).toBe(false);
  });

  test('is what isScope and assertScope narrow to', () => {
    const text: string = 'read:data:x';
    if (isScope(text)) expectTypeOf(text).toEqualTypeOf<Scope>();
    const value: unknown = text;
    assertScope(value, 'scope');
    expectTypeOf(value).toEqualTypeOf<Scope>();
    expect(value).toBe(text);
  });
});
