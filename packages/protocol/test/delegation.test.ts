import { createHash, createPrivateKey, sign } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { chainHashInput, MAX_DELEGATION_DEPTH, recordSigningInput } from '../src/delegation.js';

// The known-answer vectors of protocol §3.9.
const PRIVATE_KEY = createPrivateKey({
  key: Buffer.from('MC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f', 'base64'),
  format: 'der',
  type: 'pkcs8',
});
const RECORD = {
  agent: 'spiffe://agentwrit.local/agent/orch-1/task-1/0123456789abcdef',
  scope: ['read:data:*', 'write:data:a<b&c>'],
  delegated_at: '2026-02-15T12:00:00.12Z',
  signature:
    '2e2080f5270c1c44dfe07458050b24147a8c29db13612fb784f7227cade727d1' +
    '55f8f3a80e046b49aa7182dea9024da9f9468a9c472aaebc3e9f1f628ff5dc0a',
};

describe('recordSigningInput', () => {
  test('joins agent, scopes and time without any escaping', () => {
    expect(recordSigningInput(RECORD)).toBe(
      'spiffe://agentwrit.local/agent/orch-1/task-1/0123456789abcdef' +
        '|read:data:*,write:data:a<b&c>|2026-02-15T12:00:00.12Z',
    );
  });

  test('is what the known signature signs', () => {
    const input = Buffer.from(recordSigningInput(RECORD));
    // Ed25519 is deterministic, so the same bytes give the same signature (RFC 8032 §5.1.6).
    expect(sign(null, input, PRIVATE_KEY).toString('hex')).toBe(RECORD.signature);
  });
});

describe('chainHashInput', () => {
  test('hashes to the known chain hash', () => {
    expect(
      createHash('sha256')
        .update(chainHashInput([RECORD]))
        .digest('hex'),
    ).toBe('244e9322f20817dc43c66e37abeec3568f1ca44588cb9d59b96c1aa5cfd292e4');
  });

  test('writes the members in the order of the broker, whatever order they come in', () => {
    const { agent, scope, delegated_at, signature } = RECORD;
    const shuffled = { signature, delegated_at, scope, agent };
    expect(chainHashInput([shuffled])).toBe(chainHashInput([RECORD]));
  });

  test('leaves out a signature that is absent and members it does not know', () => {
    const record = { agent: 'a', scope: [], delegated_at: 't', extra: 1 };
    expect(chainHashInput([record])).toBe('[{"agent":"a","scope":[],"delegated_at":"t"}]');
  });
});

test('a chain holds at most five records', () => {
  expect(MAX_DELEGATION_DEPTH).toBe(5);
});
