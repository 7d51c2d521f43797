// A good token or nothing in → a token that nobody vouches for out.

import { randomBytes } from 'node:crypto';

/** A good token under a signature that is none. */
export function forge(token: string): string {
  return `${token.slice(0, token.lastIndexOf('.') + 1)}${randomBytes(64).toString('base64url')}`;
}

/** As long as a usual token, in the same letters. */
export function garbage(): string {
  return randomBytes(450).toString('base64url');
}
