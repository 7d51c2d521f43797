// One order to handle in → the order shipped, with a credential that could do nothing else and is dead now.

import type { Agent, AgentWritApp, ValidateResult } from '@agentwrit/client';
import {
  callApi,
  type Check,
  facts,
  fingerprint,
  readAnswer,
  say,
  title,
} from '@agentwrit/example-setup';
import { foreignTo } from './orders.js';

/** What the run shows. */
export const CLAIMS = {
  life: 'the credential lives for five minutes (300 s)',
  vouched: 'the broker vouches for the credential: whose, for which task, for what',
  read: 'the worker reads its own customer',
  ship: 'the worker ships its own order',
  otherCustomer: 'the API does not let it read another customer',
  otherOrder: 'the API does not let it ship another order',
  dead: 'once given back, the credential is dead',
  deadAtApi: 'and ships nothing any more',
} as const;

export interface Assignment {
  readonly customer: string;
  readonly order: string;
}

interface WorkPlace {
  readonly app: AgentWritApp;
  readonly apiUrl: string;
  readonly check: Check<keyof typeof CLAIMS>;
}

export async function workOnOrder(assignment: Assignment, place: WorkPlace): Promise<void> {
  const { customer, order } = assignment;
  const { app, apiUrl, check } = place;

  title('A credential for one customer and one order');
  const agent = await app.createAgent({
    orchId: 'order-worker',
    taskId: `process-${order}`,
    scope: [`read:data:customer-${customer}`, `write:data:order-${order}`],
  });
  try {
    facts({
      agent: agent.agentId,
      scope: agent.scope.join(' '),
      'lives for': `${agent.expiresIn} s`,
      token: `${fingerprint(agent.accessToken)} (a fingerprint)`,
    });
    check('life', agent.expiresIn, 300);
    const isVouchedFor = showClaims(await app.validate(agent.accessToken), agent, check);
    if (!isVouchedFor) return;
    await handleOrder(assignment, agent, place);
  } finally {
    // Whatever happened: nobody needs this credential any more.
    await agent.release();
  }

  title('Given back');
  const verdict = await app.validate(agent.accessToken);
  const atBroker = verdict.valid ? 'valid' : verdict.error;
  say(`released; the broker says: ${atBroker}`);
  check('dead', atBroker, 'token is invalid or expired');

  const late = await callApi(`${apiUrl}/orders/${order}/ship`, {
    method: 'POST',
    as: agent.bearerHeader,
  });
  say(`ship ${order} with it: ${late.outcome}`);
  check('deadAtApi', late.outcome, '401 invalid_token');
}

/** What the broker says of the credential. */
function showClaims(verdict: ValidateResult, agent: Agent, check: WorkPlace['check']): boolean {
  title('What the broker says of it');
  if (!verdict.valid) {
    say(`not valid: ${verdict.error}`);
    return false;
  }
  const { iss, sub, scope, task_id = '', orch_id = '', jti } = verdict.claims;
  facts({
    issuer: iss === '' ? '(none: the broker has no name)' : iss,
    subject: sub,
    scope: scope.join(' '),
    task: task_id,
    orchestrator: orch_id,
    'token id': jti,
  });
  check(
    'vouched',
    [sub, task_id, orch_id, ...scope],
    [agent.agentId, agent.taskId, agent.orchId, ...agent.scope],
  );
  return true;
}

/** The work itself, and two things that are not this worker's business. */
async function handleOrder(
  { customer, order }: Assignment,
  agent: Agent,
  { apiUrl, check }: WorkPlace,
): Promise<void> {
  title('At work');
  const attempt = async (what: string, path: string, method: 'GET' | 'POST'): Promise<string> => {
    const { outcome } = await readAnswer(agent.fetch(`${apiUrl}${path}`, { method }));
    say(`${what}: ${outcome}`);
    return outcome;
  };
  const foreign = foreignTo({ id: order, customer });
  const held = agent.scope.join(' ');

  check('read', await attempt(`read ${customer}`, `/customers/${customer}/orders`, 'GET'), '200');
  check('ship', await attempt(`ship ${order}`, `/orders/${order}/ship`, 'POST'), '200');
  check(
    'otherCustomer',
    await attempt(`read ${foreign.customer}`, `/customers/${foreign.customer}/orders`, 'GET'),
    `403 needs read:data:customer-${foreign.customer}, holds ${held}`,
  );
  check(
    'otherOrder',
    await attempt(`ship ${foreign.id}`, `/orders/${foreign.id}/ship`, 'POST'),
    `403 needs write:data:order-${foreign.id}, holds ${held}`,
  );
}
