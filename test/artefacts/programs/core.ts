// A request of no framework in → its agent or the refusal out.

import {
  type Agent,
  createAuditFeed,
  createGuard,
  type DecisionEvent,
  type Guard,
  type GuardOptions,
  type Refusal,
  type RequestFacts,
} from '@agentwrit/core';

const options: GuardOptions = {
  broker: 'http://127.0.0.1:8080',
  feed: createAuditFeed({ broker: 'http://127.0.0.1:8080', adminSecret: 'correct horse' }),
  maxAge: 300,
  onDecision: (event: DecisionEvent) => void event.outcome,
};
export const guard: Guard = createGuard(options);
const check = guard.requireScope('read:data:customer-{id}', { maxAge: 0 });
// @ts-expect-error A scope has three parts.
guard.requireScope('read:data');
// @ts-expect-error There is no such option.
createGuard({ broker: 'http://127.0.0.1:8080', maxAges: 5 });

export async function decide(facts: RequestFacts): Promise<Agent | Refusal> {
  const answer = await check(facts);
  if (answer.outcome === 'anonymous') throw new Error('only where authentication is optional');
  return answer.outcome === 'allow' ? answer.agent : answer.refusal;
}

export const mayWrite = (agent: Agent): boolean => agent.can('write:data:customer-7291');
