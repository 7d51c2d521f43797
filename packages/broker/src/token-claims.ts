// Claims in → the JSON object of a payload out, and back (protocol §2.4, §3.2).

import { type Claims, type DelegationRecord, isTimestamp } from '@agentwrit/protocol';
import { decodeJson, integer, objects, text, texts } from './json-decoder.js';

/** Members in the broker's order, empty optional ones left out: for payloads and validation answers. */
export function wireClaims(claims: Claims): object {
  return {
    iss: claims.iss,
    sub: claims.sub,
    ...(claims.aud.length > 0 && { aud: claims.aud }),
    exp: claims.exp,
    nbf: claims.nbf,
    iat: claims.iat,
    jti: claims.jti,
    ...(claims.sid && { sid: claims.sid }),
    // Only a token that was signed elsewhere can lack it.
    scope: claims.scope === texts.absent ? null : claims.scope,
    ...(claims.task_id && { task_id: claims.task_id }),
    ...(claims.orch_id && { orch_id: claims.orch_id }),
    ...(claims.delegation_chain.length > 0 && {
      delegation_chain: claims.delegation_chain,
    }),
    ...(claims.chain_hash && { chain_hash: claims.chain_hash }),
  };
}

const RECORD = { agent: text, scope: texts, delegated_at: text, signature: text };

const PAYLOAD = {
  iss: text,
  sub: text,
  aud: texts,
  exp: integer,
  nbf: integer,
  iat: integer,
  jti: text,
  sid: text,
  scope: texts,
  task_id: text,
  orch_id: text,
  delegation_chain: objects(RECORD),
  chain_hash: text,
};

/**
 * Only the types are checked: a missing `sub`, `jti` or `exp` is empty or 0 here and has its own refusal
 * later (protocol §3.6).
 *
 * @returns `undefined` when the payload is not JSON of the right types
 */
export function decodeClaims(payload: string): Claims | undefined {
  const fields = decodeJson(payload, PAYLOAD);
  if (fields === undefined) return undefined;
  const { sid, task_id, orch_id, chain_hash, ...always } = fields;
  if (!always.delegation_chain.every((record) => isTimestamp(record.delegated_at))) {
    return undefined;
  }
  return {
    ...always,
    delegation_chain: always.delegation_chain.map(withoutEmptySignature),
    ...(sid && { sid }),
    ...(task_id && { task_id }),
    ...(orch_id && { orch_id }),
    ...(chain_hash && { chain_hash }),
  };
}

function withoutEmptySignature({ signature, ...record }: DelegationRecord): DelegationRecord {
  return { ...record, ...(signature && { signature }) };
}
