// A reader of answers and an answer that it has to take in → the tests of what it must not take out.

import { expect, test } from 'vitest';
import { WireError } from '../src/wire-error.js';

const SECRET = 'SECRET-TOKEN';

export interface Reader {
  readonly name: string;
  readonly path: string;
  readonly read: (value: unknown) => unknown;
  readonly good: Readonly<Record<string, unknown>>;
  readonly optional?: readonly string[];
}

/** A value of every JSON type except the type of the one given. */
function otherTypes(value: unknown): readonly unknown[] {
  const kind = (of: unknown) => (Array.isArray(of) ? 'array' : of === null ? 'null' : typeof of);
  const all = [SECRET, 1.5, false, null, [{ [SECRET]: SECRET }], { [SECRET]: SECRET }];
  return all.filter(
    (candidate) => typeof candidate === 'number' || kind(candidate) !== kind(value),
  );
}

export function wireError(act: () => unknown): WireError {
  try {
    act();
  } catch (error) {
    if (error instanceof WireError) return error;
    throw error;
  }
  throw new Error('expected a WireError');
}

/** The rules that hold for every reader of an object. */
export function isStrict({ path, read, good, optional = [] }: Reader): void {
  test('reads a good answer whole and drops members it does not know', () => {
    expect(read({ ...good, extra: 1 })).toEqual(good);
  });

  test.each(Object.keys(good))('insists on a %s of the right type', (member) => {
    for (const value of otherTypes(good[member])) {
      const error = wireError(() => read({ ...good, [member]: value }));
      expect(error.path.startsWith(`${path}.${member}`)).toBe(true);
      expect(error.message).not.toContain(SECRET);
    }
    const { [member]: _dropped, ...rest } = good;
    if (optional.includes(member)) expect(read(rest)).toEqual(rest);
    else expect(wireError(() => read(rest)).path).toBe(`${path}.${member}`);
  });

  test.each([null, [], 'x', 7, undefined])('refuses %j for an object', (value) => {
    expect(wireError(() => read(value)).path).toBe(path);
  });

  test('does not read members behind __proto__', () => {
    const behind = JSON.parse(`{"__proto__":${JSON.stringify(good)}}`) as unknown;
    expect(() => read(behind)).toThrow(WireError);
  });
}
