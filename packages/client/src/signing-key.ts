// A key in any of its forms in → what can prove that it is held out (protocol §2.5).

import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  KeyObject,
  sign,
  type webcrypto,
} from 'node:crypto';
import { types } from 'node:util';
import { CryptoError } from './errors.js';

/** An Ed25519 key that stays where it is: in a security module, an agent, another process. */
export interface ExternalKey {
  /** The raw 32 bytes, SPKI as PEM, a JWK, or the platform's object. */
  readonly publicKey: Uint8Array | string | webcrypto.JsonWebKey | KeyObject | webcrypto.CryptoKey;
  /** Signs these bytes: Ed25519, not hashed before. @returns the 64 bytes */
  readonly sign: (nonce: Uint8Array) => Uint8Array | Promise<Uint8Array>;
}

/** An Ed25519 private key: PKCS#8 as PEM, a JWK, the platform's object, or one that is held elsewhere. */
export type AgentKey =
  | string
  | webcrypto.JsonWebKey
  | KeyObject
  | webcrypto.CryptoKey
  | ExternalKey;

/** A key that has been looked at: Ed25519, both halves at hand. */
export interface SigningKey {
  readonly publicKey: KeyObject;
  readonly sign: ExternalKey['sign'];
}

const FORMS =
  'an Ed25519 private key: PKCS#8 as unencrypted PEM, a JWK, a KeyObject, a CryptoKey, or { publicKey, sign }';

/** @throws TypeError naming `key`, without a word of it */
export function readSigningKey(value: unknown): SigningKey {
  if (isExternal(value)) {
    if (typeof value.sign !== 'function') throw new TypeError('"key.sign" must be a function');
    return { publicKey: readPublicKey(value.publicKey), sign: (nonce) => value.sign(nonce) };
  }
  if (types.isCryptoKey(value) && value.type === 'private' && !value.usages.includes('sign')) {
    throw new TypeError('"key" must be allowed to sign');
  }
  const key = keyObjectOf(value, (input) => createPrivateKey(input));
  if (key?.type !== 'private' || key.asymmetricKeyType !== 'ed25519') {
    throw new TypeError(`"key" must be ${FORMS}`);
  }
  const publicKey = createPublicKey(key);
  if (isJwk(value) && value.x !== undefined && value.x !== rawOf(publicKey)) {
    throw new TypeError('"key" must be one pair: its "x" is not the public half of its "d"');
  }
  return { publicKey, sign: (nonce) => sign(null, nonce, key) };
}

/** @throws CryptoError when the platform cannot make Ed25519 keys */
export function generateSigningKey(): SigningKey {
  try {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    return { publicKey, sign: (nonce) => sign(null, nonce, privateKey) };
  } catch (cause) {
    throw new CryptoError('an Ed25519 key could not be generated', { cause });
  }
}

/** base64url of the raw 32 bytes. */
export function rawOf(publicKey: KeyObject): string {
  return publicKey.export({ format: 'jwk' }).x ?? '';
}

function readPublicKey(value: unknown): KeyObject {
  const isRaw = value instanceof Uint8Array && value.byteLength === 32;
  const x = isRaw ? Buffer.from(value).toString('base64url') : undefined;
  const key = keyObjectOf(x === undefined ? value : { kty: 'OKP', crv: 'Ed25519', x }, (input) =>
    createPublicKey(input),
  );
  if (key?.type !== 'public' || key.asymmetricKeyType !== 'ed25519') {
    throw new TypeError(
      '"key.publicKey" must be an Ed25519 public key: the raw 32 bytes, SPKI as PEM, a JWK, a KeyObject or a CryptoKey',
    );
  }
  return key;
}

/** As Node's own functions take it: their name for it is not the same in all versions of its declarations. */
type Jwk = Readonly<Record<string, unknown>>;

function keyObjectOf(
  value: unknown,
  create: (input: string | { key: Jwk; format: 'jwk' }) => KeyObject,
): KeyObject | undefined {
  try {
    if (types.isCryptoKey(value)) return KeyObject.from(value);
    if (types.isKeyObject(value)) return value;
    if (typeof value === 'string') return create(value);
    return isJwk(value) ? create({ key: { ...value }, format: 'jwk' }) : undefined;
  } catch {
    // What the platform says of a key that it cannot read may be part of the key.
    return undefined;
  }
}

function isExternal(value: unknown): value is ExternalKey {
  return (
    typeof value === 'object' && value !== null && !types.isKeyObject(value) && 'sign' in value
  );
}

function isJwk(value: unknown): value is webcrypto.JsonWebKey {
  return (
    typeof value === 'object' &&
    value !== null &&
    !types.isKeyObject(value) &&
    !types.isCryptoKey(value) &&
    'kty' in value
  );
}
