// What a token shall say in → its text out; a token's text in → its claims or the reason it is refused
// out (protocol §3).

import { randomBytes } from 'node:crypto';
import { type Claims, encodeJson } from '@agentwrit/protocol';
import { decodeBase64Url } from './base64.js';
import type { BrokerSettings } from './broker-settings.js';
import { decodeJson, text } from './json-decoder.js';
import type { Metrics } from './metrics.js';
import type { Revocations } from './revocations.js';
import type { SigningKey } from './signing-key.js';
import { decodeClaims, wireClaims } from './token-claims.js';

/** The claims the caller decides; the rest (`iss`, `jti`, times) is the broker's. */
export interface TokenGrant
  extends Pick<Claims, 'sub' | 'scope'>,
    Partial<Omit<Claims, 'iss' | 'sub' | 'scope' | 'exp' | 'nbf' | 'iat' | 'jti'>> {
  /** Seconds asked for; what is given may be less (protocol §3.4). */
  readonly ttl: number;
  /** Unix seconds the token may not outlive. Default: none. */
  readonly notAfter?: number;
}

export interface IssuedToken {
  readonly token: string;
  readonly claims: Claims;
  /** Seconds. */
  readonly expiresIn: number;
}

/** In the order of the checks (protocol §3.6). */
export type TokenRefusal =
  | 'invalid token format'
  | 'signature verification failed'
  | 'missing subject'
  | 'missing jti'
  | 'token has no expiry'
  | 'token expired'
  | 'token not yet valid'
  | 'invalid issuer'
  | 'token has been revoked';

export type Verification =
  | { readonly valid: true; readonly claims: Claims }
  | { readonly valid: false; readonly reason: TokenRefusal };

const HEADER = { alg: text, kid: text };

export class Tokens {
  readonly #settings: BrokerSettings;
  readonly #key: SigningKey;
  readonly #revocations: Revocations;
  readonly #metrics: Metrics;

  constructor(
    settings: BrokerSettings,
    key: SigningKey,
    revocations: Revocations,
    metrics: Metrics,
  ) {
    this.#settings = settings;
    this.#key = key;
    this.#revocations = revocations;
    this.#metrics = metrics;
  }

  async issue({ ttl, notAfter = Infinity, ...grant }: TokenGrant): Promise<IssuedToken> {
    const { issuer, audience } = this.#settings;
    const now = this.#now();
    const exp = Math.min(now + this.#effectiveTtl(ttl), notAfter);
    const claims: Claims = {
      aud: audience === '' ? [] : [audience],
      delegation_chain: [],
      ...grant,
      iss: issuer,
      exp,
      nbf: now,
      iat: now,
      jti: randomBytes(16).toString('hex'),
    };
    const token = await this.#key.signToken(encodeJson(wireClaims(claims)));
    this.#metrics.tokenIssued(claims.scope);
    return { token, claims, expiresIn: exp - now };
  }

  verify(token: string): Verification {
    // Split at the first two dots: a third one ends up in the signature and spoils it.
    const first = token.indexOf('.');
    const second = token.indexOf('.', first + 1);
    if (first === -1 || second === -1) return refuse('invalid token format');
    if (!this.#acceptsHeader(token.slice(0, first))) return refuse('invalid token format');
    const signature = decodeBase64Url(token.slice(second + 1));
    if (signature === undefined || !this.#key.verifies(token.slice(0, second), signature)) {
      return refuse('signature verification failed');
    }
    const payload = decodeBase64Url(token.slice(first + 1, second));
    const claims = payload && decodeClaims(payload.toString());
    if (claims === undefined) return refuse('invalid token format');
    const reason = this.#objection(claims);
    return reason === undefined ? { valid: true, claims } : refuse(reason);
  }

  #acceptsHeader(part: string): boolean {
    if (part === this.#key.header) return true;
    const decoded = decodeBase64Url(part);
    const header = decoded && decodeJson(decoded.toString(), HEADER);
    // A header without `kid` is accepted; `typ`, `crit` and others are not looked at (protocol §3.6).
    return header?.alg === 'EdDSA' && (header.kid === '' || header.kid === this.#key.kid);
  }

  #objection(claims: Claims): TokenRefusal | undefined {
    const now = this.#now();
    if (claims.sub === '') return 'missing subject';
    if (claims.jti === '') return 'missing jti';
    if (claims.exp <= 0) return 'token has no expiry';
    if (now > claims.exp) return 'token expired';
    if (now < claims.nbf) return 'token not yet valid';
    const { issuer } = this.#settings;
    if (issuer !== '' && claims.iss !== issuer) return 'invalid issuer';
    return this.#revocations.hit(claims) ? 'token has been revoked' : undefined;
  }

  #effectiveTtl(requested: number): number {
    const { defaultTtl, maxTtl } = this.#settings;
    const ttl = requested <= 0 ? defaultTtl : requested;
    return maxTtl > 0 ? Math.min(ttl, maxTtl) : ttl;
  }

  #now(): number {
    return Math.floor(this.#settings.clock() / 1000);
  }
}

function refuse(reason: TokenRefusal): Verification {
  return { valid: false, reason };
}
