// The text of a token in → what it says, believed by nobody yet, out (protocol §3.1, §3.2).

import { type Claims, readClaims, WireError } from '@agentwrit/protocol';
import { AgentWritError } from '../../errors.js';

export interface DecodedToken {
  readonly header: {
    readonly alg: string | undefined;
    readonly typ: string | undefined;
    readonly kid: string | undefined;
  };
  readonly claims: Claims;
}

/**
 * @param token three base64url parts of bounded length
 * @throws AgentWritError `invalid_token` that says what is wrong, without a word of the token
 */
export function decodeToken(token: string): DecodedToken {
  const [header = '', payload = ''] = token.split('.');
  const { alg, typ, kid } = readObject(header, 'header');
  return {
    header: { alg: textOf(alg), typ: textOf(typ), kid: textOf(kid) },
    claims: claimsOf(readObject(payload, 'payload')),
  };
}

function claimsOf(payload: object): Claims {
  try {
    return readClaims(payload);
  } catch (error) {
    // It names the claim and the type found there.
    if (error instanceof WireError) throw invalid(error.message);
    throw error;
  }
}

function readObject(part: string, name: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
  } catch {
    // Not the cause: the parser's message quotes what it could not read.
    throw invalid(`its ${name} is not JSON`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid(`its ${name} is no JSON object`);
  }
  return { ...value };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function invalid(why: string): AgentWritError {
  return new AgentWritError('invalid_token', `this is no token of a broker's: ${why}`);
}
