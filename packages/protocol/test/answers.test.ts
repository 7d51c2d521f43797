import { describe, expect, test } from 'vitest';
import * as answers from '../src/answers.js';
import { REVOCATION_LEVELS } from '../src/requests.js';
import { isStrict, type Reader, wireError } from './strict-reader.js';

const RECORD = {
  agent: 'spiffe://a',
  scope: ['read:data:*'],
  delegated_at: '2026-02-15T12:00:00Z',
};

const READERS: readonly Reader[] = [
  {
    name: 'readHealth',
    path: 'health',
    read: answers.readHealth,
    good: {
      status: 'ok',
      version: '2.0.0',
      uptime: 0,
      db_connected: true,
      audit_events_count: 4,
    },
  },
  {
    name: 'readChallenge',
    path: 'challenge',
    read: answers.readChallenge,
    good: { nonce: '0123456789abcdef'.repeat(4), expires_in: 30 },
  },
  {
    name: 'readRegistration',
    path: 'registration',
    read: answers.readRegistration,
    good: { agent_id: 'spiffe://a', access_token: 'a.b.c', expires_in: 300 },
  },
  {
    name: 'readRenewal',
    path: 'renewal',
    read: answers.readRenewal,
    good: { access_token: 'a.b.c', expires_in: 300 },
  },
  {
    name: 'readDelegation',
    path: 'delegation',
    read: answers.readDelegation,
    good: { access_token: 'a.b.c', expires_in: 60, delegation_chain: [RECORD] },
  },
  {
    name: 'readRevocation',
    path: 'revocation',
    read: answers.readRevocation,
    good: { revoked: true, level: 'agent', target: 'spiffe://a', count: 1 },
  },
  {
    name: 'readAuth',
    path: 'auth',
    read: answers.readAuth,
    good: {
      access_token: 'a.b.c',
      expires_in: 300,
      token_type: 'Bearer',
      scopes: ['app:agents:*'],
    },
    optional: ['scopes'],
  },
  {
    name: 'readLaunchToken',
    path: 'launch_token',
    read: answers.readLaunchToken,
    good: {
      launch_token: '00ff',
      expires_at: '2026-02-15T12:00:30Z',
      policy: { allowed_scope: ['read:data:*'], max_ttl: 300 },
    },
  },
];

describe.each(READERS)('$name', isStrict);

describe('readValidation', () => {
  const claims = { iss: '', sub: 'admin', exp: 2, nbf: 1, iat: 1, jti: 'j', scope: [] };

  test('reads claims when the token is valid', () => {
    expect(answers.readValidation({ valid: true, claims })).toEqual({
      valid: true,
      claims: { ...claims, aud: [], delegation_chain: [] },
    });
  });

  test('reads the error when it is not', () => {
    const answer = { valid: false, error: 'token is invalid or expired' };
    expect(answers.readValidation(answer)).toEqual(answer);
    expect(answers.readValidation({ ...answer, claims })).toEqual(answer);
  });

  test.each([
    { name: 'true as text', value: { valid: 'true', claims }, path: 'validation.valid' },
    { name: 'true as a number', value: { valid: 1, claims }, path: 'validation.valid' },
    { name: 'no verdict', value: { claims }, path: 'validation.valid' },
    { name: 'valid without claims', value: { valid: true }, path: 'claims' },
    { name: 'valid with null claims', value: { valid: true, claims: null }, path: 'claims' },
    { name: 'valid with empty claims', value: { valid: true, claims: {} }, path: 'claims.exp' },
    { name: 'invalid without an error', value: { valid: false }, path: 'validation.error' },
    { name: 'an array', value: [{ valid: true, claims }], path: 'validation' },
  ])('admits nobody on $name', ({ value, path }) => {
    expect(wireError(() => answers.readValidation(value)).path).toBe(path);
  });
});

describe('readChallenge', () => {
  test.each([
    { name: 'a nonce in upper case', nonce: 'ABCDEF0123456789'.repeat(4) },
    { name: 'a short nonce', nonce: 'ab' },
    { name: 'a long nonce', nonce: 'a'.repeat(65) },
  ])('refuses $name', ({ nonce }) => {
    const error = wireError(() => answers.readChallenge({ nonce, expires_in: 30 }));
    expect(error.path).toBe('challenge.nonce');
    expect(error.message).not.toContain(nonce);
  });
});

describe('readRevocation', () => {
  test.each(REVOCATION_LEVELS)('knows the level %s', (level) => {
    const answer = { revoked: true, level, target: 'x', count: 1 };
    expect(answers.readRevocation(answer)).toEqual(answer);
  });

  test('refuses a level it does not know', () => {
    const answer = { revoked: true, level: 'galaxy', target: 'x', count: 1 };
    expect(wireError(() => answers.readRevocation(answer)).path).toBe('revocation.level');
  });
});

describe('readLaunchToken', () => {
  test('insists on an RFC 3339 time', () => {
    const policy = { allowed_scope: ['read:data:*'], max_ttl: 300 };
    const answer = { launch_token: '00ff', expires_at: 'tomorrow', policy };
    const error = wireError(() => answers.readLaunchToken(answer));
    expect(error.message).toBe(
      'launch_token.expires_at: expected an RFC 3339 time, found a string',
    );
  });

  test.each(['allowed_scope', 'max_ttl'])('insists on %s in the policy', (member) => {
    const policy = { allowed_scope: ['read:data:*'], max_ttl: 300, [member]: {} };
    const answer = { launch_token: '00ff', expires_at: '2026-02-15T12:00:30Z', policy };
    expect(wireError(() => answers.readLaunchToken(answer)).path).toBe(
      `launch_token.policy.${member}`,
    );
  });
});
