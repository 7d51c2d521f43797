// A decision in → what is told of it out; and the channels on which a guard's dealings with the broker are told.

import {
  DECISION_EVENT_VERSION,
  type DecisionEvent,
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
import { isThenable } from './settled.js';
import { readFact, type Visit } from './visit.js';

/** `diagnostics_channel` name on which every guard publishes its calls to the broker, as {@link BrokerCall}. */
export const BROKER_CALL_CHANNEL = 'agentwrit:broker-call';

/** `diagnostics_channel` name on which every guard publishes `{ state }` when its breaker changes. */
export const BREAKER_CHANNEL = 'agentwrit:breaker';

const breakerStates = channel(BREAKER_CHANNEL);
const brokerCalls = channel(BROKER_CALL_CHANNEL);

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
  return Object.freeze<DecisionEvent>({
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
  });
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
  const address: unknown = readFact(() => facts.clientAddress);
  // Of a program that reads it later than this: nobody waits for it, and if it fails it must not end the process.
  if (isThenable(address)) Promise.resolve(address).catch(() => undefined);
  return typeof address === 'string' && ADDRESS.test(address) ? address : undefined;
}

const NOBODY: Pick<Refused, 'agent' | 'needed'> = {};
