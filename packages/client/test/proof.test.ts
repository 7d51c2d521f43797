import { createPublicKey, generateKeyPairSync, verify, webcrypto } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { CryptoError } from '../src/errors.js';
import { generatePrivateKey, proveKey, readPrivateKey } from '../src/proof.js';
import { NONCE } from './fake-broker.js';

// RFC 8032 §7.1, test 3: a key and its public half.
const SEED = 'c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7';
const PUBLIC = 'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025';

async function webKey(extractable: boolean, usages: KeyUsage[] = ['sign']) {
  const jwk = {
    kty: 'OKP',
    crv: 'Ed25519',
    d: Buffer.from(SEED, 'hex').toString('base64url'),
    x: Buffer.from(PUBLIC, 'hex').toString('base64url'),
  };
  return webcrypto.subtle.importKey('jwk', jwk, { name: 'Ed25519' }, extractable, usages);
}
type KeyUsage = webcrypto.KeyUsage;

describe('the proof of a key', () => {
  test('is its raw public half and a signature over the bytes of the nonce', () => {
    const key = generatePrivateKey();
    const proof = proveKey(key, NONCE);
    expect(Buffer.from(proof.publicKey, 'base64')).toHaveLength(32);
    expect(proof.publicKey).toMatch(/^[A-Za-z0-9+/]{43}=$/);
    expect(proof.signature).toMatch(/^[A-Za-z0-9+/]{86}==$/);
    const signature = Buffer.from(proof.signature, 'base64');
    expect(verify(null, Buffer.from(NONCE, 'hex'), createPublicKey(key), signature)).toBe(true);
  });

  test.each([true, false])(
    'can be made with a CryptoKey (extractable: %s)',
    async (extractable) => {
      const proof = proveKey(readPrivateKey(await webKey(extractable)), NONCE);
      expect(Buffer.from(proof.publicKey, 'base64').toString('hex')).toBe(PUBLIC);
    },
  );

  test('that the platform cannot make is a CryptoError with its cause', () => {
    const { publicKey } = generateKeyPairSync('ed25519');
    expect(() => proveKey(publicKey, NONCE)).toThrow(CryptoError);
    try {
      proveKey(publicKey, NONCE);
    } catch (error) {
      expect(error).toMatchObject({ name: 'CryptoError', code: 'crypto' });
      expect((error as CryptoError).cause).toBeInstanceOf(Error);
    }
  });
});

describe('"privateKey"', () => {
  test.each([
    { name: 'text', value: SEED },
    { name: 'null', value: null },
    { name: 'a public key', value: generateKeyPairSync('ed25519').publicKey },
    { name: 'a key of another curve', value: generateKeyPairSync('x25519').privateKey },
    { name: 'a look-alike', value: { type: 'private', asymmetricKeyType: 'ed25519' } },
  ])('that is $name is refused', ({ value }) => {
    expect(() => readPrivateKey(value)).toThrow(TypeError);
    expect(() => readPrivateKey(value)).toThrow('"privateKey"');
  });

  test('that may not sign is refused', async () => {
    const pair = await webcrypto.subtle.generateKey({ name: 'X25519' }, false, ['deriveBits']);
    const { privateKey } = pair as webcrypto.CryptoKeyPair;
    expect(() => readPrivateKey(privateKey)).toThrow('"privateKey" must be allowed to sign');
  });
});
