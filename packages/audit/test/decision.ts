// What a guard tells of decisions, made up for tests.

import { DECISION_EVENT_VERSION, type DecisionEvent } from '@agentwrit/protocol';

export const AGENT_ID =
  'spiffe://agentwrit.local/agent/order-worker/process-ord-4823/0123456789abcdef';

export const NOON_MS = Date.parse('2026-02-15T12:00:00Z');

/** Let in on a remembered verdict, with a delegated token. */
export function allowed(overrides: Partial<DecisionEvent> = {}): DecisionEvent {
  return Object.freeze<DecisionEvent>({
    version: DECISION_EVENT_VERSION,
    time: NOON_MS,
    outcome: 'allow',
    method: 'GET',
    route: '/customers/:id',
    requestId: 'req-1',
    clientAddress: '192.0.2.7',
    requiredScope: ['read:data:customer-cust-7291'],
    usedScope: [{ required: 'read:data:customer-cust-7291', held: 'read:data:*' }],
    agentId: AGENT_ID,
    taskId: 'process-ord-4823',
    orchId: 'order-worker',
    tokenId: '00112233445566778899aabbccddeeff',
    grantedScope: ['read:data:*'],
    delegationDepth: 1,
    delegationRoot: 'spiffe://agentwrit.local/agent/order-worker/process-ord-4823/fedcba9876543210',
    delegationChainHash: 'ab'.repeat(32),
    proof: { source: 'cache', ageMs: 1500 },
    durationUs: 250,
    ...overrides,
  });
}

/** Refused without credentials. */
export function refused(overrides: Partial<DecisionEvent> = {}): DecisionEvent {
  return Object.freeze<DecisionEvent>({
    version: DECISION_EVENT_VERSION,
    time: NOON_MS,
    outcome: 'refuse',
    reason: 'missing_token',
    cause: 'no_bearer_token',
    method: 'GET',
    route: '/customers/:id',
    requestId: 'req-2',
    requiredScope: ['read:data:customer-cust-7291'],
    durationUs: 12,
    ...overrides,
  });
}
