import * as crypto from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { builtin } from '../src/builtin.js';

const { process } = globalThis;
afterEach(() => {
  globalThis.process = process;
});

describe('a module of Node', () => {
  it('is there where the runtime has it', () => {
    expect(builtin('node:crypto').createHash).toBe(crypto.createHash);
  });

  it.each([
    { name: 'no process', process: undefined },
    { name: 'a process that is null', process: null },
    { name: 'a process of something else', process: { env: {} } },
    { name: 'a process that has none', process: { getBuiltinModule: () => undefined } },
    {
      name: 'a process that throws',
      process: {
        getBuiltinModule: () => {
          throw new Error('no such module');
        },
      },
    },
    {
      name: 'a process that may not be touched',
      process: Object.defineProperty({}, 'getBuiltinModule', {
        get: () => {
          throw new Error('denied');
        },
      }),
    },
  ])('is empty with $name, and nothing throws', ({ process: other }) => {
    Object.assign(globalThis, { process: other });
    expect(builtin('node:crypto')).toEqual({});
  });
});
