// Scopes
export { assertScope, isScope, parseScope, type Scope, type ScopeParts } from './scope.js';
export {
  compileRequiredScope,
  HeldScopes,
  type RequiredScope,
  scopeCovers,
  scopeIsSubset,
} from './coverage.js';
// Who a token names
export {
  type AgentId,
  assertAgentIdSegment,
  formatAgentId,
  isAgentIdSegment,
  isTrustDomain,
  parseAgentId,
} from './agent-id.js';
export { type SubjectKind, subjectKind } from './subject.js';
// What a token says
export { type Claims, type DelegationRecord, readClaims, readDelegationRecord } from './claims.js';
export { chainHashInput, MAX_DELEGATION_DEPTH, recordSigningInput } from './delegation.js';
// What an app may be called
export { isAppName } from './app-name.js';
// How the broker writes
export { encodeJson } from './encode.js';
export { formatTimestamp, formatTimestampSeconds, isTimestamp } from './timestamp.js';
// What crosses the wire
export {
  type AdminAuthRequest,
  type AppAuthRequest,
  type DelegateRequest,
  type LaunchTokenRequest,
  type RegisterAppRequest,
  type RegisterRequest,
  REVOCATION_LEVELS,
  type RevocationLevel,
  type RevokeRequest,
  type UpdateAppRequest,
  type ValidateRequest,
} from './requests.js';
export {
  type AuthAnswer,
  type ChallengeAnswer,
  type DelegateAnswer,
  type HealthAnswer,
  type LaunchTokenAnswer,
  readAuth,
  readChallenge,
  readDelegation,
  readHealth,
  readLaunchToken,
  readRegistration,
  readRenewal,
  readRevocation,
  readValidation,
  type RegisterAnswer,
  type RenewAnswer,
  type RevokeAnswer,
  type ValidateAnswer,
} from './answers.js';
export {
  type AppAnswer,
  type AppListAnswer,
  type AppStatus,
  type DeregisterAppAnswer,
  readApp,
  readAppList,
  readAppRegistration,
  readAppRemoval,
  type RegisterAppAnswer,
} from './app-answers.js';
export {
  type AuditEvent,
  auditHashInput,
  type AuditPage,
  FIRST_PREV_HASH,
  readAuditEvent,
  readAuditPage,
  type UnchainedAuditEvent,
} from './audit.js';
// What a guard tells of its decisions
export {
  DECISION_EVENT_VERSION,
  type DecisionEvent,
  type DecisionSink,
  type Proof,
  readDecisionEvent,
  REFUSAL_REASONS,
  type RefusalReason,
  type UsedScope,
} from './decision-event.js';
export {
  type BrokerErrorCode,
  problemInstance,
  type ProblemDetails,
  problemType,
  readProblem,
} from './problem.js';
export { isJsonType } from './media-type.js';
export { WireError } from './wire-error.js';
// What factories check of their options
export {
  assertBoolean,
  assertFunction,
  assertKnownOptions,
  assertNumber,
  assertText,
  assertTexts,
} from './option-checks.js';
export { isLoopback, parseBrokerUrl } from './broker-url.js';
export { readTls, type TlsOptions, type TlsSettings } from './tls-options.js';
