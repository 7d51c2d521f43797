import { describe, expect, test } from 'vitest';
import { Fields } from '../src/fields.js';
import { WireError } from '../src/wire-error.js';

const read = (json: string) => new Fields(JSON.parse(json), 'answer');

describe('Fields', () => {
  test.each([
    { name: 'null', value: null },
    { name: 'nothing', value: undefined },
    { name: 'an array', value: [] },
    { name: 'text', value: 'x' },
    { name: 'a number', value: 1 },
    { name: 'true', value: true },
  ])('reads objects only, not $name', ({ value }) => {
    expect(() => new Fields(value, 'answer')).toThrow(/^answer: expected an object, found /);
  });

  test.each(['toString', 'constructor', '__proto__', 'hasOwnProperty'])(
    'does not read the inherited member %s',
    (key) => {
      expect(read('{}').raw(key)).toBeUndefined();
    },
  );

  test('does not read members behind a __proto__ of the wire', () => {
    const fields = read('{"__proto__":{"name":"x"}}');
    expect(fields.raw('name')).toBeUndefined();
    expect(() => fields.string('name')).toThrow('answer.name: expected a string, found nothing');
  });

  test('does not read members a caller put on the prototype', () => {
    const fields = new Fields(Object.create({ name: 'x' }), 'answer');
    expect(fields.raw('name')).toBeUndefined();
  });

  test('reads an object that has a member called hasOwnProperty', () => {
    expect(read('{"hasOwnProperty":1,"name":"x"}').string('name')).toBe('x');
  });

  test.each([
    { name: 'a fraction', json: '{"n":1.5}' },
    { name: 'too large to be exact', json: '{"n":9007199254740992}' },
    { name: 'text', json: '{"n":"1"}' },
    { name: 'null', json: '{"n":null}' },
    { name: 'infinite', json: '{"n":1e999}' },
  ])('takes no integer that is $name', ({ json }) => {
    expect(() => read(json).integer('n')).toThrow(WireError);
  });

  test('takes integers at the edge of what is exact', () => {
    expect(read('{"n":9007199254740991}').integer('n')).toBe(Number.MAX_SAFE_INTEGER);
    expect(read('{"n":-1}').integer('n')).toBe(-1);
  });

  test('tells an integer that is absent from one that is wrong', () => {
    expect(read('{}').optionalInteger('n')).toBeUndefined();
    expect(read('{"n":0}').optionalInteger('n')).toBe(0);
    expect(() => read('{"n":null}').optionalInteger('n')).toThrow(
      'answer.n: expected a safe integer',
    );
  });

  test('takes RFC 3339 times only', () => {
    expect(read('{"t":"2026-02-15T12:00:00.5Z"}').timestamp('t')).toBe('2026-02-15T12:00:00.5Z');
    for (const json of ['{}', '{"t":"2026-02-30T12:00:00Z"}', '{"t":""}', '{"t":1}']) {
      expect(() => read(json).timestamp('t')).toThrow('answer.t: expected an RFC 3339 time');
    }
  });

  test('tells text that may be empty from text that may not', () => {
    expect(read('{"s":""}').string('s')).toBe('');
    expect(() => read('{"s":""}').text('s')).toThrow('found an empty string');
    expect(read('{"s":"x"}').text('s')).toBe('x');
  });

  test('gives nothing for an optional text that is absent and throws for one of another type', () => {
    expect(read('{}').optionalString('s')).toBeUndefined();
    expect(() => read('{"s":null}').optionalString('s')).toThrow('answer.s');
  });

  test('reads booleans only', () => {
    expect(read('{"b":false}').boolean('b')).toBe(false);
    expect(() => read('{"b":0}').boolean('b')).toThrow('answer.b: expected true or false');
  });

  test('copies and freezes lists and names the item that is wrong', () => {
    const list = ['a', 'b'];
    const strings = new Fields({ list }, 'answer').strings('list');
    list.push('c');
    expect(strings).toEqual(['a', 'b']);
    expect(Object.isFrozen(strings)).toBe(true);
    expect(() => read('{"list":["a",{}]}').strings('list')).toThrow('answer.list[1]');
    expect(() => read('{"list":"a"}').strings('list')).toThrow('answer.list: expected an array');
  });

  test('hands each item of a list on with its place', () => {
    const places = read('{"list":[1,2]}').list('list', (item, path) => `${path}=${String(item)}`);
    expect(places).toEqual(['answer.list[0]=1', 'answer.list[1]=2']);
    expect(Object.isFrozen(places)).toBe(true);
    expect(() => read('{"list":{}}').list('list', String)).toThrow('answer.list');
  });
});
