// A decision in → one event out, to the guard's own sink and to whoever listens on the channel.

import {
  DECISION_EVENT_VERSION,
  type DecisionEvent,
  type DecisionSink,
  type RequiredScope,
  type UsedScope,
} from '@agentwrit/protocol';
import type { Agent } from './agent.js';
import type { BrokerCall } from './broker.js';
import type { BreakerState } from './breaker.js';
import { channel } from './channel.js';
import type { Clock } from './clock.js';
import type { Decision, Refused } from './decision.js';
import type { RequestFacts } from './request-facts.js';
import { foreseeNeeds } from './route.js';
import { readFact, type Visit } from './visit.js';
import { Warnings } from './warnings.js';

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

/** What is told of a decision that has just been made. */
export function describeDecision<Request>(
  decision: Decision,
  visit: Visit<Request>,
  clock: Clock,
): DecisionEvent {
  const { facts, route, limit } = visit;
  const { declared, match } = route.requirement;
  const { agent, needed } = decision.outcome === 'anonymous' ? NOBODY : decision;
  // Of a request that is let in, what a decision does not say can be worked out again.
  const { scopes } = needed ?? (agent && foreseeNeeds(route, facts)) ?? {};
  const pattern = readFact(() => facts.route);
  const clientAddress = readClientAddress(facts);
  const usedScope = agent && decision.outcome === 'allow' && scopes && usedOf(agent, scopes, match);
  return {
    version: DECISION_EVENT_VERSION,
    time: clock.now(),
    outcome: decision.outcome,
    ...(decision.outcome === 'refuse' && {
      reason: decision.reason,
      cause: decision.cause,
      ...(decision.detail !== undefined && { detail: decision.detail }),
    }),
    method: readFact(() => facts.method) ?? '',
    ...(pattern !== undefined && { route: pattern }),
    requestId: visit.requestId,
    ...(clientAddress !== undefined && { clientAddress }),
    requiredScope: Object.freeze(scopes?.map(({ scope }) => scope) ?? declared),
    ...(match === 'any' && { requiredScopeMatch: match }),
    ...(usedScope && usedScope.length > 0 && { usedScope }),
    ...(agent && describeAgent(agent)),
    durationUs: Math.max(0, Math.round((clock.monotonic() - limit.at) * 1000)),
  };
}

type AgentKeys =
  | 'agentId'
  | 'taskId'
  | 'orchId'
  | 'tokenId'
  | 'grantedScope'
  | 'delegationDepth'
  | 'delegationRoot'
  | 'delegationChainHash'
  | 'proof';

function describeAgent(agent: Agent): Pick<DecisionEvent, AgentKeys> {
  const { taskId, orchId, delegation } = agent;
  const root = delegation[0]?.agent;
  const chainHash = agent.claims.chain_hash;
  return {
    agentId: agent.id,
    ...(taskId !== undefined && { taskId }),
    ...(orchId !== undefined && { orchId }),
    tokenId: agent.tokenId,
    grantedScope: agent.scope,
    delegationDepth: delegation.length,
    ...(root !== undefined && { delegationRoot: root }),
    ...(chainHash !== undefined && { delegationChainHash: chainHash }),
    proof: agent.proof,
  };
}

function usedOf(
  agent: Agent,
  scopes: readonly RequiredScope[],
  match: 'all' | 'any',
): readonly UsedScope[] {
  const used: UsedScope[] = [];
  for (const { scope } of scopes) {
    const held = agent.covering(scope);
    if (held === undefined) continue;
    used.push(Object.freeze({ required: scope, held }));
    if (match === 'any') break;
  }
  return Object.freeze(used);
}

// A proxy's header can have a part in it, and so its sender: what an address can look like, and no longer.
const ADDRESS = /^[\w.:%[\]-]{1,64}$/;

function readClientAddress<Request>(facts: RequestFacts<Request>): string | undefined {
  const address = readFact(() => facts.clientAddress);
  return typeof address === 'string' && ADDRESS.test(address) ? address : undefined;
}

const NOBODY: Pick<Refused, 'agent' | 'needed'> = {};

function warn(error: unknown): void {
  // Only its kind: the message may hold anything, and even a name can be a getter that throws.
  const kind = error instanceof Error ? 'an error' : `a ${typeof error}`;
  sinkWarnings.warn(`a decision sink failed with ${kind}; decisions are not affected`);
}
