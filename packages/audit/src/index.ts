export {
  auditEntryOf,
  DECISION_EVENT_TYPES,
  type DecisionEventType,
  decisionOf,
} from './record.js';
export type { DecisionEvent, DecisionSink } from '@agentwrit/protocol';
export { AuditReadError } from './reading/read-error.js';
export type {
  AuditLine,
  EventLine,
  FaultyLine,
  LineFault,
  LinePlace,
} from './reading/line.js';
export {
  readAuditBatches,
  readAuditLines,
  type ReadAuditLinesOptions,
} from './reading/lines.js';
export type { VerifyAuditFilesOptions, VerifyProgress } from './verification/options.js';
export type {
  AuditBreak,
  AuditRemark,
  AuditReport,
  BreakKind,
  RemarkKind,
} from './verification/report.js';
export { verifyAuditFiles } from './verification/verify.js';
