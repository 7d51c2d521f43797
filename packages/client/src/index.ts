// An app makes agents
export {
  AgentWritApp,
  type AgentWritAppOptions,
  type CreateAgentOptions,
  type HealthStatus,
} from './app.js';
export type { ConnectionOptions } from './transport.js';
export type { TlsOptions } from './tls-options.js';
export type { AgentKey, ExternalKey } from './signing-key.js';
// Or an agent registers itself
export { registerAgent, registerAgentFromEnv, type RegisterAgentOptions } from './registration.js';
// An agent calls APIs, renews, delegates, releases
export { Agent } from './agent.js';
export type { DelegateOptions } from './delegate-options.js';
export type { KeepAlive, KeepAliveOptions } from './keep-alive.js';
export type { CallOptions } from './option-checks.js';
export { DelegatedToken } from './delegated-token.js';
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
} from '@agentwrit/protocol';
// An operator registers apps and revokes
export {
  AgentWritOperator,
  type AgentWritOperatorOptions,
  type RegisterAppOptions,
  type RevokeOptions,
} from './operator.js';
export { RegisteredApp } from './registered-app.js';
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
