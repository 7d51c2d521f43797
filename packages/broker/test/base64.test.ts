import { describe, expect, it } from 'vitest';
import { decodeBase64, decodeBase64Url } from '../src/base64.js';

// '>>>???' is `Pj4+Pz8/` in the one alphabet and `Pj4-Pz8_` in the other.
describe('base64url', () => {
  it.each([
    { name: 'nothing', text: '', bytes: '' },
    { name: 'its own alphabet', text: 'Pj4-Pz8_', bytes: '>>>???' },
    { name: 'a text without padding', text: 'YQ', bytes: 'a' },
    { name: 'unused bits that are set', text: 'YR', bytes: 'a' },
    { name: 'line breaks anywhere', text: '\rY\nQ\r\n', bytes: 'a' },
  ])('takes $name', ({ text, bytes }) => {
    expect(decodeBase64Url(text)?.toString()).toBe(bytes);
  });

  it.each([
    { name: 'padding', text: 'YQ==' },
    { name: 'the other alphabet', text: 'Pj4+Pz8/' },
    { name: 'a blank', text: 'YQ ' },
    { name: 'a dot', text: 'YQ.' },
    { name: 'a single character over', text: 'YWJjZ' },
  ])('refuses $name', ({ text }) => {
    expect(decodeBase64Url(text)).toBeUndefined();
  });
});

describe('standard base64', () => {
  it.each([
    { name: 'its own alphabet', text: 'Pj4+Pz8/', bytes: '>>>???' },
    { name: 'padding', text: 'YQ==', bytes: 'a' },
    { name: 'unused bits that are set', text: 'YR==', bytes: 'a' },
    { name: 'line breaks, inside the padding too', text: 'YQ=\r\n=', bytes: 'a' },
  ])('takes $name', ({ text, bytes }) => {
    expect(decodeBase64(text)?.toString()).toBe(bytes);
  });

  it.each([
    { name: 'no padding', text: 'YQ' },
    { name: 'too little padding', text: 'YQ=' },
    { name: 'too much padding', text: 'Y===' },
    { name: 'padding in the middle', text: 'YQ==YQ==' },
    { name: 'the other alphabet', text: 'Pj4-Pz8_' },
    { name: 'a blank', text: 'YWI ' },
  ])('refuses $name', ({ text }) => {
    expect(decodeBase64(text)).toBeUndefined();
  });
});
