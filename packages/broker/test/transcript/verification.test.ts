// Tokens with one defect, or two, in → the reason that wins out (protocol §3.4, §3.5, §3.6).

import { describe, expect, it } from 'vitest';
import { auditTrail } from './audit-trail.js';
import { NOON, startBroker } from './broker-under-test.js';
import { base64url, forge, signature, signed, VECTOR_KID } from './own-jwt.js';
import { alive } from './parties.js';
import { json, problem } from './wire-text.js';

const CLAIMS = {
  iss: 'https://broker',
  sub: 'somebody',
  exp: NOON + 60,
  nbf: NOON,
  iat: NOON,
  jti: 'j',
  scope: ['read:data:*'],
};
const KEY = { alg: 'EdDSA', typ: 'JWT', kid: VECTOR_KID };
const [HEADER, PAYLOAD] = [base64url(KEY), base64url(CLAIMS)];
const chain = [{ agent: 'a', scope: [], delegated_at: 'noon', signature: '' }];
const without = (name: string): object =>
  Object.fromEntries(Object.entries(CLAIMS).filter(([key]) => key !== name));

const FORMAT = 'invalid token format';
const SIGNATURE = 'signature verification failed';

// In the order of the checks; where two checks fail, the reason is the earlier one's.
const REFUSED: readonly (readonly [name: string, reason: string, token: string])[] = [
  ['no dot', FORMAT, 'x'],
  ['two parts', FORMAT, `${HEADER}.${PAYLOAD}`],
  ['a fourth part, which is taken for signature', SIGNATURE, `${forge(CLAIMS)}.x`],
  ['a header with padding', FORMAT, signed(`${btoa('{"alg":"EdDSA" }')}==.${PAYLOAD}`)],
  ['a header that is no base64url', FORMAT, signed(`${HEADER}+/.${PAYLOAD}`)],
  ['a header that is no JSON', FORMAT, forge(CLAIMS, '{"alg":"EdDSA"')],
  ['a header that is a list', FORMAT, forge(CLAIMS, '[]')],
  ['an empty header, and no signature', FORMAT, `.${PAYLOAD}.`],
  ['alg none', FORMAT, `${base64url({ alg: 'none' })}.${PAYLOAD}.`],
  ['alg in lower case', FORMAT, forge(CLAIMS, { ...KEY, alg: 'eddsa' })],
  ['no alg', FORMAT, forge(CLAIMS, { kid: VECTOR_KID })],
  ['another kid', FORMAT, forge(CLAIMS, { ...KEY, kid: `${VECTOR_KID}x` })],
  ['another alg and kid', FORMAT, forge(CLAIMS, { alg: 'ES256', kid: 'x' })],
  ['another kid and a wrong signature', FORMAT, `${base64url({ ...KEY, kid: 'x' })}.${PAYLOAD}.!`],
  ['a signature with padding', SIGNATURE, `${forge(CLAIMS)}==`],
  ['a signature that is no base64url', SIGNATURE, `${HEADER}.${PAYLOAD}.+/`],
  ['no signature', SIGNATURE, `${HEADER}.${PAYLOAD}.`],
  [
    '63 bytes of signature',
    SIGNATURE,
    `${HEADER}.${PAYLOAD}.${mac().subarray(1).toString('base64url')}`,
  ],
  [
    'the signature of something else',
    SIGNATURE,
    `${HEADER}.${PAYLOAD}.${signature('x').toString('base64url')}`,
  ],
  ['a wrong signature and payload', SIGNATURE, `${HEADER}.${base64url('[]')}.AAAA`],
  ['a payload that is no base64url', FORMAT, signed(`${HEADER}.${PAYLOAD}=`)],
  ['a payload that is no JSON', FORMAT, forge('{')],
  ['a payload with a tail', FORMAT, forge(`${JSON.stringify(CLAIMS)}x`)],
  ['a payload that is a list', FORMAT, forge('[]')],
  ['aud that is a text', FORMAT, forge({ ...CLAIMS, aud: 'x' })],
  ['scope that is a text', FORMAT, forge({ ...CLAIMS, scope: 'read:data:*' })],
  ['exp with a fraction', FORMAT, forge({ ...CLAIMS, exp: NOON + 0.5 })],
  ['exp that is a text', FORMAT, forge({ ...CLAIMS, exp: String(NOON + 9) })],
  ['nbf in exponents', FORMAT, forge(JSON.stringify(CLAIMS).replace(`"nbf":${NOON}`, '"nbf":1e2'))],
  ['iat that is a text', FORMAT, forge({ ...CLAIMS, iat: '' })],
  ['a record with another time', FORMAT, forge({ ...CLAIMS, delegation_chain: chain })],
  ['a wrong type and no subject', FORMAT, forge({ ...CLAIMS, sub: '', task_id: 1 })],
  ['no subject', 'missing subject', forge(without('sub'))],
  ['no subject and no jti', 'missing subject', forge({ ...CLAIMS, sub: '', jti: '' })],
  ['no jti', 'missing jti', forge(without('jti'))],
  ['no jti and no exp', 'missing jti', forge({ ...CLAIMS, jti: '', exp: 0 })],
  ['no exp', 'token has no expiry', forge(without('exp'))],
  ['an exp below zero', 'token has no expiry', forge({ ...CLAIMS, exp: -1 })],
  ['no exp and a later nbf', 'token has no expiry', forge({ ...CLAIMS, exp: 0, nbf: NOON + 1 })],
  ['exp a second ago', 'token expired', forge({ ...CLAIMS, exp: NOON - 1 })],
  ['exp past and nbf to come', 'token expired', forge({ ...CLAIMS, exp: NOON - 1, nbf: NOON + 1 })],
  ['nbf in a second', 'token not yet valid', forge({ ...CLAIMS, nbf: NOON + 1 })],
  [
    'nbf to come and another issuer',
    'token not yet valid',
    forge({ ...CLAIMS, nbf: NOON + 9, iss: '' }),
  ],
  ['another issuer', 'invalid issuer', forge({ ...CLAIMS, iss: 'https://broker/' })],
  ['another issuer, revoked', 'invalid issuer', forge({ ...CLAIMS, iss: '', jti: 'revoked' })],
  ['revoked', 'token has been revoked', forge({ ...CLAIMS, jti: 'revoked' })],
];

describe('a token that has', () => {
  it.each(REFUSED)('%s: %s', async (_, reason, token) => {
    const broker = await startBroker({ issuer: 'https://broker' });
    const body = { level: 'token', target: 'revoked' };
    await broker.call('POST /v1/revoke', { token: broker.operator, body });
    const trail = auditTrail(broker);
    await trail.skip();
    const expected = problem(401, 'unauthorized', 'token verification failed');
    await broker.call('POST /v1/token/renew', { token }, expected);
    await trail.is({
      event_type: 'token_auth_failed',
      detail: `token verification failed: ${reason} | path=/v1/token/renew`,
      resource: '/v1/token/renew',
      outcome: 'denied',
    });
    const invalid = json(200, { valid: false, error: 'token is invalid or expired' });
    await broker.call('POST /v1/token/validate', { body: { token } }, invalid);
  });

  it.each([
    ['no kid', forge(CLAIMS, { alg: 'EdDSA' })],
    ['an empty kid', forge(CLAIMS, { alg: 'EdDSA', kid: '' })],
    ['a typ and crit of its own', forge(CLAIMS, { ...KEY, typ: 'x', crit: ['exp'], b64: false })],
    ['a line break in its signature', forge(CLAIMS).replace(/(.{9})$/, '\r\n$1')],
    ['exp right now', forge({ ...CLAIMS, exp: NOON })],
    ['no nbf', forge(without('nbf'))],
    ['no iat', forge(without('iat'))],
    ['an iat to come', forge({ ...CLAIMS, iat: NOON + 99 })],
    ['aud and scope of null', forge({ ...CLAIMS, aud: null, scope: null })],
    [
      'an exp of 64 bits',
      forge(JSON.stringify(CLAIMS).replace(`${NOON + 60}`, '9223372036854775807')),
    ],
    // The last of 86 characters carries two bits; the other four are free.
    ['a signature with stray bits', forge(CLAIMS).replace(/.$/, strayed)],
  ])('%s: it is valid', async (_, token) => {
    const broker = await startBroker({ issuer: 'https://broker' });
    expect(await alive(broker, token)).toEqual([true]);
  });

  it('exp in this second is valid to the end of the second', async () => {
    const broker = await startBroker();
    const token = forge({ ...CLAIMS, exp: NOON + 5 });
    broker.advance(5.999);
    expect(await alive(broker, token)).toEqual([true]);
    broker.advance(0.001);
    expect(await alive(broker, token)).toEqual([false]);
  });
});

function mac(): Buffer {
  return signature(`${HEADER}.${PAYLOAD}`);
}

function strayed(last: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return alphabet[alphabet.indexOf(last) + 7] ?? '';
}
