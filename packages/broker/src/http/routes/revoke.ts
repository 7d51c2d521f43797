// POST /v1/revoke (protocol §2.9, §6)

import { REVOCATION_LEVELS, type RevokeAnswer } from '@agentwrit/protocol';
import type { BrokerState } from '../../broker-state.js';
import { text } from '../../json-decoder.js';
import type { Revocation } from '../../storage.js';
import {
  answer,
  type BearerCall,
  decodeBody,
  type Handler,
  MALFORMED_BODY,
  refuse,
} from '../call.js';

const BODY = { level: text, target: text };

export const revoke: Handler<BearerCall> = (call, state) => {
  const body = decodeBody(call, BODY);
  if (body === undefined) return MALFORMED_BODY;
  const { target } = body;
  if (body.level === '' || target === '') {
    return refuse(400, 'invalid_request', 'level and target are required');
  }
  const level = REVOCATION_LEVELS.find((known) => known === body.level);
  if (level === undefined) {
    return refuse(400, 'invalid_request', `invalid revocation level: ${body.level}`);
  }
  if (locksOperatorsOut({ level, target }, state)) {
    return refuse(400, 'invalid_request', 'invalid revocation target: admin');
  }
  revokeTarget({ level, target }, state);
  // Targets are never looked up, so the count is always 1.
  return answer({ revoked: true, level, target, count: 1 } satisfies RevokeAnswer);
};

/** For ever, and every operator: nobody could undo it. Only a strict broker minds. */
export function locksOperatorsOut(
  { level, target }: Revocation,
  { settings }: BrokerState,
): boolean {
  return settings.strict && level === 'agent' && target === 'admin';
}

export function revokeTarget(
  { level, target }: Revocation,
  { revocations, audit, metrics }: BrokerState,
): void {
  revocations.add(level, target);
  metrics.tokenRevoked(level);
  audit.record({
    event_type: 'token_revoked',
    // The target, whatever its level (protocol §2.9).
    agent_id: target,
    detail: `revoked at level=${level} target=${target}`,
    outcome: 'success',
  });
}
