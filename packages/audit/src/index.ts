// A decision, and the audit event that tells of it
export {
  auditEntryOf,
  DECISION_EVENT_TYPES,
  type DecisionEventType,
  decisionOf,
} from './record.js';
export type { DecisionEvent, DecisionSink } from '@agentwrit/protocol';
// Sinks
export {
  type AuditFile,
  type AuditFileOptions,
  type AuditFileStats,
  createAuditFile,
} from './file/audit-file.js';
export { AuditFileError, type AuditFileErrorCode } from './file/file-error.js';
export { AUDIT_FILE_EVENT_TYPES } from './file/batch.js';
export { type BatchSink, type BatchSinkOptions, createBatchSink } from './batch/batch-sink.js';
export type { BatchFigures } from './batch/batches.js';
export type { DropNotice } from './batch/drop-notices.js';
export { SinkError, type SinkFault } from './batch/sink-error.js';
export {
  createPinoSink,
  type LogLevel,
  type PinoLogger,
  type PinoSinkOptions,
} from './pino-sink.js';
// Audit files, read again
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
// Scope drift
export {
  createDriftMeter,
  deniedIn,
  type DriftMeter,
  type DriftMeterOptions,
  readKnownRoutes,
  unusedIn,
} from './drift/drift-meter.js';
export type { KnownRoute } from './drift/route-tally.js';
export {
  type DeniedScope,
  type DeniedUse,
  type Distinct,
  DRIFT_FINDINGS,
  DRIFT_REPORT_VERSION,
  type DriftFinding,
  type DriftGroup,
  type DriftReport,
  type FirstAndLast,
  type Folded,
  type GroupName,
  type RefusalCount,
  type RouteUse,
  type ScopeFinding,
  type ScopeUse,
  type Suggestion,
  type Timeline,
  type UnreachedRoute,
  type UnusedScope,
} from './drift/report.js';
export {
  type DriftFindings,
  findingsOf,
  groupFindings,
  groupsByWeight,
} from './drift/findings.js';
export { groupTitle } from './drift/group-title.js';
export { type DriftGap, gapsOf } from './drift/gaps.js';
export { renderDriftPage } from './drift/page/drift-page.js';
