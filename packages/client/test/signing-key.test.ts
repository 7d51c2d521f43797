import {
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
  webcrypto,
} from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { CryptoError } from '../src/errors.js';
import { proveKey } from '../src/proof.js';
import {
  type AgentKey,
  type ExternalKey,
  generateSigningKey,
  readSigningKey,
} from '../src/signing-key.js';
import { NONCE } from './fake-broker.js';

// RFC 8032 §7.1, test 3: a key and its public half.
const SEED = 'c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7';
const PUBLIC = 'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025';
const JWK = {
  kty: 'OKP',
  crv: 'Ed25519',
  d: Buffer.from(SEED, 'hex').toString('base64url'),
  x: Buffer.from(PUBLIC, 'hex').toString('base64url'),
};
const PKCS8 = Buffer.from(`302e020100300506032b657004220420${SEED}`, 'hex');
const PEM = `-----BEGIN PRIVATE KEY-----\n${PKCS8.toString('base64')}\n-----END PRIVATE KEY-----\n`;
const { x, ...PUBLICLESS } = JWK;

function webKey(extractable: boolean, usages: webcrypto.KeyUsage[] = ['sign']) {
  return webcrypto.subtle.importKey('jwk', JWK, { name: 'Ed25519' }, extractable, usages);
}

/** A key that is held elsewhere, here by Node. */
function external(publicKey: ExternalKey['publicKey']): ExternalKey {
  const { sign: signed } = readSigningKey(PEM);
  return { publicKey, sign: async (nonce) => new Uint8Array(await signed(nonce)) };
}

const publicKey: KeyObject = createPublicKey(PEM);

describe('a key can be given as', () => {
  test.each<{ name: string; key: () => AgentKey | Promise<AgentKey> }>([
    { name: 'a CryptoKey', key: () => webKey(true) },
    { name: 'a CryptoKey that does not leave the platform', key: () => webKey(false) },
    { name: 'PEM', key: () => PEM },
    { name: 'a JWK', key: () => JWK },
    { name: 'a callback and the raw public key', key: () => external(Buffer.from(PUBLIC, 'hex')) },
    { name: 'a callback and a KeyObject', key: () => external(publicKey) },
    { name: 'a callback and a JWK', key: () => external({ kty: 'OKP', crv: 'Ed25519', x }) },
    {
      name: 'a callback and PEM',
      key: () => external(publicKey.export({ type: 'spki', format: 'pem' }).toString()),
    },
  ])('$name', async ({ key }) => {
    const proof = await proveKey(readSigningKey(await key()), NONCE);
    expect(Buffer.from(proof.publicKey, 'base64').toString('hex')).toBe(PUBLIC);
    expect(proof.publicKey).toMatch(/^[A-Za-z0-9+/]{43}=$/);
    expect(proof.signature).toMatch(/^[A-Za-z0-9+/]{86}==$/);
    const signature = Buffer.from(proof.signature, 'base64');
    expect(verify(null, Buffer.from(NONCE, 'hex'), publicKey, signature)).toBe(true);
  });

  test('nothing: a fresh one is made each time', async () => {
    const [a, b] = [generateSigningKey(), generateSigningKey()];
    expect((await proveKey(a, NONCE)).publicKey).not.toBe((await proveKey(b, NONCE)).publicKey);
  });
});

describe('"key"', () => {
  const sec1 = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  test.each([
    { name: 'hex', value: SEED },
    { name: 'null', value: null },
    { name: 'a public key', value: generateKeyPairSync('ed25519').publicKey },
    { name: 'a public JWK', value: { kty: 'OKP', crv: 'Ed25519', x } },
    { name: 'a JWK without its public half', value: PUBLICLESS },
    { name: 'a JWK of two pairs', value: { ...JWK, x: JWK.d } },
    { name: 'a key of another curve', value: generateKeyPairSync('x25519').privateKey },
    { name: 'PEM of another kind', value: sec1.export({ type: 'sec1', format: 'pem' }).toString() },
    { name: 'a look-alike', value: { type: 'private', asymmetricKeyType: 'ed25519' } },
    { name: 'a callback that is none', value: { publicKey, sign: 'yes' } },
    { name: 'a callback without a public key', value: { sign: () => new Uint8Array(64) } },
    { name: 'a callback with too short a key', value: external(new Uint8Array(31)) },
  ])('that is $name is refused, without a word of it', ({ value }) => {
    let text = '';
    try {
      readSigningKey(value);
    } catch (error) {
      expect(error).toBeInstanceOf(TypeError);
      text = String(error);
    }
    expect(text).toContain('"key');
    expect(text).not.toContain(SEED);
    expect(text).not.toContain(JWK.d);
  });

  test('that may not sign is refused', async () => {
    const pair = await webcrypto.subtle.generateKey({ name: 'X25519' }, false, ['deriveBits']);
    const { privateKey } = pair as webcrypto.CryptoKeyPair;
    expect(() => readSigningKey(privateKey)).toThrow('"key" must be allowed to sign');
  });
});

describe('a callback that', () => {
  const other = generateKeyPairSync('ed25519').privateKey;
  test.each<{ name: string; sign: (nonce: Uint8Array) => unknown }>([
    { name: 'signs with another key', sign: (nonce) => sign(null, nonce, other) },
    { name: 'signs something else', sign: () => readSigningKey(PEM).sign(new Uint8Array(32)) },
    { name: 'gives text', sign: () => 'signature' },
    { name: 'gives too much', sign: () => new Uint8Array(65) },
    { name: 'gives nothing', sign: () => undefined },
    {
      name: 'throws',
      sign: () => {
        throw new Error('the module is locked');
      },
    },
    { name: 'rejects', sign: () => Promise.reject(new Error('the module is locked')) },
  ])('$name is a CryptoError, before the nonce is used up', async ({ sign: wrong }) => {
    const key = readSigningKey({ publicKey, sign: wrong });
    await expect(proveKey(key, NONCE)).rejects.toBeInstanceOf(CryptoError);
  });

  test('changes what it was given changes nothing', async () => {
    const key = readSigningKey({
      publicKey,
      sign: async (nonce: Uint8Array) => {
        const signature = await readSigningKey(PEM).sign(Uint8Array.from(nonce));
        nonce.fill(0);
        return signature;
      },
    });
    expect((await proveKey(key, NONCE)).signature).toHaveLength(88);
  });

  test('fails says why', async () => {
    const cause = new Error('the module is locked');
    const key = readSigningKey({ publicKey, sign: () => Promise.reject(cause) });
    await expect(proveKey(key, NONCE)).rejects.toMatchObject({ code: 'crypto', cause });
  });
});
