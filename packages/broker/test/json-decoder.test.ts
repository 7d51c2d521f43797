import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBody } from '../src/http/call.js';
import {
  type Decoded,
  decodeJson,
  type FieldReader,
  integer,
  nullableBoolean,
  nullableInteger,
  objects,
  text,
  texts,
} from '../src/json-decoder.js';
import { decodeClaims } from '../src/token-claims.js';

const SHAPE = {
  token: text,
  task_id: text,
  scope: texts,
  ttl: integer,
  token_ttl: nullableInteger,
  single_use: nullableBoolean,
  chain: objects({ agent: text, scope: texts }),
};

const NOTHING: Decoded<typeof SHAPE> = {
  token: '',
  task_id: '',
  scope: [],
  ttl: 0,
  token_ttl: undefined,
  single_use: undefined,
  chain: [],
};

const MAX = '9223372036854775807';
const MIN = '-9223372036854775808';

describe('what is read', () => {
  it.each<{ name: string; json: string; fields: Partial<Decoded<typeof SHAPE>> }>([
    { name: 'nothing of an empty object', json: '{}', fields: {} },
    { name: 'nothing of a null', json: ' null\n', fields: {} },
    {
      name: 'white space around everything',
      json: ' { "token"\t:\r"x"\n} ',
      fields: { token: 'x' },
    },

    { name: 'a key in other case', json: '{"TOken":"x","Ttl":1}', fields: { token: 'x', ttl: 1 } },
    {
      name: 'a key with the letters that fold to s and k',
      json: '{"to\u212Aen":"x","ta\u017F\u212A_id":"y"}',
      fields: { token: 'x', task_id: 'y' },
    },
    { name: 'a key with escapes', json: '{"to\\u006Ben":"x"}', fields: { token: 'x' } },
    { name: 'the last of two members', json: '{"ttl":1,"ttl":2}', fields: { ttl: 2 } },
    {
      name: 'the last of two spellings, though the first is the exact one',
      json: '{"token":"x","TOKEN":"y"}',
      fields: { token: 'y' },
    },
    {
      name: 'no other member, whatever its name and value',
      json: '{"__proto__":{"token":"x"},"constructor":[{}],"tokens":"x","":null,"t\u0131l":1.5}',
      fields: {},
    },

    {
      name: 'a null as nothing said, for a plain field',
      json: '{"token":"x","token":null,"ttl":1,"ttl":null,"task_id":null}',
      fields: { token: 'x', ttl: 1 },
    },
    {
      name: 'a null as absent, for a field that knows it',
      json: '{"token_ttl":1,"TOKEN_TTL":null,"single_use":false,"single_use":null}',
      fields: {},
    },
    {
      name: 'a null as absent, for a list',
      json: '{"scope":["a"],"scope":null,"chain":[{}],"chain":null}',
      fields: {},
    },
    {
      name: 'a null in a list of texts as empty',
      json: '{"scope":["a",null]}',
      fields: { scope: ['a', ''] },
    },
    {
      name: 'a null in a list of objects as an empty one',
      json: '{"chain":[null,{"AGENT":"a","scope":[null],"x":1}]}',
      fields: {
        chain: [
          { agent: '', scope: [] },
          { agent: 'a', scope: [''] },
        ],
      },
    },
    {
      name: 'the second of two lists alone',
      json: '{"scope":["a","b"],"scope":["c"]}',
      fields: { scope: ['c'] },
    },

    { name: 'a boolean', json: '{"single_use":false}', fields: { single_use: false } },
    { name: 'the other boolean', json: '{"single_use":true}', fields: { single_use: true } },
    { name: 'a negative integer', json: '{"ttl":-60}', fields: { ttl: -60 } },
    { name: 'minus zero as zero', json: '{"ttl":-0}', fields: { ttl: 0 } },
    {
      name: 'the largest integer, to the nearest number or exactly',
      json: `{"ttl":${MAX},"token_ttl":${MAX}}`,
      fields: { ttl: 2 ** 63, token_ttl: 9223372036854775807n },
    },
    {
      name: 'the smallest integer',
      json: `{"ttl":${MIN},"token_ttl":${MIN}}`,
      fields: { ttl: -(2 ** 63), token_ttl: -9223372036854775808n },
    },

    {
      name: 'every escape',
      json: String.raw`{"token":"\"\\\/\b\f\n\r\t\u00e9\uD83D\ude00\u0000"}`,
      fields: { token: '"\\/\b\f\n\r\té😀\0' },
    },
    {
      name: 'every escape of a lone surrogate as one U+FFFD',
      json: String.raw`{"token":"\ude00\ud83d\ud83d\ude00\ud83d\n\ud83d"}`,
      fields: { token: '\uFFFD\uFFFD😀\uFFFD\n\uFFFD' },
    },
    {
      name: 'other text as it stands',
      json: '{"token":"é😀\u2028\u007F/\uFFFD"}',
      fields: { token: 'é😀\u2028\u007F/\uFFFD' },
    },
  ])('is $name', ({ json, fields }) => {
    expect(decodeJson(json, SHAPE)).toStrictEqual({ ...NOTHING, ...fields });
  });

  it('takes no other letter for one of ASCII', () => {
    const matches: string[] = [];
    const reader: FieldReader<void> = {
      absent: undefined,
      nullResets: false,
      read: (json) => void matches.push(json.string()),
    };
    const names = 'abcdefghijklmnopqrstuvwxyz_'.split('');
    const shape = Object.fromEntries(names.map((name) => [name, reader]));
    const others = Array.from({ length: 0xff80 }, (_, i) => String.fromCharCode(0x80 + i));
    decodeJson(`{${others.map((letter) => `"${letter}":"${letter}"`).join()}}`, shape);
    expect(matches).toEqual(['\u017F', '\u212A']);
  });

  it('is what JSON.parse reads, where that has no choice', () => {
    const field = {
      token: fc.string({ unit: 'binary' }),
      task_id: fc.string(),
      scope: fc.array(fc.string()),
      ttl: fc.maxSafeInteger(),
      single_use: fc.boolean(),
      chain: fc.array(fc.record({ agent: fc.string(), scope: fc.array(fc.string()) })),
    };
    const other = fc.dictionary(
      fc.string().map((key) => `-${key}`),
      fc.jsonValue({ maxDepth: 1 }),
    );
    const body = fc.tuple(fc.record(field, { requiredKeys: [] }), other, fc.nat(3));
    fc.assert(
      fc.property(body, ([fields, others, indent]) => {
        const json = JSON.stringify({ ...others, ...fields }, undefined, indent);
        const parsed = JSON.parse(json) as typeof fields;
        const known = Object.entries(parsed).filter(([name]) => Object.hasOwn(SHAPE, name));
        const expected = { ...NOTHING, ...Object.fromEntries(known) };
        expect(decodeJson(json, SHAPE)).toEqual(expected);
      }),
    );
  });
});

describe('what is malformed', () => {
  it.each([
    { name: 'nothing', json: '' },
    { name: 'blanks', json: ' \n' },
    { name: 'a byte order mark', json: '\uFEFF{}' },
    { name: 'a list', json: '[]' },
    { name: 'a text', json: '"x"' },
    { name: 'a number', json: '1' },
    { name: 'a boolean', json: 'true' },
    { name: 'a part of null', json: 'nul' },
    { name: 'a number for a text', json: '{"token":1}' },
    { name: 'a list for a text', json: '{"token":["x"]}' },
    { name: 'a text for an integer', json: '{"ttl":"60"}' },
    { name: 'a boolean for an integer', json: '{"ttl":true}' },
    { name: 'a fraction', json: '{"ttl":60.5}' },
    { name: 'an integer with a point', json: '{"ttl":60.0}' },
    { name: 'an integer with an exponent', json: '{"ttl":1e2}' },
    { name: 'one more than the largest integer', json: '{"ttl":9223372036854775808}' },
    { name: 'one less than the smallest integer', json: '{"token_ttl":-9223372036854775809}' },
    { name: 'an integer for a boolean', json: '{"single_use":1}' },
    { name: 'a text for a list', json: '{"scope":"a"}' },
    { name: 'an object for a list', json: '{"scope":{}}' },
    { name: 'a number in a list of texts', json: '{"scope":["a",1]}' },
    { name: 'a text in a list of objects', json: '{"chain":["a"]}' },
    { name: 'a wrong type inside a list of objects', json: '{"chain":[{"agent":1}]}' },
    { name: 'a member without a colon', json: '{"token" "x"}' },
    { name: 'a comma after the last member', json: '{"token":"x",}' },
    { name: 'members without a comma', json: '{"token":"x" "ttl":1}' },
    { name: 'an object without its end', json: '{"token":"x"' },
    { name: 'a comma after the last item', json: '{"scope":["a",]}' },
    { name: 'a list without its end', json: '{"scope":["a"}' },
    { name: 'a wrong type before a right one', json: '{"token":1,"token":"x"}' },
    { name: 'a wrong type in another spelling', json: '{"token":"x","Token":1}' },
    { name: 'bad JSON in an unknown member', json: '{"token":"x","other":[1,]}' },
  ])('is $name', ({ json }) => {
    expect(decodeJson(json, SHAPE)).toBeUndefined();
    expect(decodeJson(json, SHAPE, { trailing: 'ignored' })).toBeUndefined();
  });
});

it('a million digits are refused uncounted', () => {
  const json = `{"ttl":${'9'.repeat(1_000_000)}}`;
  const start = performance.now();
  for (let i = 0; i < 10; i++) expect(decodeJson(json, SHAPE)).toBeUndefined();
  // A few milliseconds each; a number of that size takes hundreds.
  expect(performance.now() - start).toBeLessThan(1_500);
});

describe('data after the first value', () => {
  const call = (body: string): Parameters<typeof decodeBody>[0] => ({
    path: '',
    id: '',
    query: '',
    header: () => '',
    body: Buffer.from(body),
    peer: '',
  });

  it.each([
    { name: 'text', after: ' trailing' },
    { name: 'another value', after: '{"token":1}' },
    { name: 'a bracket', after: '}' },
    { name: 'a comma', after: ',' },
    { name: 'an open text', after: '"' },
    { name: 'a blank that JSON does not know', after: '\u00A0' },
  ])('is ignored in a body and refused elsewhere: $name', ({ after }) => {
    for (const first of ['{"token":"x"}', 'null']) {
      const token = first === 'null' ? '' : 'x';
      expect(decodeBody(call(first + after), { token: text })).toEqual({ token });
      expect(decodeBody(call(first + after), { token: text }, { trailing: 'refused' })).toBe(
        undefined,
      );
      expect(decodeJson(first + after, SHAPE)).toBeUndefined();
    }
  });

  it('may always be white space', () => {
    expect(decodeJson('{"token":"x"} \t\r\n', { token: text })).toEqual({ token: 'x' });
  });

  it('makes a token payload malformed', () => {
    const payload = '{"sub":"a","jti":"b","exp":1}';
    expect(decodeClaims(payload)).toMatchObject({ sub: 'a', nbf: 0 });
    expect(decodeClaims(`${payload}{}`)).toBeUndefined();
  });
});
