import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonScanner } from '../src/json-scanner.js';
import { MalformedJson } from '../src/json-token.js';

const MARKS = '{}[],:"\\/ 0123456789eE+-.ntfalsrubN\n\t\u0001\u00A0é';

/** Whether the text is one value, of which nothing is wanted. */
function isJson(text: string): boolean {
  const scanner = new JsonScanner(text);
  try {
    scanner.skip();
    scanner.end();
    return true;
  } catch (error) {
    if (error instanceof MalformedJson) return false;
    throw error;
  }
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const nestedLists = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
const nestedObjects = (depth: number): string => `${'{"":'.repeat(depth)}0${'}'.repeat(depth)}`;

describe('the grammar', () => {
  it.each([
    '-0.5e+10',
    '0E-0',
    '10',
    '"\\u00Ff\\/"',
    '[[],{},[{"":[]}],null,true,false]',
    ' { "a" : [ 1 , "" ] , "a" : { } } ',
  ])('has %s', (text) => {
    expect(isJson(text)).toBe(true);
  });

  const numbers = '01 - +1 .5 1. 1.e1 1e 1e+ 0x1 --1 NaN 1_0';
  const words = `nul nulll True truefalse undefined 'a' /**/1 1//`;
  const texts = String.raw`" "\ "\" "\x" "\U0041" "\u004" "\u004g" "\u004 "a"b`;
  const lists = '[ [1 [1, [1,] [,1] [1} [:] ] [{]}';
  const members = '{ {"a" {"a"} {"a":} {"a":1 {"a":1,} {,} {a:1} {1:1} {"a":1] {"a",1} {}}';
  it.each([
    { name: 'these numbers', texts: numbers.split(' ') },
    { name: 'these words', texts: words.split(' ') },
    { name: 'these strings', texts: texts.split(' ') },
    { name: 'these lists', texts: lists.split(' ') },
    { name: 'these objects', texts: members.split(' ') },
    { name: 'missing commas', texts: ['1 2', '[1 2]', '{"a":1 "b":1}'] },
    { name: 'raw control characters', texts: ['"\n"', '"\u0000"', '"\u001F"'] },
    { name: 'other white space', texts: ['\uFEFF1', '1\u00A0', '\u000B1', '1\u2028', '', ' '] },
  ])('does not have $name', ({ texts }) => {
    expect(texts.filter(isJson)).toEqual([]);
  });

  it('is that of JSON.parse for text that is nearly JSON', () => {
    const character = fc.constantFrom(...MARKS.split(''));
    const change = fc.record({
      at: fc.nat(),
      removed: fc.nat(2),
      added: fc.string({ unit: character, maxLength: 2 }),
    });
    const base = fc
      .tuple(fc.jsonValue(), fc.nat(1))
      .map(([value, indent]) => JSON.stringify(value, undefined, indent));
    fc.assert(
      fc.property(base, fc.array(change, { maxLength: 3 }), (json, changes) => {
        let text = json;
        for (const { at, removed, added } of changes) {
          const start = at % (text.length + 1);
          text = text.slice(0, start) + added + text.slice(start + removed);
        }
        expect(isJson(text)).toBe(parses(text));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('the depth', () => {
  it.each([
    { name: 'lists', nested: nestedLists },
    { name: 'objects', nested: nestedObjects },
    { name: 'both', nested: (depth: number) => `[{"a":${nestedLists(depth - 2)}}]` },
    {
      name: 'siblings',
      nested: (depth: number) => `[${nestedLists(depth - 1)},${nestedObjects(depth - 1)}]`,
    },
  ])('of $name is at most 10,000', ({ nested }) => {
    expect(isJson(nested(9_999))).toBe(true);
    expect(isJson(nested(10_000))).toBe(true);
    expect(isJson(nested(10_001))).toBe(false);
  });

  it('counts what is read as much as what is skipped', () => {
    const read = (text: string): void => {
      const scanner = new JsonScanner(text);
      scanner.array(() => scanner.object(() => scanner.skip()));
      scanner.end();
    };
    expect(() =>
      read(`[{},{"a":${nestedLists(9_998)}},{"a":${nestedLists(9_998)}}]`),
    ).not.toThrow();
    expect(() => read(`[{"a":${nestedLists(9_999)}}]`)).toThrow(MalformedJson);

    const rows = new JsonScanner(`[[],[0],[${nestedLists(9_998)}]]`);
    expect(() => rows.array(() => rows.array(() => rows.skip()))).not.toThrow();
  });

  it.each(['[', '{"":', '[{"":'])('does not fill the stack with a megabyte of %s', (opening) => {
    expect(isJson(opening.repeat(1_048_576 / opening.length))).toBe(false);
  });
});
