// A revocation that a test asks for in → revoked out, as by an operator.

import { assertKnownOptions, REVOCATION_LEVELS, type RevocationLevel } from '@agentwrit/protocol';
import type { BrokerState } from '../broker-state.js';
import { locksOperatorsOut, revokeTarget } from '../http/routes/revoke.js';

export interface Revocation {
  readonly level: RevocationLevel;
  /** A token's `tokenId`, an agent's id, a task id, or the agent id a chain begins with. */
  readonly target: string;
}

/** @throws TypeError naming the member that is unknown or has a value it cannot have */
export function revokeForTest(revocation: Revocation, state: BrokerState): void {
  assertKnownOptions(revocation, 'revoke', ['level', 'target']);
  const { level, target } = revocation;
  if (!REVOCATION_LEVELS.includes(level) || typeof target !== 'string' || target === '') {
    throw new TypeError('"level" must be token, agent, task or chain, and "target" some text');
  }
  // It would be accepted and revoke nothing.
  if (level === 'token' && target.split('.', 3).length === 3) {
    throw new TypeError('"target" of level "token" is the tokenId, not the token');
  }
  if (locksOperatorsOut({ level, target }, state)) {
    throw new TypeError('"target": a strict broker does not revoke the agent "admin"');
  }
  revokeTarget({ level, target }, state);
}
