// A call and the scope its route needs in → the caller's claims, or a refusal, out (protocol §1.9).

import { type Claims, scopeIsSubset } from '@agentwrit/protocol';
import type { AuditEntry } from '../audit-log.js';
import type { BrokerState } from '../broker-state.js';
import { type Call, type Refusal, refuse } from './call.js';

const SCHEME = 'Bearer ';

/** @param required `undefined` when any valid token will do */
export function authenticate(
  call: Call,
  required: string | undefined,
  state: BrokerState,
): Claims | Refusal {
  const { audit, settings, tokens } = state;
  const denied = { outcome: 'denied', resource: call.path } satisfies Partial<AuditEntry>;
  const unauthorized = (detail: string, reason = detail, ids = {}): Refusal => {
    const line = `${reason} | path=${call.path}`;
    audit.record({ event_type: 'token_auth_failed', ...ids, detail: line, ...denied });
    return refuse(401, 'unauthorized', detail);
  };

  const header = call.header('authorization');
  if (header === '') return unauthorized('missing authorization header');
  if (!header.startsWith(SCHEME)) return unauthorized('invalid authorization scheme');

  const verification = tokens.verify(header.slice(SCHEME.length));
  if (!verification.valid) {
    const detail = 'token verification failed';
    return unauthorized(detail, `${detail}: ${verification.reason}`);
  }
  const { claims } = verification;
  const ids = callerIds(claims);

  const { audience } = settings;
  if (audience !== '' && !claims.aud.includes(audience)) {
    const reason = `audience mismatch | expected=${audience}`;
    return unauthorized('token audience mismatch', reason, ids);
  }
  if (required !== undefined && !scopeIsSubset([required], claims.scope)) {
    const actual = claims.scope.join(',');
    audit.record({
      event_type: 'scope_violation',
      ...ids,
      detail: `scope_violation | required=${required} | actual=${actual} | path=${call.path}`,
      ...denied,
    });
    return refuse(403, 'insufficient_scope', `token lacks required scope: ${required}`);
  }
  return claims;
}

/** Who a token speaks for, as audit events name it. */
export function callerIds(claims: Claims): Pick<AuditEntry, 'agent_id' | 'task_id' | 'orch_id'> {
  return { agent_id: claims.sub, task_id: claims.task_id, orch_id: claims.orch_id };
}
