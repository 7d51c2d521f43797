// A decision in → whether it was a yes, a no, or nobody could tell, out: what levels of logs and spans go by.

import type { DecisionEvent } from '@agentwrit/protocol';
import { type DecisionEventType, decisionEventTypeOf } from './record.js';

/** `undecided`: refused with a status of 500 or more, which says nothing about the request. */
export type VerdictClass = 'let in' | 'refused' | 'undecided';

const CLASSES: Readonly<Record<DecisionEventType, VerdictClass>> = {
  resource_accessed: 'let in',
  token_auth_failed: 'refused',
  scope_violation: 'refused',
  access_undecided: 'undecided',
};

export function verdictClassOf(event: Pick<DecisionEvent, 'outcome' | 'reason'>): VerdictClass {
  return CLASSES[decisionEventTypeOf(event)];
}
