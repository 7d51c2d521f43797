// POST /v1/delegate (protocol §2.8, §3.8): part of the caller's authority in → a token for another agent
// out. Only the caller's scope is compared, not the delegate's own; lifetime only by a strict broker.

import { type DelegateAnswer, MAX_DELEGATION_DEPTH, scopeIsSubset } from '@agentwrit/protocol';
import { listText } from '../../audit-log.js';
import { delegatedGrant } from '../../delegation.js';
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
  const { delegate_to: target, scope, ttl } = body;
  const { claims } = call;
  const { agents, audit, key, revocations, settings, tokens } = state;
  if (target === '' || scope.length === 0) {
    return settings.strict
      ? refuse(400, 'invalid_request', 'missing required field')
      : refuse(500, 'internal_error', 'delegation failed');
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

  const grant = delegatedGrant(claims, { to: target, scope, now: settings.clock() }, key);
  const line = revocations.lineage?.lineOf(claims);
  const issued = await tokens.issue({
    ...grant,
    ttl: ttl > 0 ? ttl : DEFAULT_TTL,
    ...(settings.strict && { notAfter: claims.exp }),
  });
  if (line) revocations.lineage?.delegated(line, issued.claims, settings.clock());
  const { delegation_chain: chain, chain_hash: chainHash } = grant;
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
    access_token: issued.token,
    expires_in: issued.expiresIn,
    delegation_chain: chain,
  } satisfies DelegateAnswer);
};
