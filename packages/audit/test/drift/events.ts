// The few facts a test is about in → a whole event out.

import {
  type AuditEvent,
  type DecisionEvent,
  formatTimestamp,
  HeldScopes,
  compileRequiredScope,
} from '@agentwrit/protocol';

export const START = Date.parse('2026-02-15T12:00:00Z');

/** An instance of its own for each number. */
export function agentOf(task: string, instance = 1, orchestrator = 'order-worker'): string {
  const digits = instance.toString(16).padStart(16, '0');
  return `spiffe://agents.example.com/agent/${orchestrator}/${task}/${digits}`;
}

/** Different in all that can be: letters, so that nothing folds into a pattern. */
export function wordOf(number: number): string {
  return Array.from(String(number), (digit) => 'ghijklmnop'.charAt(Number(digit))).join('');
}

export interface Asked {
  readonly task?: string;
  readonly agent?: string;
  readonly orchestrator?: string;
  readonly granted: readonly string[];
  readonly needs: readonly string[];
  readonly match?: 'any';
  /** Milliseconds after {@link START}. */
  readonly at?: number;
  readonly method?: string;
  readonly route?: string;
  readonly requestId?: string;
}

/** What a guard tells of a good token that asks for this: let in if it is covered, else refused. */
export function decided(asked: Asked): DecisionEvent {
  const { task = 'process-ord-4823', orchestrator = 'order-worker', granted, needs, match } = asked;
  const held = new HeldScopes(granted);
  const used = needs.flatMap((required) => {
    const compiled = compileRequiredScope(required);
    const by = compiled && held.covering(compiled);
    return by === undefined ? [] : [{ required, held: by }];
  });
  const isAllowed = match === 'any' ? used.length > 0 : used.length === needs.length;
  return {
    version: 1,
    time: START + (asked.at ?? 0),
    outcome: isAllowed ? 'allow' : 'refuse',
    ...(!isAllowed && { reason: 'insufficient_scope', cause: 'scope' }),
    method: asked.method ?? 'GET',
    route: asked.route ?? '/customers/:id',
    requestId: asked.requestId ?? 'req-1',
    requiredScope: needs,
    ...(match && { requiredScopeMatch: match }),
    ...(isAllowed && { usedScope: match === 'any' ? used.slice(0, 1) : used }),
    agentId: asked.agent ?? agentOf(task, 1, orchestrator),
    taskId: task,
    orchId: orchestrator,
    tokenId: 'jti-1',
    grantedScope: granted,
    delegationDepth: 0,
    durationUs: 100,
  };
}

/** A request without a credential that is any good. */
export function unknownCaller(facts: Partial<DecisionEvent> = {}): DecisionEvent {
  return {
    version: 1,
    time: START,
    outcome: 'refuse',
    reason: 'missing_token',
    method: 'GET',
    route: '/customers/:id',
    requestId: 'req-1',
    requiredScope: ['read:data:customer-cust-7291'],
    durationUs: 10,
    ...facts,
  };
}

/** An event of the broker's own log; nobody here looks at its hashes. */
export function brokerEvent(
  facts: Pick<AuditEvent, 'event_type' | 'detail'> & Partial<AuditEvent>,
): AuditEvent {
  return {
    id: 'evt-000001',
    timestamp: formatTimestamp(START),
    agent_id: undefined,
    task_id: undefined,
    orch_id: undefined,
    outcome: 'success',
    hash: '0'.repeat(64),
    prev_hash: '0'.repeat(64),
    ...facts,
  };
}

/** Somebody registered an agent. */
export function registered(
  task: string,
  scopes: readonly string[],
  { app, instance }: { readonly app?: string; readonly instance?: number } = {},
): AuditEvent {
  const origin = app === undefined ? '' : ` app_id=${app}`;
  return brokerEvent({
    event_type: 'agent_registered',
    agent_id: agentOf(task, instance),
    task_id: task,
    orch_id: 'order-worker',
    detail: `Agent registered with scope [${scopes.join(' ')}]${origin}`,
  });
}
