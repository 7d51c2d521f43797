export {
  auditEntryOf,
  DECISION_EVENT_TYPES,
  type DecisionEventType,
  decisionOf,
} from './record.js';
export type { DecisionEvent, DecisionSink } from '@agentwrit/protocol';
export {
  createDriftMeter,
  deniedIn,
  type DriftMeter,
  type DriftMeterOptions,
  readKnownRoutes,
  unusedIn,
} from './drift/drift-meter.js';
export {
  type DeniedScope,
  type DeniedUse,
  type Distinct,
  DRIFT_REPORT_VERSION,
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
export type { KnownRoute } from './drift/route-tally.js';
export { AuditFileError } from './reading/audit-file-error.js';
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
export {
  DRIFT_FINDINGS,
  type DriftFinding,
  type DriftFindings,
  findingsOf,
  groupFindings,
  groupsByWeight,
  groupTitle,
} from './drift/findings.js';
export { renderDriftPage } from './drift/page/drift-page.js';
export type { VerifyAuditFilesOptions, VerifyProgress } from './verification/options.js';
export type {
  AuditBreak,
  AuditRemark,
  AuditReport,
  BreakKind,
  RemarkKind,
} from './verification/report.js';
export { verifyAuditFiles } from './verification/verify.js';
