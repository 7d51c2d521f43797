// Bodies in every state in → what Go's decoder makes of them out (protocol §1.4), and on every endpoint
// with a JSON body the refusal of those that are none.

import { describe, expect, it } from 'vitest';
import { NOON, startBroker } from './broker-under-test.js';
import { forge } from './own-jwt.js';
import { agent, app } from './parties.js';
import { producesItsRowsOf } from './problems-seen.js';
import { json, problem } from './wire-text.js';

const MALFORMED = problem(400, 'invalid_request', 'malformed JSON body');
const INVALID = json(200, { valid: false, error: 'token is invalid or expired' });
const REQUIRED = problem(400, 'invalid_request', 'token field is required');
const VALIDATE = 'POST /v1/token/validate';

// Which endpoint, and one of its fields of each type it has. A wrong type there wins over the empty rest.
const ENDPOINTS = [
  { line: VALIDATE, wrong: ['{"token":1}'] },
  { line: 'POST /v1/register', wrong: ['{"nonce":{}}', '{"requested_scope":"a:b:c"}'] },
  { line: 'POST /v1/delegate', wrong: ['{"scope":"a:b:c"}', '{"scope":[1]}', '{"ttl":"60"}'] },
  { line: 'POST /v1/revoke', wrong: ['{"level":"x","target":1}', '{"target":["t"]}'] },
  { line: 'POST /v1/admin/auth', wrong: ['{"secret":1}', '{"secret":"x"} {}', '{"secret":""} x'] },
  {
    line: 'POST /v1/admin/launch-tokens',
    wrong: ['{"agent_name":"","single_use":"yes"}', '{"single_use":0}', '{"max_ttl":1.5}'],
  },
  { line: 'POST /v1/app/launch-tokens', wrong: ['{"allowed_scope":{}}', '{"ttl":true}'] },
  { line: 'POST /v1/admin/apps', wrong: ['{"name":null,"token_ttl":60.0}', '{"scopes":[[]]}'] },
  { line: 'PUT /v1/admin/apps/x', wrong: ['{"scopes":[null,1]}', '{"token_ttl":"60"}'] },
  { line: 'POST /v1/app/auth', wrong: ['{"client_id":"x","client_secret":7}', '{"client_id":[]}'] },
];

describe('what is no JSON object of the right types', () => {
  it.each(ENDPOINTS)('is malformed for $line', async ({ line, wrong }) => {
    const broker = await startBroker();
    const caller = forge({
      iss: '',
      sub: 'somebody',
      exp: NOON + 1,
      nbf: 0,
      iat: 0,
      jti: 'j',
      scope: ['app:launch-tokens:*'],
    });
    const token = line.includes('/app/') ? caller : broker.operator;
    const bodies = ['', ' \t\r\n', '\ufeff{}', '[]', '"x"', '1', 'true', '{', '{"a":1,}', ...wrong];
    for (const [index, body] of bodies.entries()) {
      // Every one from an address of its own, so that no login is limited.
      const headers = [['X-Forwarded-For', `peer-${index}`]] as const;
      await broker.call(line, { token, body, headers }, MALFORMED);
    }
    await broker.call(line, { token, headers: [['X-Forwarded-For', 'nobody']] }, MALFORMED);
  });
});

describe('a body for validation', () => {
  it.each([
    ["{'token':'x'}", MALFORMED],
    ['{"token":"x"', MALFORMED],
    ['{"token":"x\n"}', MALFORMED],
    ['{"token":"\\x"}', MALFORMED],
    ['{token:"x"}', MALFORMED],
    ['{"token":"\\u12g4"}', MALFORMED],
    ['{"token":"\\ug123"}', MALFORMED],
    ['{"token":"\\u123:"}', MALFORMED],
    ['{"token":"\\u00"}', MALFORMED],
    ['{"token":"x","other":01}', MALFORMED],
    ['{"token":"x","other":1.}', MALFORMED],
    ['{"token":"x","other":1e}', MALFORMED],
    ['{"token":"x","other":1e+}', MALFORMED],
    ['{"token":"x","other":-}', MALFORMED],
    ['{"token":"x","other":.5}', MALFORMED],
    ['{"token":"x","other":nul}', MALFORMED],
    ['nullx', REQUIRED],
    ['null', REQUIRED],
    ['{"token":null}', REQUIRED],
    [' \r\n\t{ "token" : "x" } ', INVALID],
    ['{"token":"x","other":[{"deep":[1e400,-0.5E+7,2e-9,null]}]}', INVALID],
    ['{"token":"\\uabcd\\uABCD\\u0afF\\/"}', INVALID],
    ['{"TOKEN":"x"}', INVALID],
    ['{"tOkEn":"x"}', INVALID],
    ['{"to\\u006ben":"x"}', INVALID],
    // Of several spellings, and of repetitions, the last one wins.
    ['{"token":"","TOKEN":"x"}', INVALID],
    ['{"TOKEN":"x","token":""}', REQUIRED],
    ['{"token":"x","Token":""}', REQUIRED],
    ['{"token":"","token":"x"}', INVALID],
    ['{"token":"x","token":""}', REQUIRED],
    ['{"token":1,"token":"x"}', MALFORMED],
    ['{"token":"x","TOKEN":1}', MALFORMED],
    // Only the first value counts, whatever follows it.
    ['{"token":"x"} trailing', INVALID],
    ['{"token":"x"}}', INVALID],
    ['{"token":"x"}{"token":""}', INVALID],
    ['{} {"token":"x"}', REQUIRED],
    ['null x', REQUIRED],
  ])('is read like this: %j', async (body, expected) => {
    const broker = await startBroker();
    await broker.call(VALIDATE, { body }, expected);
  });
});

describe('an integer', () => {
  it.each([
    '60.0',
    '60.5',
    '1e2',
    '"60"',
    '9223372036854775808',
    '-9223372036854775809',
    '060',
    '+1',
  ])('is none when it reads %s', async (ttl) => {
    const broker = await startBroker();
    const body = `{"delegate_to":"x","scope":["a:b:c"],"ttl":${ttl}}`;
    await broker.call('POST /v1/delegate', { token: broker.operator, body }, MALFORMED);
  });

  it.each([
    ['9223372036854775807', 86_400],
    ['-9223372036854775808', 60],
    ['-0', 60],
    ['null', 60],
    ['61', 61],
  ])('has 64 bits: %s', async (ttl, expires_in) => {
    const broker = await startBroker();
    const { id, token } = await agent(broker);
    const body = `{"delegate_to":"${id}","scope":["read:data:*"],"ttl":${ttl}}`;
    const got = await broker.call('POST /v1/delegate', { token, body });
    expect(got.body).toContain(`,"expires_in":${expires_in},`);
  });

  it.each(['9223372036854775807', '-9223372036854775808', '9007199254740993'])(
    'is written as it was read: %s',
    async (ttl) => {
      const broker = await startBroker();
      const body = `{"name":"reports","scopes":["a:b:c"],"token_ttl":${ttl}}`;
      const detail = `invalid token TTL: must be between 60 and 86400 seconds, got ${ttl}`;
      const expected = problem(400, 'invalid_ttl', detail);
      await broker.call('POST /v1/admin/apps', { token: broker.operator, body }, expected);
    },
  );
});

describe('a list', () => {
  it('has an empty text where null stands', async () => {
    const broker = await startBroker();
    const body = '{"agent_name":"a","allowed_scope":[null,"x",null]}';
    const policy = { allowed_scope: ['', 'x', ''], max_ttl: 300 };
    await broker.call(
      'POST /v1/admin/launch-tokens',
      { token: broker.operator, body },
      json(201, { launch_token: '⟨hex64⟩', expires_at: '2026-02-15T12:00:30Z', policy }),
    );
  });

  it.each(['', '"scopes":[],', '"scopes":null,'])(
    'may be absent or empty alike: %s',
    async (list) => {
      const broker = await startBroker();
      const { id } = await app(broker);
      await broker.call(
        `PUT /v1/admin/apps/${id}`,
        { token: broker.operator, body: `{${list}"token_ttl":null}` },
        problem(400, 'invalid_request', 'at least one of scopes or token_ttl must be provided'),
      );
    },
  );
});

describe('what is no Unicode', () => {
  it.each([
    ['invalid UTF-8', Buffer.from([0x61, 0xff, 0x62])],
    ['a lone high surrogate', Buffer.from('a\\ud800b')],
    ['a lone low surrogate', Buffer.from('a\\uDC00b')],
  ])('becomes U+FFFD: %s', async (_, bytes) => {
    const broker = await startBroker();
    const body = Buffer.concat([Buffer.from('{"target":"t","level":"'), bytes, Buffer.from('"}')]);
    const expected = problem(400, 'invalid_request', 'invalid revocation level: a\ufffdb');
    await broker.call('POST /v1/revoke', { token: broker.operator, body }, expected);
  });

  it('is not what a pair of surrogate escapes is', async () => {
    const broker = await startBroker();
    const body = '{"target":"t","level":"\\ud83d\\ude00"}';
    const expected = problem(400, 'invalid_request', 'invalid revocation level: 😀');
    await broker.call('POST /v1/revoke', { token: broker.operator, body }, expected);
  });
});

producesItsRowsOf('json-input');
