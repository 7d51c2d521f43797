// What is the same on every runtime, in the order data flows: see "Follow one request" in the README at the top of
// the repository. Each entry adds what is bound to its platform.

export type { CreateGuard, Guard, ResourceMetadata, RouteCheck } from './guard.js';
export type { GuardAnswer } from './conclusion.js';
export { isSettled, isThenable } from './settled.js';
export type { GuardOptions } from './guard-options.js';
export { type Environment, optionsFromEnv } from './environment.js';
export type { CreateAgentWrit, FromEnv } from './create-agentwrit.js';
export type {
  AgentHandler,
  FetchAgentWrit,
  FetchHandler,
  FetchRouteOptions,
  WithAgent,
  WithScope,
} from './fetch-agentwrit.js';
export {
  type AuthenticateOptions,
  type RequireScope,
  ROUTE_OPTIONS,
  type RouteNeeds,
  type RouteOptions,
} from './route.js';
export {
  assertGuarded,
  type ListedRoute,
  listRoute,
  markOf,
  markRoute,
  type RouteMark,
} from './route-marks.js';
export { readAuthorization } from './bearer.js';
export { readRouteParameter, type RequestFacts } from './request-facts.js';
export { findClientAddress } from './client-address.js';
export type { InProcessBroker } from './transport.js';
export type { FaultCode } from './fault.js';
export { Agent, type AgentRecord, type DelegationLink } from './agent.js';
export { runAs } from './agent-context.js';
export type { DelegationPolicy, NamedTask, PolicyOptions, RoutePolicyOptions } from './policy.js';
export type { ComputedScopes, Requirable } from './requirement.js';
export type { HttpAnswer, Refusal, RefusalProblem } from './refusal.js';
export type { Render, RenderedBody } from './render.js';
export type { ResourceMetadataOptions } from './resource-metadata.js';
export { BREAKER_CHANNEL, BROKER_CALL_CHANNEL } from './events.js';
export { DECISION_CHANNEL } from './sinks.js';
export type {
  DecisionEvent,
  DecisionSink,
  Proof,
  RefusalReason,
  UsedScope,
} from '@agentwrit/protocol';
export type { BrokerCall } from './broker.js';
export type { BreakerState } from './breaker.js';
export type { BrokerStats, GuardCounts, GuardStats } from './stats.js';
export type { AuditFeedOptions, CreateAuditFeed } from './audit-feed.js';
export type { RevocationFeed, RevocationSink } from './revocation-feed.js';
export type { Revocation } from './tombstones.js';
export type { Clock, Moment } from './clock.js';
export { isScope, type Scope } from '@agentwrit/protocol';
