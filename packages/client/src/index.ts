// An app makes agents
export {
  AgentWritApp,
  type AgentWritAppOptions,
  type CreateAgentOptions,
  type HealthStatus,
} from './app.js';
export type { ConnectionOptions } from './transport.js';
export type { AgentKey, ExternalKey } from './signing-key.js';
// Or an agent registers itself
export { registerAgent, registerAgentFromEnv, type RegisterAgentOptions } from './registration.js';
// An agent calls APIs, renews, delegates, releases
export { Agent } from './agent.js';
export type { DelegateOptions } from './delegate-options.js';
export type { KeepAlive, KeepAliveOptions } from './keep-alive.js';
export type { CallOptions } from './option-checks.js';
export { DelegatedToken } from './delegated-token.js';
export type { AcceptDelegationOptions } from './accepted-delegation.js';
export type { BearerHeader } from './access-token.js';
// Is a token good, and for what
export { validate, type ValidateOptions, type ValidateResult } from './validation.js';
export {
  type Claims,
  type DelegationRecord,
  type RevocationLevel,
  type RevokeAnswer,
  type Scope,
  scopeIsSubset,
  type TlsOptions,
} from '@agentwrit/protocol';
// An operator looks after apps, lets agents in, revokes and reads the audit log
export { AgentWritOperator, type AgentWritOperatorOptions } from './operator/operator.js';
export type { RegisterAppOptions, UpdateAppOptions } from './operator/app-options.js';
export { RegisteredApp } from './operator/registered-app.js';
export type { AppDetails, RemovedApp } from './operator/app-details.js';
export { type IssueLaunchTokenOptions, LaunchToken } from './operator/launch-token.js';
export type { RevokeOptions } from './operator/revoke-options.js';
export type { AuditEventsOptions } from './operator/audit-options.js';
export type { AuditEvent } from '@agentwrit/protocol';
// What can go wrong
export {
  AgentWritError,
  type AgentWritErrorCode,
  AuthorityLostError,
  CryptoError,
  DelegationError,
  MalformedAnswerError,
  TransportError,
} from './errors.js';
export {
  AuthenticationError,
  AuthorizationError,
  ProblemResponseError,
  RateLimitError,
} from './problem-response.js';
export type { BrokerErrorCode, ProblemDetails } from '@agentwrit/protocol';
