import { describe, expect, it } from 'vitest';
import { brokerFromEnv } from '../src/index.js';

describe('brokerFromEnv', () => {
  it('reads AGENTWRIT_BROKER_URL, from the process unless told otherwise', () => {
    expect(brokerFromEnv({ AGENTWRIT_BROKER_URL: 'https://b.example' })).toBe('https://b.example');
    const before = process.env['AGENTWRIT_BROKER_URL'];
    process.env['AGENTWRIT_BROKER_URL'] = 'http://127.0.0.1:9';
    try {
      expect(brokerFromEnv()).toBe('http://127.0.0.1:9');
    } finally {
      if (before === undefined) delete process.env['AGENTWRIT_BROKER_URL'];
      else process.env['AGENTWRIT_BROKER_URL'] = before;
    }
  });

  it.each([
    { name: 'missing', env: {} },
    { name: 'empty', env: { AGENTWRIT_BROKER_URL: '' } },
  ])('says what to set when it is $name', ({ env }) => {
    expect(() => brokerFromEnv(env)).toThrow(TypeError);
    expect(() => brokerFromEnv(env)).toThrow('AGENTWRIT_BROKER_URL is not set');
  });
});
