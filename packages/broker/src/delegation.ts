// A delegator's claims in → the claims of a token for another agent out (protocol §3.8).

import { createHash } from 'node:crypto';
import {
  type Claims,
  chainHashInput,
  type DelegationRecord,
  formatTimestamp,
  recordSigningInput,
} from '@agentwrit/protocol';
import type { SigningKey } from './signing-key.js';
import type { TokenGrant } from './tokens.js';

export interface Delegation {
  readonly to: string;
  readonly scope: readonly string[];
  /** Epoch milliseconds. */
  readonly now: number;
}

export type DelegatedGrant = Omit<TokenGrant, 'ttl'> &
  Required<Pick<TokenGrant, 'delegation_chain' | 'chain_hash'>>;

/** Checks nothing: scope and depth are the caller's questions. */
export function delegatedGrant(
  delegator: Claims,
  { to, scope, now }: Delegation,
  key: SigningKey,
): DelegatedGrant {
  const chain = [...delegator.delegation_chain, newRecord(delegator, now, key)];
  return {
    sub: to,
    aud: delegator.aud,
    scope,
    // The work stays the delegator's.
    ...(delegator.task_id !== undefined && { task_id: delegator.task_id }),
    ...(delegator.orch_id !== undefined && { orch_id: delegator.orch_id }),
    delegation_chain: chain,
    chain_hash: createHash('sha256').update(chainHashInput(chain)).digest('hex'),
  };
}

/** Names the delegator and all it held, not what it hands on or to whom. */
function newRecord(delegator: Claims, now: number, key: SigningKey): DelegationRecord {
  const unsigned = {
    agent: delegator.sub,
    scope: delegator.scope,
    delegated_at: formatTimestamp(now),
  };
  return { ...unsigned, signature: key.sign(recordSigningInput(unsigned)).toString('hex') };
}
