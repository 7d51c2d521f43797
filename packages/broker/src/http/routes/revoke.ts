// POST /v1/revoke (protocol §2.9, §6)

import { REVOCATION_LEVELS, type RevokeAnswer } from '@agentwrit/protocol';
import { text } from '../../json-decoder.js';
import {
  answer,
  type BearerCall,
  decodeBody,
  type Handler,
  MALFORMED_BODY,
  refuse,
} from '../call.js';

const BODY = { level: text, target: text };

export const revoke: Handler<BearerCall> = (call, { revocations, audit }) => {
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
  revocations.add(level, target);
  audit.record({
    event_type: 'token_revoked',
    // The target, whatever its level (protocol §2.9).
    agent_id: target,
    detail: `revoked at level=${level} target=${target}`,
    outcome: 'success',
  });
  // Targets are never looked up, so the count is always 1.
  return answer({ revoked: true, level, target, count: 1 } satisfies RevokeAnswer);
};
