// POST /v1/delegate (protocol §2.8, §3.8): part of the caller's authority in → a token for another agent
// out. Only the caller's scope is compared; lifetime and the delegate's own scope are not.

import { createHash } from 'node:crypto';
import {
  type Claims,
  chainHashInput,
  type DelegateAnswer,
  type DelegationRecord,
  formatTimestamp,
  MAX_DELEGATION_DEPTH,
  recordSigningInput,
  scopeIsSubset,
} from '@agentwrit/protocol';
import { listText } from '../../audit-log.js';
import type { BrokerState } from '../../broker-state.js';
import { integer, text, texts } from '../../json-decoder.js';
import { callerIds } from '../bearer.js';
import {
  answer,
  type BearerCall,
  decodeBody,
  type Handler,
  MALFORMED_BODY,
  refuse,
} from '../call.js';

const BODY = { delegate_to: text, scope: texts, ttl: integer };
const DEFAULT_TTL = 60;

export const delegate: Handler<BearerCall> = async (call, state) => {
  const body = decodeBody(call, BODY);
  if (body === undefined) return MALFORMED_BODY;
  const { delegate_to: target, scope, ttl = 0 } = body;
  const { claims } = call;
  const { agents, audit, tokens } = state;
  if (target === '' || scope.length === 0) {
    return refuse(500, 'internal_error', 'delegation failed');
  }
  const depth = claims.delegation_chain.length;
  if (depth >= MAX_DELEGATION_DEPTH) {
    return refuse(403, 'scope_violation', 'delegation depth limit exceeded');
  }
  if (!scopeIsSubset(scope, claims.scope)) {
    audit.record({
      event_type: 'delegation_attenuation_violation',
      ...callerIds(claims),
      detail: `delegation_attenuation_violation | delegator=${claims.sub} | target=${target} | requested=${listText(scope)} | allowed=${listText(claims.scope)}`,
      outcome: 'denied',
      deleg_depth: depth,
    });
    return refuse(403, 'scope_violation', 'delegated scope exceeds delegator scope');
  }
  if (!agents.has(target)) return refuse(404, 'not_found', 'delegate agent not found');

  const chain = [...claims.delegation_chain, newRecord(claims, state)];
  const chainHash = createHash('sha256').update(chainHashInput(chain)).digest('hex');
  const { token, expiresIn } = await tokens.issue({
    sub: target,
    aud: claims.aud,
    scope,
    ttl: ttl > 0 ? ttl : DEFAULT_TTL,
    // The work stays the delegator's.
    ...(claims.task_id !== undefined && { task_id: claims.task_id }),
    ...(claims.orch_id !== undefined && { orch_id: claims.orch_id }),
    delegation_chain: chain,
    chain_hash: chainHash,
  });
  audit.record({
    event_type: 'delegation_created',
    ...callerIds(claims),
    agent_id: target,
    detail: `delegation from ${claims.sub} to ${target} scope=${listText(scope)} depth=${chain.length}`,
    outcome: 'success',
    deleg_depth: chain.length,
    deleg_chain_hash: chainHash,
  });
  return answer({
    access_token: token,
    expires_in: expiresIn,
    delegation_chain: chain,
  } satisfies DelegateAnswer);
};

/** Names the delegator and all it held, not what it hands on or to whom. */
function newRecord(delegator: Claims, { key, settings }: BrokerState): DelegationRecord {
  const unsigned = {
    agent: delegator.sub,
    scope: delegator.scope,
    delegated_at: formatTimestamp(settings.clock()),
  };
  return { ...unsigned, signature: key.sign(recordSigningInput(unsigned)).toString('hex') };
}
