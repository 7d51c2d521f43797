import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import {
  assertBoolean,
  assertFunction,
  assertKnownOptions,
  assertNumber,
  assertText,
  assertTexts,
} from '../src/option-checks.js';

describe('option checks', () => {
  it.each([
    { name: 'nothing', options: undefined },
    { name: 'null', options: null },
    { name: 'text', options: 'maxAge' },
    { name: 'an array', options: ['maxAge'] },
  ])('refuse $name for options, and say what there is', ({ options }) => {
    const check = (): void => assertKnownOptions(options, 'createGuard', ['broker', 'maxAge']);
    expect(check).toThrow(
      new TypeError('createGuard takes a plain options object with broker, maxAge'),
    );
  });

  it('name an option that is unknown, and those that are known', () => {
    const check = (): void =>
      assertKnownOptions({ broker: 1, maxage: 5 }, 'createGuard', ['broker', 'maxAge']);
    expect(check).toThrow(
      new TypeError('unknown option "maxage": createGuard takes broker, maxAge'),
    );
    expect(() =>
      assertKnownOptions({ maxAge: 5 }, 'createGuard', ['broker', 'maxAge']),
    ).not.toThrow();
  });

  class Configuration {
    get broker(): string {
      return 'here';
    }
  }

  // Reading such a member by name finds it, copying the object does not: half of the options would count.
  it.each([
    { name: 'a class with getters', options: new Configuration() },
    { name: 'an object that inherits them', options: Object.create({ broker: 1 }) as object },
    {
      name: 'one on a bare prototype',
      options: Object.create(Object.assign(Object.create(null) as object, { broker: 1 })) as object,
    },
    {
      name: 'a member that is not enumerable',
      options: Object.defineProperty({}, 'broker', { value: 1 }),
    },
    { name: 'a symbol', options: { [Symbol('broker')]: 1 } },
    { name: 'a promise', options: Promise.resolve({ broker: 1 }) },
    { name: 'a set', options: new Set(['broker']) },
    { name: 'a map', options: new Map([['broker', 1]]) },
  ])('refuse $name', ({ options }) => {
    expect(() => assertKnownOptions(options, 'createGuard', ['broker'])).toThrow(TypeError);
  });

  it('take plain objects, those without a prototype and those of another realm', () => {
    for (const options of [
      { broker: 1 },
      Object.assign(Object.create(null) as object, { broker: 1 }),
      runInNewContext('({ broker: 1 })') as object,
    ]) {
      assertKnownOptions(options, 'createGuard', ['broker']);
    }
  });

  it('are not fooled by options that shadow names of Object', () => {
    expect(() => assertKnownOptions({ constructor: 1 }, 'x', [])).toThrow('"constructor"');
    expect(() => assertKnownOptions(JSON.parse('{"__proto__":1}'), 'x', [])).toThrow('"__proto__"');
  });

  it.each([
    { value: Number.NaN, says: '"n" must be a finite number from 0 to 9, got NaN' },
    { value: Infinity, says: 'got Infinity' },
    { value: -1, says: 'got -1' },
    { value: 10, says: 'got 10' },
    { value: '5', says: 'got string' },
    { value: undefined, says: 'got undefined' },
    { value: 5n, says: 'got bigint' },
  ])('refuse $value for a number from 0 to 9', ({ value, says }) => {
    const check = (): void => assertNumber(value, 'n', { min: 0, max: 9 });
    expect(check).toThrow(TypeError);
    expect(check).toThrow(says);
  });

  it('take the bounds of a number themselves, and fractions unless it must be whole', () => {
    for (const value of [0, 0.5, 9]) assertNumber(value, 'n', { min: 0, max: 9 });
    expect(() => assertNumber(0.5, 'n', { min: 0, isWhole: true })).toThrow(
      '"n" must be a whole number of at least 0, got 0.5',
    );
    expect(() => assertNumber(2 ** 53, 'n', { min: 0, isWhole: true })).toThrow(TypeError);
  });

  it.each([
    { name: 'a text', check: () => assertText('', 'o') },
    { name: 'a text, given a number', check: () => assertText(5, 'o') },
    { name: 'texts', check: () => assertTexts([], 'o') },
    { name: 'texts, given one', check: () => assertTexts('a', 'o') },
    { name: 'texts, one of them empty', check: () => assertTexts(['a', ''], 'o') },
    { name: 'a flag', check: () => assertBoolean('false', 'o') },
    { name: 'a function', check: () => assertFunction({}, 'o') },
  ])('refuse by name what is no $name', ({ check }) => {
    expect(check).toThrow(TypeError);
    expect(check).toThrow(/^"o(\[1\])?" must be/);
  });

  it('never quote a text, which may be a secret', () => {
    expect(() => assertBoolean('hunter2', 'o')).not.toThrow(/hunter2/);
    expect(() => assertTexts('hunter2', 'o')).not.toThrow(/hunter2/);
    expect(() => assertNumber('hunter2', 'o', { min: 0 })).not.toThrow(/hunter2/);
  });
});
