// POST /v1/register (protocol §2.5): a launch token and proof of a key in → an agent out. The order of
// the checks decides what a failed attempt has used up.

import { isAgentIdSegment, type RegisterAnswer, scopeIsSubset } from '@agentwrit/protocol';
import { listText } from '../../audit-log.js';
import { decodeBase64 } from '../../base64.js';
import type { BrokerState } from '../../broker-state.js';
import { type Decoded, text, texts } from '../../json-decoder.js';
import { verifiesWithRawKey } from '../../signing-key.js';
import {
  answer,
  type Call,
  decodeBody,
  type Handler,
  MALFORMED_BODY,
  refuse,
  type Reply,
} from '../call.js';

const BODY = {
  launch_token: text,
  nonce: text,
  public_key: text,
  signature: text,
  orch_id: text,
  task_id: text,
  requested_scope: texts,
};

export const register: Handler<Call> = async (call, state) => {
  const body = decodeBody(call, BODY);
  if (body === undefined) return MALFORMED_BODY;
  const reply = await registerAgent(body, state);
  state.metrics.registration(reply.kind === 'answer' ? 'success' : 'failure');
  return reply;
};

async function registerAgent(
  body: Decoded<typeof BODY>,
  { launchTokens, nonces, agents, apps, tokens, audit, settings }: BrokerState,
): Promise<Reply> {
  const { orch_id, task_id, requested_scope: scope, ...proof } = body;
  if ([orch_id, task_id, ...Object.values(proof)].includes('')) {
    return refuse(400, 'invalid_request', 'missing required field');
  }
  if (scope.length === 0) {
    return refuse(400, 'invalid_request', 'missing required field: requested_scope');
  }
  if (settings.strict && !(isAgentIdSegment(orch_id) && isAgentIdSegment(task_id))) {
    return refuse(400, 'invalid_request', 'invalid orch_id or task_id');
  }

  const search = launchTokens.find(proof.launch_token);
  if (!search.found) return refuse(401, 'unauthorized', `launch token: ${search.reason}`);
  const { allowedScope, maxTtl, appId } = search.launchToken;
  if (settings.strict && appId !== undefined && apps.find(appId)?.status !== 'active') {
    return refuse(401, 'unauthorized', 'launch token: launch token not found');
  }
  if (!scopeIsSubset(scope, allowedScope)) {
    audit.record({
      event_type: 'registration_policy_violation',
      task_id,
      orch_id,
      detail: `scope violation: requested ${listText(scope)} exceeds allowed ${listText(allowedScope)}`,
      outcome: 'denied',
    });
    return refuse(403, 'scope_violation', 'requested scope exceeds allowed scope');
  }

  const nonceRefusal = nonces.consume(proof.nonce);
  if (nonceRefusal) return refuse(401, 'unauthorized', `nonce: ${nonceRefusal}`);
  const proofRefusal = checkProof(proof);
  if (proofRefusal) return refuse(401, 'unauthorized', proofRefusal);

  launchTokens.consume(proof.launch_token);
  // Only now, when nonce and launch token are gone, does the broker look at the segments.
  const agentId = agents.register(orch_id, task_id);
  if (agentId === undefined) return refuse(500, 'internal_error', 'registration failed');

  const { token, claims, expiresIn } = await tokens.issue({
    sub: agentId,
    scope,
    ttl: maxTtl,
    task_id,
    orch_id,
  });
  const ids = { agent_id: agentId, task_id, orch_id, outcome: 'success' } as const;
  const origin = appId === undefined ? '' : ` app_id=${appId}`;
  audit.record({
    event_type: 'agent_registered',
    ...ids,
    detail: `Agent registered with scope ${listText(scope)}${origin}`,
  });
  // The time asked for, not the one given: so does the broker (protocol §12.3).
  audit.record({
    event_type: 'token_issued',
    ...ids,
    detail: `Token issued, jti=${claims.jti}, ttl=${maxTtl}${origin}`,
  });
  return answer({
    agent_id: agentId,
    access_token: token,
    expires_in: expiresIn,
  } satisfies RegisterAnswer);
}

/** @returns what is wrong with the key or its signature over the nonce */
function checkProof(proof: {
  readonly nonce: string;
  readonly public_key: string;
  readonly signature: string;
}): string | undefined {
  const publicKey = decodeBase64(proof.public_key);
  if (publicKey === undefined) return 'invalid Ed25519 public key: base64 decode failed';
  if (publicKey.length !== 32) return 'invalid Ed25519 public key: wrong key size';
  const signature = decodeBase64(proof.signature);
  if (signature === undefined) return 'nonce signature verification failed: base64 decode failed';
  const nonce = Buffer.from(proof.nonce, 'hex');
  return verifiesWithRawKey(publicKey, nonce, signature)
    ? undefined
    : 'nonce signature verification failed';
}
