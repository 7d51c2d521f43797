// An order worker: an agent that may read one customer and write one order, at work against one API.

import type { Agent, AgentWritApp, AgentWritOperator, DelegatedToken } from '@agentwrit/client';
import { callApi, callUntilRefused } from '@agentwrit/example-setup';
import type { OrdersApi } from './orders-api.js';
import type { Steps } from './steps.js';

export interface WorkPlace {
  readonly api: OrdersApi;
  readonly app: AgentWritApp;
  readonly operator: AgentWritOperator;
  /** The API's `maxAge` in milliseconds: the longest a dead token keeps working. */
  readonly maxAgeMs: number;
  /** Told apart by it: a revoked task stays revoked at its broker for ever. */
  readonly run: string;
  readonly steps: Steps;
}

const CUSTOMER = 'cust-7291';
const OTHER_CUSTOMER = 'cust-9999';
const ORDER = 'ord-4823';
const READ_OWN = `read:data:customer-${CUSTOMER}`;
const WRITE_OWN = `write:data:order-${ORDER}`;

// Room for a slow machine. What is asserted is "soon after maxAge", never a speed.
const SLACK_MS = 2_000;

/** One agent's working day: reads, ships, renews, delegates, and gives its credential back. */
export async function workOnOrder(place: WorkPlace): Promise<void> {
  const { api, app, steps } = place;
  const record = recorder(place);

  const anonymous = await callApi(`${api.url}/customers/${CUSTOMER}/orders`);
  record('anonymous', anonymous.status === 401, `${anonymous.status}  ${anonymous.challenge}`);

  const agent = await createWorker(place, 'process');
  try {
    await readAndShip(place, agent);
    await renew(place, agent);
    await delegate(place, agent);
  } finally {
    await agent.release();
  }
  const { valid } = await app.validate(agent.accessToken);
  const url = `${api.url}/customers/${CUSTOMER}/orders`;
  const refused = await callUntilRefused(url, agent.bearerHeader, place.maxAgeMs + SLACK_MS);
  steps.record(
    'release',
    api.framework,
    !valid && refused.status === 401,
    `broker: ${valid ? 'valid' : 'invalid'}; API: ${describeRefusal(refused, place)}`,
  );
}

/** A second agent whose task the operator revokes while it works. */
export async function workUntilRevoked(place: WorkPlace): Promise<void> {
  const { api, operator } = place;
  const url = `${api.url}/customers/${CUSTOMER}/orders`;
  const agent = await createWorker(place, 'revoke');
  try {
    const before = await callApi(url, { as: agent.bearerHeader });
    await operator.revoke({ level: 'task', target: agent.taskId });
    const refused = await callUntilRefused(url, agent.bearerHeader, place.maxAgeMs + SLACK_MS);
    recorder(place)(
      'revocation',
      before.status === 200 && refused.status === 401,
      `${before.status} before; ${describeRefusal(refused, place)}`,
    );
  } finally {
    // Its token is dead already; releasing it all the same is no error.
    await agent.release();
  }
}

async function readAndShip({ api, ...place }: WorkPlace, agent: Agent): Promise<void> {
  const record = recorder({ api, ...place });
  const as = agent.bearerHeader;

  const own = await callApi(`${api.url}/customers/${CUSTOMER}/orders`, { as });
  record('own', own.status === 200, `${own.status}  read by ${String(own.body['readBy'])}`);

  const other = await callApi(`${api.url}/customers/${OTHER_CUSTOMER}/orders`, { as });
  const needed = texts(other.body['required_scope']);
  record(
    'other',
    other.status === 403 && needed.includes(`read:data:customer-${OTHER_CUSTOMER}`),
    `${other.status}  needs ${needed.join(' ')}, has ${texts(other.body['granted_scope']).join(' ')}`,
  );

  const ship = await callApi(`${api.url}/orders/${ORDER}/ship`, { method: 'POST', as });
  record('write', ship.status === 200, `${ship.status}  ${ORDER} shipped`);
}

async function renew(place: WorkPlace, agent: Agent): Promise<void> {
  const url = `${place.api.url}/customers/${CUSTOMER}/orders`;
  const { agentId, bearerHeader: old } = agent;
  await agent.renew();
  const refused = await callUntilRefused(url, old, place.maxAgeMs + SLACK_MS);
  const renewed = await callApi(url, { as: agent.bearerHeader });
  recorder(place)(
    'renewal',
    agent.agentId === agentId && refused.status === 401 && renewed.body['readBy'] === agentId,
    `new token ${renewed.status} as the same agent; old one ${describeRefusal(refused, place)}`,
  );
}

async function delegate(place: WorkPlace, agent: Agent): Promise<void> {
  const { api, app, run } = place;
  const helper = await app.createAgent({
    orchId: 'order-worker',
    taskId: `help-${run}`,
    scope: ['read:data:catalogue'],
  });
  try {
    const handed: DelegatedToken = await agent.delegate({
      to: helper.agentId,
      scope: [READ_OWN],
      ttl: 30,
    });
    const as = handed.bearerHeader;
    const read = await callApi(`${api.url}/customers/${CUSTOMER}/orders`, { as });
    const write = await callApi(`${api.url}/orders/${ORDER}/ship`, { method: 'POST', as });
    recorder(place)(
      'delegation',
      read.status === 200 && read.body['readBy'] === helper.agentId && write.status === 403,
      `reading ${read.status} as the helper; shipping ${write.status}, needs ${texts(write.body['required_scope']).join(' ')}`,
    );
  } finally {
    await helper.release();
  }
}

/** An agent with a live token that no API has seen yet. */
export function createWorker({ app, run }: WorkPlace, purpose: string): Promise<Agent> {
  return app.createAgent({
    orchId: 'order-worker',
    taskId: `${purpose}-${ORDER}-${run}`,
    scope: [READ_OWN, WRITE_OWN],
  });
}

/** The broker is gone: nobody can tell whether the token is good, so nobody may say that it is bad. */
export async function workWithoutBroker(place: WorkPlace, agent: Agent): Promise<void> {
  const answer = await callApi(`${place.api.url}/customers/${CUSTOMER}/orders`, {
    as: agent.bearerHeader,
  });
  recorder(place)(
    'outage',
    answer.status === 503 && answer.retryAfter !== null && answer.challenge === null,
    `${answer.status}  ${String(answer.body['error_code'])}, Retry-After: ${answer.retryAfter}`,
  );
}

type Record = (step: Parameters<Steps['record']>[0], isAsExpected: boolean, seen: string) => void;

function recorder({ api, steps }: WorkPlace): Record {
  return (step, isAsExpected, seen) => steps.record(step, api.framework, isAsExpected, seen);
}

function describeRefusal(
  { status, afterMs, admitted }: Awaited<ReturnType<typeof callUntilRefused>>,
  { maxAgeMs }: WorkPlace,
): string {
  return `${status} after ${afterMs} ms and ${admitted} more calls (maxAge ${maxAgeMs} ms)`;
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
