import { describe, expect, it } from 'vitest';
import { readArguments } from '../../src/command/arguments.js';
import { helpFor, usageOf } from '../../src/command/help.js';
import type { Verb } from '../../src/command/verb.js';

const compare: Verb = {
  words: ['compare'],
  about: 'Compare files with the first',
  operands: ['MODEL', 'FILE'],
  isLastRepeatable: true,
  flags: {},
  run: async () => 0,
};

const vocabulary = { verbs: [compare], globalFlags: {} };

function operandsOf(...argv: readonly string[]): readonly string[] {
  return readArguments(['compare', ...argv], vocabulary).request().operands;
}

describe('operands whose last is repeatable', () => {
  it('come in the order given, however many', () => {
    expect(operandsOf('a', 'b')).toEqual(['a', 'b']);
    expect(operandsOf('c', 'a', '-', 'b', 'a')).toEqual(['c', 'a', '-', 'b', 'a']);
  });

  it('are each given once at least', () => {
    expect(() => operandsOf()).toThrow('MODEL is missing');
    expect(() => operandsOf('a')).toThrow('FILE is missing');
  });

  it('are not empty, wherever they stand', () => {
    expect(() => operandsOf('a', 'b', '')).toThrow('MODEL FILE must not be empty');
  });

  it('are marked in the help', () => {
    expect(usageOf(['compare'], vocabulary)).toBe('Usage: agentwrit compare MODEL FILE …');
    expect(helpFor([], vocabulary)).toContain('  compare MODEL FILE …  Compare files');
  });
});
