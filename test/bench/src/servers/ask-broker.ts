// A token in → its claims out, if the broker vouches for them and they are meant for this API: as people write it by hand.

import type { Trust } from './settings.js';

export interface AskedClaims {
  readonly sub: string;
  readonly scope: string[];
  readonly exp: number;
}

interface Answer {
  readonly valid: boolean;
  readonly claims?: AskedClaims & { readonly iss: string; readonly aud?: readonly string[] };
}

export async function askBroker(token: string, trust: Trust): Promise<AskedClaims | undefined> {
  const response = await fetch(`${trust.broker}/v1/token/validate`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token }),
  });
  if (!response.ok) throw new Error(`the broker answered ${response.status}`);
  // Taken as it is, as people do.
  const { valid, claims } = (await response.json()) as Answer;
  if (!valid || claims === undefined || claims.iss !== trust.issuer) return undefined;
  return claims.aud?.includes(trust.audience) ? claims : undefined;
}

/** `undefined` where there is no bearer token. */
export function bearerToken(authorization: string | undefined): string | undefined {
  return authorization?.startsWith('Bearer ') ? authorization.slice('Bearer '.length) : undefined;
}
