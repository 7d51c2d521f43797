// Delegation records in → the texts the broker signs and hashes out (protocol §3.8). No crypto here.

import type { DelegationRecord } from './claims.js';
import { encodeJson } from './encode.js';

/** A token with this many records in its chain cannot be delegated again (protocol §2.8). */
export const MAX_DELEGATION_DEPTH = 5;

/** What the record's Ed25519 signature covers, as UTF-8 text: `AGENT|SCOPE1,SCOPE2|TIMESTAMP`. */
export function recordSigningInput(record: Omit<DelegationRecord, 'signature'>): string {
  return `${record.agent}|${record.scope.join(',')}|${record.delegated_at}`;
}

/** What the chain's SHA-256 covers: the JSON text of the whole chain, signatures included. */
export function chainHashInput(chain: readonly DelegationRecord[]): string {
  return encodeJson(
    chain.map(({ agent, scope, delegated_at, signature }) => ({
      agent,
      scope,
      delegated_at,
      ...(signature === undefined ? {} : { signature }),
    })),
  );
}
