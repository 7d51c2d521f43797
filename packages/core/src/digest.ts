// A token in → the key that it is remembered under out.

import { sha256 } from '@noble/hashes/sha2.js';
import { encode } from 'jose/base64url';
import { builtin } from './builtin.js';

type Digest = (text: string) => string;

/** SHA-256, base64url. */
export const portableDigest: Digest = (text) => encode(sha256(new TextEncoder().encode(text)));

/**
 * The first that works of those that Node's `crypto` has, which are many times as fast. Some runtimes have only
 * some of them, or have them in name.
 */
export function digestBy({ hash, createHash }: ReturnType<typeof builtin<'node:crypto'>>): Digest {
  const expected = portableDigest('');
  const candidates: readonly (Digest | undefined)[] = [
    hash && ((text) => hash('sha256', text, 'base64url')),
    createHash && ((text) => createHash('sha256').update(text).digest('base64url')),
  ];
  const works = (digest: Digest | undefined): boolean => {
    try {
      return digest?.('') === expected;
    } catch {
      return false;
    }
  };
  return candidates.find(works) ?? portableDigest;
}

/** So that no token text rests in memory, or in a heap dump. */
export const digestToken: Digest = digestBy(builtin('node:crypto'));
