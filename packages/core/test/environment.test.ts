import { describe, expect, it } from 'vitest';
import { optionsFromEnv } from '../src/index.js';

describe('optionsFromEnv', () => {
  it('reads AGENTWRIT_BROKER_URL, from the process unless told otherwise', () => {
    const env = { AGENTWRIT_BROKER_URL: 'https://b.example' };
    expect(optionsFromEnv({ audience: 'orders' }, env)).toEqual({
      broker: 'https://b.example',
      audience: 'orders',
    });
    const before = process.env['AGENTWRIT_BROKER_URL'];
    process.env['AGENTWRIT_BROKER_URL'] = 'http://127.0.0.1:9';
    try {
      expect(optionsFromEnv()).toEqual({ broker: 'http://127.0.0.1:9' });
    } finally {
      if (before === undefined) delete process.env['AGENTWRIT_BROKER_URL'];
      else process.env['AGENTWRIT_BROKER_URL'] = before;
    }
  });

  it.each([
    { name: 'a broker of its own', options: { broker: 'https://other.example' } },
    { name: 'an unknown option', options: { audiences: 'orders' } },
    { name: 'options that a copy would lose', options: Object.create({ audience: 'orders' }) },
    { name: 'a function', options: () => ({ audience: 'orders' }) },
    { name: 'null', options: null },
  ])('refuses $name', ({ options }: { options: unknown }) => {
    const env = { AGENTWRIT_BROKER_URL: 'https://b.example' };
    expect(() => optionsFromEnv(options as object, env)).toThrow(TypeError);
  });

  it.each([
    { name: 'missing', env: {} },
    { name: 'empty', env: { AGENTWRIT_BROKER_URL: '' } },
  ])('says what to set when it is $name', ({ env }) => {
    expect(() => optionsFromEnv({}, env)).toThrow(TypeError);
    expect(() => optionsFromEnv({}, env)).toThrow('AGENTWRIT_BROKER_URL is not set');
  });
});
