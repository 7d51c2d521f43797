export {
  auditEntryOf,
  DECISION_EVENT_TYPES,
  type DecisionEventType,
  decisionOf,
} from './record.js';
export type { DecisionEvent, DecisionSink } from '@agentwrit/protocol';
export {
  type AuditFile,
  type AuditFileOptions,
  type AuditFileStats,
  createAuditFile,
} from './file/audit-file.js';
export { AuditFileError, type AuditFileErrorCode } from './file/file-error.js';
export { AUDIT_FILE_EVENT_TYPES } from './file/batch.js';
