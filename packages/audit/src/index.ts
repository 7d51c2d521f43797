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
