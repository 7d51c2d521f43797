// A decision in → the audit event that tells of it, and back (protocol §7.1).

import {
  type AuditEvent,
  type DecisionEvent,
  encodeJson,
  formatTimestamp,
  readDecisionEvent,
  type RefusalReason,
  WireError,
} from '@agentwrit/protocol';

/** An event that has no place in a chain yet. */
export type AuditEntry = Pick<AuditEvent, 'timestamp' | 'event_type' | 'detail'> &
  Partial<
    Pick<
      AuditEvent,
      | 'agent_id'
      | 'task_id'
      | 'orch_id'
      | 'resource'
      | 'outcome'
      | 'deleg_depth'
      | 'deleg_chain_hash'
    >
  >;

/** What a decision is written as. The first three are the broker's own (protocol §7.5). */
export const DECISION_EVENT_TYPES = [
  /** Let in, with or without an agent. */
  'resource_accessed',
  /** 401 and 400: no credentials, or none that are good here. */
  'token_auth_failed',
  /** 403: a good token that may not do this. */
  'scope_violation',
  /** 5xx: nobody could tell. Neither a success nor a denial, so the event has no outcome. */
  'access_undecided',
] as const;

export type DecisionEventType = (typeof DECISION_EVENT_TYPES)[number];

/**
 * The whole decision is in `detail`, as JSON, where the hash covers it; the other members repeat what the broker
 * has columns for. `resource` is the route's pattern: the path of a request is not recorded. The detail is not
 * redacted as the broker does it (protocol §7.3): it holds no secret, and would be cut at a scope's name.
 */
export function auditEntryOf(event: DecisionEvent): AuditEntry {
  const type = decisionEventTypeOf(event);
  const { agentId, taskId, orchId, route, delegationDepth, delegationChainHash } = event;
  return {
    timestamp: formatTimestamp(event.time),
    event_type: type,
    ...(agentId && { agent_id: unbarred(agentId) }),
    ...(taskId && { task_id: unbarred(taskId) }),
    ...(orchId && { orch_id: unbarred(orchId) }),
    // Bars stand between what is hashed: none in a text, and nothing can be moved from one text to the next.
    detail: encodeJson(event).replaceAll('|', String.raw`\u007c`),
    ...(route && { resource: unbarred(route) }),
    ...(type !== 'access_undecided' && {
      outcome: type === 'resource_accessed' ? 'success' : 'denied',
    }),
    ...(delegationDepth && { deleg_depth: delegationDepth }),
    ...(delegationChainHash && { deleg_chain_hash: unbarred(delegationChainHash) }),
  };
}

/**
 * The decision that an audit event tells of; `undefined` for an event of another kind, as the broker's own log
 * has them.
 *
 * @throws WireError when it is one of a decision, and cannot be read
 */
export function decisionOf(
  event: Pick<AuditEvent, 'event_type' | 'detail'>,
): DecisionEvent | undefined {
  if (!isDecision(event)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(event.detail);
  } catch {
    throw new WireError('event.detail', 'JSON', event.detail);
  }
  return readDecisionEvent(value, 'event.detail');
}

// The broker has two of the types for its own use, and says in a sentence what happened.
function isDecision({ event_type, detail }: Pick<AuditEvent, 'event_type' | 'detail'>): boolean {
  return DECISION_EVENT_TYPES.some((type) => type === event_type) && detail.startsWith('{');
}

const REFUSED_AS: Readonly<Record<RefusalReason, DecisionEventType>> = {
  missing_token: 'token_auth_failed',
  invalid_request: 'token_auth_failed',
  invalid_token: 'token_auth_failed',
  insufficient_scope: 'scope_violation',
  policy_denied: 'scope_violation',
  broker_unavailable: 'access_undecided',
  overloaded: 'access_undecided',
  audit_unavailable: 'access_undecided',
  internal_error: 'access_undecided',
};

export function decisionEventTypeOf({
  outcome,
  reason = 'internal_error',
}: Pick<DecisionEvent, 'outcome' | 'reason'>): DecisionEventType {
  return outcome === 'refuse' ? REFUSED_AS[reason] : 'resource_accessed';
}

// Half a surrogate pair is hashed as another character than it is written as.
const HALF_PAIR = /\p{Surrogate}/gu;

function unbarred(text: string): string {
  return text.replaceAll('|', '%7C').replace(HALF_PAIR, '\ufffd');
}
