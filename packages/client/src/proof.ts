// A private key and the broker's nonce in → the proof of possession that registration asks for out
// (protocol §2.5).

import { createPublicKey, generateKeyPairSync, KeyObject, sign, type webcrypto } from 'node:crypto';
import { types } from 'node:util';
import { CryptoError } from './errors.js';

/** An Ed25519 private key, in either of the platform's two forms. */
export type PrivateKey = KeyObject | webcrypto.CryptoKey;

export interface Proof {
  /** Padded base64 of the raw 32 bytes. */
  readonly publicKey: string;
  /** Padded base64 of the 64 bytes. */
  readonly signature: string;
}

/** @throws TypeError naming `privateKey` when the value is not an Ed25519 private key that may sign */
export function readPrivateKey(value: unknown): KeyObject {
  if (types.isCryptoKey(value) && value.type === 'private' && !value.usages.includes('sign')) {
    throw new TypeError('"privateKey" must be allowed to sign');
  }
  const key = types.isCryptoKey(value) ? KeyObject.from(value) : value;
  if (types.isKeyObject(key) && key.type === 'private' && key.asymmetricKeyType === 'ed25519') {
    return key;
  }
  throw new TypeError('"privateKey" must be an Ed25519 private key: a KeyObject or a CryptoKey');
}

/** @throws CryptoError when the platform cannot make Ed25519 keys */
export function generatePrivateKey(): KeyObject {
  return attempt('an Ed25519 key could not be generated', () => {
    return generateKeyPairSync('ed25519').privateKey;
  });
}

/**
 * Signs the 32 bytes that the nonce's hex stands for. Synchronous: it takes tens of microseconds, less than
 * the way to a worker thread.
 *
 * @throws CryptoError when the key cannot be used
 */
export function proveKey(privateKey: KeyObject, nonce: string): Proof {
  return attempt('the nonce could not be signed', () => {
    const { x = '' } = createPublicKey(privateKey).export({ format: 'jwk' });
    return {
      publicKey: Buffer.from(x, 'base64url').toString('base64'),
      signature: sign(null, Buffer.from(nonce, 'hex'), privateKey).toString('base64'),
    };
  });
}

function attempt<T>(failure: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw new CryptoError(failure, { cause });
  }
}
