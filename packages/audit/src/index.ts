export {
  auditEntryOf,
  DECISION_EVENT_TYPES,
  type DecisionEventType,
  decisionOf,
} from './record.js';
export type { DecisionEvent, DecisionSink } from '@agentwrit/protocol';
