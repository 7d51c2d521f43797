// A decision in → one event out, to the guard's own sink and to whoever listens on the channel.

import type { Proof } from './agent.js';
import type { BrokerCall } from './broker.js';
import type { BreakerState } from './breaker.js';
import { channel } from './channel.js';
import type { Decision, RefusalReason, Refused } from './decision.js';
import { foreseeNeeds } from './route.js';
import type { Visit } from './visit.js';
import { Warnings } from './warnings.js';

/** One per decision, frozen. Holds no token, no header and no query. */
export interface DecisionEvent {
  /** Milliseconds since 1970. */
  readonly time: number;
  /** `anonymous`: let pass without credentials, where `optional` allows it. */
  readonly outcome: 'allow' | 'anonymous' | 'refuse';
  /** Why it was refused. */
  readonly reason?: RefusalReason;
  /** More than the reason says, in one fixed word: `audience`, `timeout`, … */
  readonly cause?: string;
  /** For an operator, where the broker could not be asked or the route is at fault: what to mend. */
  readonly detail?: string;
  readonly method: string;
  /** The route's pattern, where the framework knows it. */
  readonly route?: string;
  readonly requestId: string;
  /**
   * What the request needed; as declared when it could not be worked out. Filled from path parameters, which
   * the caller chooses: escape it before writing it as plain text (JSON does).
   */
  readonly requiredScope: readonly string[];
  /** One of them is enough; absent where all are needed. */
  readonly requiredScopeMatch?: 'any';
  /** These are known when the broker vouched for the token. */
  readonly agentId?: string;
  readonly taskId?: string;
  readonly orchId?: string;
  readonly tokenId?: string;
  readonly grantedScope?: readonly string[];
  readonly proof?: Proof;
  /** From the request's arrival at the guard to the decision, milliseconds. */
  readonly durationMs: number;
}

/** Called with every decision. May throw, or return a promise that rejects: the decision stands. */
export type DecisionSink = (event: DecisionEvent) => unknown;

/** `diagnostics_channel` name on which every guard of the process publishes its {@link DecisionEvent}s. */
export const DECISION_CHANNEL = 'agentwrit:decision';

/** `diagnostics_channel` name on which every guard publishes its calls to the broker, as {@link BrokerCall}. */
export const BROKER_CALL_CHANNEL = 'agentwrit:broker-call';

/** `diagnostics_channel` name on which every guard publishes `{ state }` when its breaker changes. */
export const BREAKER_CHANNEL = 'agentwrit:breaker';

const decisions = channel(DECISION_CHANNEL);
const breakerStates = channel(BREAKER_CHANNEL);
const brokerCalls = channel(BROKER_CALL_CHANNEL);

const sinkWarnings = new Warnings('AGENTWRIT_SINK_FAILED');

/** Whether anybody would receive an event: making one is not free. */
export function isObserved(sink: DecisionSink | undefined): boolean {
  return sink !== undefined || decisions.hasSubscribers;
}

/** Delivers an event. Nothing a receiver does comes back. */
export function emitDecision(event: DecisionEvent, sink: DecisionSink | undefined): void {
  Object.freeze(event.requiredScope);
  decisions.publish(Object.freeze(event));
  if (sink === undefined) return;
  try {
    // Adopts any thenable, of whatever library or realm.
    Promise.resolve(sink(event)).catch(warn);
  } catch (error) {
    warn(error);
  }
}

export function emitBreakerState(state: BreakerState): void {
  if (breakerStates.hasSubscribers) breakerStates.publish(Object.freeze({ state }));
}

export function emitBrokerCall(call: BrokerCall): void {
  if (brokerCalls.hasSubscribers) brokerCalls.publish(Object.freeze({ ...call }));
}

/** What a decision itself contributes to its event. */
export function describeDecision<Request>(
  decision: Decision,
  { facts, route }: Pick<Visit<Request>, 'facts' | 'route'>,
): Omit<DecisionEvent, 'time' | 'method' | 'route' | 'requestId' | 'durationMs'> {
  const { declared, match } = route.requirement;
  const { agent, needed } = decision.outcome === 'anonymous' ? NOBODY : decision;
  // Of a request that is let in, what a decision does not say can be worked out again.
  const { scopes } = needed ?? (agent && foreseeNeeds(route, facts)) ?? {};
  return {
    outcome: decision.outcome,
    ...(decision.outcome === 'refuse' && {
      reason: decision.reason,
      cause: decision.cause,
      ...(decision.detail !== undefined && { detail: decision.detail }),
    }),
    requiredScope: scopes?.map(({ scope }) => scope) ?? declared,
    ...(match === 'any' && { requiredScopeMatch: match }),
    ...(agent && {
      agentId: agent.id,
      ...(agent.taskId !== undefined && { taskId: agent.taskId }),
      ...(agent.orchId !== undefined && { orchId: agent.orchId }),
      tokenId: agent.tokenId,
      grantedScope: agent.scope,
      proof: agent.proof,
    }),
  };
}

const NOBODY: Pick<Refused, 'agent' | 'needed'> = {};

function warn(error: unknown): void {
  // Only its kind: the message may hold anything, and even a name can be a getter that throws.
  const kind = error instanceof Error ? 'an error' : `a ${typeof error}`;
  sinkWarnings.warn(`a decision sink failed with ${kind}; decisions are not affected`);
}
