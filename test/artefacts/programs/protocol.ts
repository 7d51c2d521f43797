// Claims as they arrive in → who may do what out.

import {
  type Claims,
  HeldScopes,
  parseScope,
  readClaims,
  readProblem,
  type Scope,
  WireError,
} from '@agentwrit/protocol';

const needed: Scope = 'read:orders:o-17';
// @ts-expect-error A scope has three parts.
export const incomplete: Scope = 'read:orders';

export function holds(payload: unknown): boolean {
  const claims: Claims = readClaims(payload);
  const held: HeldScopes = new HeldScopes(claims.scope);
  return held.covers(needed) && parseScope(needed)?.identifier === 'o-17';
}

export function explain(error: unknown): string {
  if (error instanceof WireError) return `${error.code} at ${error.path}`;
  return readProblem(String(error), { status: 500, path: '/v1/health' }).detail;
}
