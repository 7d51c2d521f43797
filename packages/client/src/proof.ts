// A key and the broker's nonce in → the proof of possession that registration asks for out (protocol §2.5).

import { verify } from 'node:crypto';
import { CryptoError } from './errors.js';
import { rawOf, type SigningKey } from './signing-key.js';

export interface Proof {
  /** Padded base64 of the raw 32 bytes. */
  readonly publicKey: string;
  /** Padded base64 of the 64 bytes. */
  readonly signature: string;
}

/**
 * Signs the 32 bytes that the nonce's hex stands for, and looks whether that is what came out: a wrong signature
 * would use up the nonce.
 *
 * @throws CryptoError when the key cannot be used, or signs something else
 */
export async function proveKey({ publicKey, sign }: SigningKey, nonce: string): Promise<Proof> {
  const bytes = Buffer.from(nonce, 'hex');
  const signature = await signed(sign, bytes);
  if (!(signature instanceof Uint8Array) || !verify(null, bytes, publicKey, signature)) {
    throw new CryptoError(
      'what "sign" gave is not the Ed25519 signature of the nonce by "publicKey"',
    );
  }
  return {
    publicKey: Buffer.from(rawOf(publicKey), 'base64url').toString('base64'),
    signature: Buffer.from(signature).toString('base64'),
  };
}

async function signed(sign: SigningKey['sign'], bytes: Uint8Array): Promise<unknown> {
  try {
    // A copy: the callback is not ours.
    return await sign(Uint8Array.from(bytes));
  } catch (cause) {
    throw new CryptoError('the nonce could not be signed', { cause });
  }
}
