// The secrets an operator gave, in order, in → the one that counts, as it is or as its hash, out
// (protocol §8.1).

import type { BrokerSettings } from '../broker-settings.js';

const KNOWN_WEAK = 'change-me-in-production';
// The broker says it of no secret, too (protocol §8.3).
const WEAK =
  "admin secret is a known-weak default; run 'awrit init' to generate a secure config, or set a strong AA_ADMIN_SECRET";
// `$2b$12$`, 22 characters of salt, 31 of hash.
const BCRYPT_HASH_LENGTH = 60;
// bcrypt looks at no more; a longer secret would be accepted by its first 72 bytes alone.
const MAX_SECRET_BYTES = 72;

/** Nobody gave one at all. */
export class MissingSecretError extends Error {
  readonly remedy =
    'AA_ADMIN_SECRET is not set; for a random one: export AA_ADMIN_SECRET="$(openssl rand -base64 32)"';
}

/**
 * @param sources the first that is not empty counts, whatever the others are
 * @throws MissingSecretError when there is none
 * @throws Error when it is one that everybody knows, or one that is too long
 */
export function chooseAdminSecret(sources: readonly string[]): BrokerSettings['adminSecret'] {
  const secret = sources.find((source) => source !== '');
  if (secret === undefined) throw new MissingSecretError(WEAK);
  if (secret === KNOWN_WEAK) throw new Error(WEAK);
  const bytes = Buffer.byteLength(secret);
  if (bytes === BCRYPT_HASH_LENGTH && /^\$2[aby]\$/.test(secret)) return { hash: secret };
  if (bytes > MAX_SECRET_BYTES) {
    throw new Error('cfg: hash admin secret: bcrypt: password length exceeds 72 bytes');
  }
  return { secret };
}
