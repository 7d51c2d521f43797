// The key of protocol §3.9 in → tokens the broker never issued but accepts, and what its own tokens say, out.

import { createHash, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { expect } from 'vitest';
import { filled } from './placeholders.js';
import { goJson } from './wire-text.js';

export const VECTOR_PEM = `-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f
-----END PRIVATE KEY-----
`;
export const VECTOR_KID = '1IG2tMH7J2wbJZnOf8LJzQitKf7LMvoAElsuDMVM54Y';

const PRIVATE_KEY = createPrivateKey(VECTOR_PEM);
const PUBLIC_KEY = createPublicKey(PRIVATE_KEY);
const HEADER = `{"alg":"EdDSA","typ":"JWT","kid":"${VECTOR_KID}"}`;

/** Members in the order of protocol §2.4. */
export interface TokenClaims {
  readonly iss: string;
  readonly sub: string;
  readonly aud?: readonly string[];
  readonly exp: number;
  readonly nbf: number;
  readonly iat: number;
  readonly jti: string;
  readonly sid?: string;
  readonly scope: readonly string[];
  readonly task_id?: string;
  readonly orch_id?: string;
  readonly delegation_chain?: readonly ChainRecord[];
  readonly chain_hash?: string;
}

export interface ChainRecord {
  readonly agent: string;
  readonly scope: readonly string[];
  readonly delegated_at: string;
  readonly signature: string;
}

/** A signed token; texts are taken as they are, so that they can be no JSON. */
export function forge(payload: unknown, header: unknown = HEADER): string {
  return signed(`${base64url(header)}.${base64url(payload)}`);
}

/** Completes the first two parts of a token with the signature over exactly them. */
export function signed(input: string): string {
  return `${input}.${signature(input).toString('base64url')}`;
}

export function signature(input: string): Buffer {
  return sign(null, Buffer.from(input), PRIVATE_KEY);
}

export function base64url(value: unknown): string {
  const text = typeof value === 'string' ? value : goJson(value);
  return Buffer.from(text).toString('base64url');
}

/**
 * Checks a token of the broker's: the bytes of its header and payload and its signature.
 *
 * @returns its jti, which is the only part that is not known beforehand
 */
export function expectToken(token: string, claims: Omit<TokenClaims, 'jti'>): string {
  const [header = '', payload = '', mac = ''] = token.split('.');
  expect(Buffer.from(header, 'base64url').toString()).toBe(HEADER);
  const { iss, sub, aud, exp, nbf, iat, ...rest } = claims;
  const times = { ...(aud && { aud }), exp, nbf, iat };
  const text = Buffer.from(payload, 'base64url').toString();
  expect(text).toBe(filled(goJson({ iss, sub, ...times, jti: '⟨hex32⟩', ...rest }), text));
  const input = Buffer.from(`${header}.${payload}`);
  expect(verify(null, input, PUBLIC_KEY, Buffer.from(mac, 'base64url'))).toBe(true);
  return jtiOf(token);
}

export function jtiOf(token: string): string {
  const payload = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString();
  return /"jti":"([^"]*)"/.exec(payload)?.[1] ?? '';
}

/** One more record as the broker would append it (protocol §3.8). */
export function chainRecord(
  agent: string,
  scope: readonly string[],
  delegated_at: string,
): ChainRecord {
  const input = `${agent}|${scope.join(',')}|${delegated_at}`;
  return { agent, scope, delegated_at, signature: signature(input).toString('hex') };
}

export function chainHash(chain: readonly ChainRecord[]): string {
  return createHash('sha256').update(goJson(chain)).digest('hex');
}
