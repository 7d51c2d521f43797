// In the order data flows: see "Follow one request" in the README at the top of the repository.
export {
  createGuard,
  type Guard,
  type GuardAnswer,
  type RequireScope,
  type RouteCheck,
} from './guard.js';
export type { GuardOptions, RouteOptions } from './guard-options.js';
export { readAuthorization } from './bearer.js';
export { readRouteParameter, type RequestFacts } from './request-facts.js';
export type { InProcessBroker } from './transport.js';
export type { FaultCode } from './fault.js';
export { Agent, type DelegationLink, type Proof } from './agent.js';
export type { PolicyOptions } from './policy.js';
export type { RefusalReason } from './decision.js';
export type { Refusal } from './refusal.js';
export { DECISION_CHANNEL, type DecisionEvent, type DecisionSink } from './events.js';
export type { Clock } from './clock.js';
export { isScope, type Scope } from '@agentwrit/protocol';
