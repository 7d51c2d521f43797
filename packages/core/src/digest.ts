import { hash } from 'node:crypto';

/** The key a token is remembered under: SHA-256, so that no token text rests in memory (or in a heap dump). */
export function digestToken(token: string): string {
  return hash('sha256', token, 'base64url');
}
