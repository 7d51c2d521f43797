import { expect, it } from 'vitest';
import { isJsonType } from '../src/media-type.js';

it.each([
  ['application/json', true],
  ['application/json; charset=utf-8', true],
  ['Application/JSON ;x', true],
  ['application/problem+json', false],
  ['application/jsonp', false],
  ['text/html', false],
  ['', false],
])('takes "%s" for JSON: %s', (contentType, expected) => {
  expect(isJsonType(contentType)).toBe(expected);
});
