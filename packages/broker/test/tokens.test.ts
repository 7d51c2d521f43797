import { createHash, createPrivateKey, createPublicKey } from 'node:crypto';
import {
  chainHashInput,
  encodeJson,
  readDelegation,
  recordSigningInput,
} from '@agentwrit/protocol';
import { calculateJwkThumbprint, exportJWK, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { SigningKey } from '../src/signing-key.js';
import { decodeClaims, wireClaims } from '../src/token-claims.js';
import { createScene, forge, NOON, VECTOR_PEM } from './scene.js';

// Protocol §3.9.
const KID = '1IG2tMH7J2wbJZnOf8LJzQitKf7LMvoAElsuDMVM54Y';
const PAYLOAD =
  '{"iss":"","sub":"spiffe://agentwrit.local/agent/orch-1/task-1/0123456789abcdef","exp":1771156900,"nbf":1771156600,"iat":1771156600,"jti":"00112233445566778899aabbccddeeff","scope":["read:data:*"],"task_id":"task-1","orch_id":"orch-1"}';
const JWT =
  'eyJhbGciOiJFZERTQSIsInR5cCI6IkpXVCIsImtpZCI6IjFJRzJ0TUg3SjJ3Ykpabk9mOExKelFpdEtmN0xNdm9BRWxzdURNVk01NFkifQ.eyJpc3MiOiIiLCJzdWIiOiJzcGlmZmU6Ly9hZ2VudHdyaXQubG9jYWwvYWdlbnQvb3JjaC0xL3Rhc2stMS8wMTIzNDU2Nzg5YWJjZGVmIiwiZXhwIjoxNzcxMTU2OTAwLCJuYmYiOjE3NzExNTY2MDAsImlhdCI6MTc3MTE1NjYwMCwianRpIjoiMDAxMTIyMzM0NDU1NjY3Nzg4OTlhYWJiY2NkZGVlZmYiLCJzY29wZSI6WyJyZWFkOmRhdGE6KiJdLCJ0YXNrX2lkIjoidGFzay0xIiwib3JjaF9pZCI6Im9yY2gtMSJ9.m1bKS3jgIe2qgI_MFmf-2KoSJJlhBjUpR1FbLc5B-4JucDt8KUUjABAKoxzpCsFJX468tR2a6aJDI2zHKCbFCw';
const AGENT = 'spiffe://agentwrit.local/agent/orch-1/task-1/0123456789abcdef';
const RECORD_SIGNATURE =
  '2e2080f5270c1c44dfe07458050b24147a8c29db13612fb784f7227cade727d155f8f3a80e046b49aa7182dea9024da9f9468a9c472aaebc3e9f1f628ff5dc0a';
const CHAIN_HASH = '244e9322f20817dc43c66e37abeec3568f1ca44588cb9d59b96c1aa5cfd292e4';

const VECTOR_ISSUED_AT = 1771156600;
const vectorKey = new SigningKey(createPrivateKey(VECTOR_PEM));

describe('known answers (protocol §3.9)', () => {
  it('the key id is the RFC 7638 thumbprint', async () => {
    expect(vectorKey.kid).toBe(KID);
    const jwk = await exportJWK(createPublicKey(VECTOR_PEM));
    expect(vectorKey.kid).toBe(await calculateJwkThumbprint(jwk));
  });

  it('the same claims give the same token, byte for byte', () => {
    const claims = decodeClaims(PAYLOAD);
    expect(claims && encodeJson(wireClaims(claims))).toBe(PAYLOAD);
    const header = `{"alg":"EdDSA","typ":"JWT","kid":"${KID}"}`;
    const signed = [header, PAYLOAD].map((part) => Buffer.from(part).toString('base64url'));
    const signature = vectorKey.sign(signed.join('.')).toString('base64url');
    expect([...signed, signature].join('.')).toBe(JWT);
  });

  it('the token validates', async () => {
    const scene = createScene({ signingKey: VECTOR_PEM, clock: () => VECTOR_ISSUED_AT * 1000 });
    const got = await scene.call('POST', '/v1/token/validate', { body: { token: JWT } });
    expect(got.text).toBe(`{"valid":true,"claims":${PAYLOAD}}\n`);
  });

  it('a delegation has the record signature and the chain hash', async () => {
    const scope = ['read:data:*', 'write:data:a<b&c>'];
    const scene = createScene({ signingKey: VECTOR_PEM, clock: () => NOON + 120 });
    const { id } = await scene.agent();
    const seconds = Math.floor(NOON / 1000);
    const token = forge({ sub: AGENT, jti: 'a', exp: seconds + 60, scope });
    const body = { delegate_to: id, scope };
    const got = await scene.call('POST', '/v1/delegate', { token, body });
    const delegation = readDelegation(got.json);
    expect(delegation.delegation_chain).toEqual([
      {
        agent: AGENT,
        scope,
        delegated_at: '2026-02-15T12:00:00.12Z',
        signature: RECORD_SIGNATURE,
      },
    ]);
    expect((await scene.claims(delegation.access_token))?.chain_hash).toBe(CHAIN_HASH);
  });
});

describe('issued tokens', () => {
  it('carry exactly the header of the protocol and a signature another library accepts', async () => {
    const scene = createScene({ signingKey: VECTOR_PEM });
    const { token } = await scene.agent();
    const header = Buffer.from(token.split('.', 1)[0] ?? '', 'base64url').toString();
    expect(header).toBe(`{"alg":"EdDSA","typ":"JWT","kid":"${KID}"}`);
    const currentDate = new Date(NOON);
    await jwtVerify(token, createPublicKey(VECTOR_PEM), { algorithms: ['EdDSA'], currentDate });
  });

  it('name issuer and audience where they are configured', async () => {
    const scene = createScene({ issuer: 'https://broker.example', audience: 'orders' });
    const claims = await scene.claims((await scene.agent()).token);
    expect(claims).toMatchObject({ iss: 'https://broker.example', aud: ['orders'] });
  });

  it('leave out what is empty, in the order of the protocol', async () => {
    const scene = createScene();
    const body = { token: await scene.adminToken() };
    const got = await scene.call('POST', '/v1/token/validate', { body });
    expect(got.text).toMatch(
      /^\{"valid":true,"claims":\{"iss":"","sub":"admin","exp":1771157100,"nbf":1771156800,"iat":1771156800,"jti":"[0-9a-f]{32}","scope":\["admin:launch-tokens:\*","admin:revoke:\*","admin:audit:\*"\]\}\}\n$/,
    );
  });

  it('never outlive the ceiling, and live the default time when none is asked for', async () => {
    const capped = createScene({ maxTtl: 100 });
    const { token } = await capped.agent({ maxTtl: 5000 });
    expect((await capped.claims(token))?.exp).toBe(NOON / 1000 + 100);
    const open = createScene({ maxTtl: 0, adminTokenTtl: 0, defaultTtl: 77 });
    expect((await open.claims(await open.adminToken()))?.exp).toBe(NOON / 1000 + 77);
    const { token: long } = await open.agent({ maxTtl: 1_000_000 });
    expect((await open.claims(long))?.exp).toBe(NOON / 1000 + 1_000_000);
  });

  it('stay valid up to and including the second they expire in', async () => {
    const scene = createScene();
    const { token } = await scene.agent({ maxTtl: 5 });
    scene.advance(5.999);
    expect(await scene.claims(token)).toBeDefined();
    scene.advance(0.001);
    expect(await scene.claims(token)).toBeUndefined();
  });

  it('are not accepted by another broker', async () => {
    const { token } = await createScene().agent();
    expect(await createScene().claims(token)).toBeUndefined();
  });
});

describe('verification', () => {
  const now = NOON / 1000;
  const good = { sub: 'admin', jti: 'a', exp: now + 60, nbf: now, iat: now, scope: [] };
  const [header = '', payload = '', signature = ''] = forge(good).split('.');
  const twice = `${header}.${payload}.${signature}`;

  it.each([
    { name: 'a token without key id', token: twice },
    { name: 'the right key id', token: forge(good, { alg: 'EdDSA', kid: KID }) },
    { name: 'a header with other members', token: forge(good, { alg: 'EdDSA', crit: ['x'] }) },
    { name: 'a token without nbf', token: forge({ ...good, nbf: undefined }) },
    { name: 'null for optional lists', token: forge({ ...good, aud: null, scope: null }) },
    { name: 'exp now', token: forge({ ...good, exp: now }) },
    {
      name: 'a line break inside the signature',
      token: `${twice.slice(0, -5)}\n${twice.slice(-5)}`,
    },
    { name: 'other unused bits', token: `${twice.slice(0, -1)}${neighbour(twice.at(-1))}` },
  ])('accepts $name', async ({ token }) => {
    const scene = createScene({ signingKey: VECTOR_PEM });
    expect(await scene.claims(token)).toMatchObject({ sub: 'admin' });
  });

  it.each([
    { name: 'no dot', token: 'abc', reason: 'invalid token format' },
    { name: 'one dot', token: `${header}.${payload}`, reason: 'invalid token format' },
    { name: 'a leading space', token: ` ${twice}`, reason: 'invalid token format' },
    {
      name: 'padding',
      token: `${header}=.${payload}.${signature}`,
      reason: 'invalid token format',
    },
    { name: 'a header that is not JSON', token: forge(good, '{'), reason: 'invalid token format' },
    { name: 'a header list', token: forge(good, []), reason: 'invalid token format' },
    { name: 'alg none', token: forge(good, { alg: 'none' }), reason: 'invalid token format' },
    {
      name: 'alg in lower case',
      token: forge(good, { alg: 'eddsa' }),
      reason: 'invalid token format',
    },
    {
      name: 'another key id',
      token: forge(good, { alg: 'EdDSA', kid: 'x' }),
      reason: 'invalid token format',
    },
    { name: 'a fourth part', token: `${twice}.x`, reason: 'signature verification failed' },
    {
      name: 'an empty signature',
      token: `${header}.${payload}.`,
      reason: 'signature verification failed',
    },
    {
      name: 'another payload',
      token: `${header}.${payload}A.${signature}`,
      reason: 'signature verification failed',
    },
    { name: 'a payload that is not JSON', token: forge('{'), reason: 'invalid token format' },
    {
      name: 'aud as text',
      token: forge({ ...good, aud: 'orders' }),
      reason: 'invalid token format',
    },
    {
      name: 'a fractional exp',
      token: forge({ ...good, exp: now + 0.5 }),
      reason: 'invalid token format',
    },
    {
      name: 'a bad time in the chain',
      token: forge({
        ...good,
        delegation_chain: [{ agent: 'a', scope: [], delegated_at: 'noon' }],
      }),
      reason: 'invalid token format',
    },
    { name: 'no subject', token: forge({ ...good, sub: '' }), reason: 'missing subject' },
    { name: 'no jti', token: forge({ ...good, jti: undefined }), reason: 'missing jti' },
    { name: 'no exp', token: forge({ ...good, exp: 0 }), reason: 'token has no expiry' },
    { name: 'exp a second ago', token: forge({ ...good, exp: now - 1 }), reason: 'token expired' },
    {
      name: 'nbf in a second',
      token: forge({ ...good, nbf: now + 1 }),
      reason: 'token not yet valid',
    },
    {
      name: 'missing jti, also expired',
      token: forge({ sub: 'a', exp: 1 }),
      reason: 'missing jti',
    },
  ])('refuses $name: $reason', async ({ token, reason }) => {
    const scene = createScene({ signingKey: VECTOR_PEM });
    expect(await scene.claims(token)).toBeUndefined();
    // A header would trim the spaces of a token, so the reason is taken where there are none.
    if (token.trim() !== token) return;
    const got = await scene.call('POST', '/v1/token/renew', { token });
    expect(got).toMatchObject({ status: 401, detail: 'token verification failed' });
    expect(scene.events.at(-1)?.detail).toBe(
      `token verification failed: ${reason} | path=/v1/token/renew`,
    );
  });

  it('demands the configured issuer everywhere', async () => {
    const scene = createScene({ signingKey: VECTOR_PEM, issuer: 'https://broker.example' });
    expect(await scene.claims(forge({ ...good, iss: 'https://other.example' }))).toBeUndefined();
    expect(await scene.claims(forge({ ...good, iss: 'https://broker.example' }))).toBeDefined();
  });
});

describe('a delegation chain', () => {
  it('is hashed and signed over the texts the protocol gives', async () => {
    const scene = createScene({ signingKey: VECTOR_PEM });
    const [first, second] = [await scene.agent(), await scene.agent()];
    const once = await scene.delegate(first.token, second.id, ['read:data:a']);
    const twice = await scene.delegate(once, first.id, ['read:data:a']);
    const claims = await scene.claims(twice);
    const chain = claims?.delegation_chain ?? [];
    expect(chain.map((record) => record.agent)).toEqual([first.id, second.id]);
    expect(claims?.chain_hash).toBe(
      createHash('sha256').update(chainHashInput(chain)).digest('hex'),
    );
    for (const { signature = '', ...record } of chain) {
      const text = recordSigningInput(record);
      expect(vectorKey.verifies(text, Buffer.from(signature, 'hex'))).toBe(true);
    }
  });
});

// The last character of 64 bytes in base64url carries four unused bits.
function neighbour(char = 'A'): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return alphabet[alphabet.indexOf(char) ^ 1] ?? '';
}
