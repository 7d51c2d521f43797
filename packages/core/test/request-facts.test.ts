import { expect, it } from 'vitest';
import { readRouteParameter } from '../src/request-facts.js';

it.each([
  { name: 'a text', params: { id: '7' }, value: '7' },
  { name: 'an empty text', params: { id: '' }, value: '' },
  { name: 'a list, as a wildcard gives', params: { id: ['a', 'b'] }, value: undefined },
  { name: 'a whole number, as a schema makes it', params: { id: 7 }, value: '7' },
  { name: 'a fraction', params: { id: 0.5 }, value: undefined },
  { name: 'a number that has lost digits', params: { id: 2 ** 53 }, value: undefined },
  { name: 'a parameter that is not there', params: {}, value: undefined },
  { name: 'an inherited one', params: Object.create({ id: '7' }) as object, value: undefined },
  { name: 'no parameters', params: undefined, value: undefined },
  { name: 'null', params: null, value: undefined },
])('reads $name as $value', ({ params, value }) => {
  expect(readRouteParameter(params, 'id')).toBe(value);
});

it('does not take a method of Object for a parameter', () => {
  expect(readRouteParameter({}, 'constructor')).toBeUndefined();
  expect(readRouteParameter({}, '__proto__')).toBeUndefined();
});
