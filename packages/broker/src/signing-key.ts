// An Ed25519 private key in → signatures, their verification and the key id out (protocol §3.1).

import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { CompactSign } from 'jose';

/** Signs tokens and delegation records alike (protocol §8.6). Verification is synchronous: the hot path. */
export class SigningKey {
  /** RFC 7638 thumbprint of the public key. */
  readonly kid: string;
  /** First part of every token it signs, base64url. */
  readonly header: string;
  readonly #private: KeyObject;
  readonly #public: KeyObject;

  constructor(privateKey: KeyObject) {
    this.#private = privateKey;
    this.#public = createPublicKey(privateKey);
    const { x } = this.#public.export({ format: 'jwk' });
    this.kid = createHash('sha256')
      .update(JSON.stringify({ crv: 'Ed25519', kty: 'OKP', x }))
      .digest('base64url');
    this.header = Buffer.from(JSON.stringify(this.#tokenHeader())).toString('base64url');
  }

  /** @returns a compact JWS over exactly this text (RFC 7515 §3.1) */
  signToken(payload: string): Promise<string> {
    return new CompactSign(Buffer.from(payload))
      .setProtectedHeader(this.#tokenHeader())
      .sign(this.#private);
  }

  // Members in the broker's order (protocol §3.1).
  #tokenHeader(): { alg: string; typ: string; kid: string } {
    return { alg: 'EdDSA', typ: 'JWT', kid: this.kid };
  }

  sign(text: string): Buffer {
    return sign(null, Buffer.from(text), this.#private);
  }

  verifies(text: string, signature: Uint8Array): boolean {
    return verify(null, Buffer.from(text), this.#public, signature);
  }
}

export function newSigningKey(): KeyObject {
  return generateKeyPairSync('ed25519').privateKey;
}

/** @throws TypeError when the value is not an Ed25519 private key; the message never quotes it */
export function readSigningKey(value: unknown): KeyObject {
  const key = typeof value === 'string' ? parsePem(value) : value;
  if (key instanceof KeyObject && key.type === 'private' && key.asymmetricKeyType === 'ed25519') {
    return key;
  }
  throw new TypeError('"signingKey" must be an Ed25519 private key, as KeyObject or PKCS#8 PEM');
}

function parsePem(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
}

/** Whether `signature` is made over `message` by the key with these 32 raw public bytes. */
export function verifiesWithRawKey(
  rawPublicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  const x = Buffer.from(rawPublicKey).toString('base64url');
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  return verify(null, message, key, signature);
}
