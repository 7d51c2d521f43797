// What is the same on every runtime, in the order data flows: see "Follow one request" in the README at the top of
// the repository. Each entry adds what is bound to its platform.

export type { CreateGuard, Guard, GuardAnswer, RequireScope, RouteCheck } from './guard.js';
export type { GuardOptions, RouteOptions } from './guard-options.js';
export { readAuthorization } from './bearer.js';
export { readRouteParameter, type RequestFacts } from './request-facts.js';
export type { InProcessBroker } from './transport.js';
export type { FaultCode } from './fault.js';
export { Agent, type DelegationLink, type Proof } from './agent.js';
export { currentAgent, runAs } from './current-agent.js';
export type { PolicyOptions } from './policy.js';
export type { RefusalReason } from './decision.js';
export type { Refusal } from './refusal.js';
export {
  BREAKER_CHANNEL,
  BROKER_CALL_CHANNEL,
  DECISION_CHANNEL,
  type DecisionEvent,
  type DecisionSink,
} from './events.js';
export type { BrokerCall } from './broker.js';
export type { BreakerState } from './breaker.js';
export type { BrokerStats, GuardCounts, GuardStats } from './stats.js';
export type { AuditFeedOptions, CreateAuditFeed } from './audit-feed.js';
export type { RevocationFeed, RevocationSink } from './revocation-feed.js';
export type { Revocation } from './tombstones.js';
export type { Clock, Moment } from './clock.js';
export { isScope, type Scope } from '@agentwrit/protocol';
