// A decision in → whether it was a yes, a no, or nobody could tell, out: what levels of logs and spans go by.

import type { DecisionEvent, RefusalReason } from '@agentwrit/protocol';

/** `undecided`: refused with a status of 500 or more, which says nothing about the request. */
export type VerdictClass = 'let in' | 'refused' | 'undecided';

const REFUSED_AS: Readonly<Record<RefusalReason, VerdictClass>> = {
  missing_token: 'refused',
  invalid_request: 'refused',
  invalid_token: 'refused',
  insufficient_scope: 'refused',
  policy_denied: 'refused',
  broker_unavailable: 'undecided',
  overloaded: 'undecided',
  audit_unavailable: 'undecided',
  internal_error: 'undecided',
};

export function verdictClassOf({
  outcome,
  reason = 'internal_error',
}: Pick<DecisionEvent, 'outcome' | 'reason'>): VerdictClass {
  return outcome === 'refuse' ? REFUSED_AS[reason] : 'let in';
}
