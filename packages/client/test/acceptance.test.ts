// What the acceptance stories of a client (protocol §10.10) ask beyond lifecycle.test.ts, against an embedded broker
// over HTTP: chains to their full length, registration with a launch token alone.

import { createBroker } from '@agentwrit/broker';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Agent,
  AgentWritApp,
  AgentWritOperator,
  type DelegatedToken,
  registerAgent,
  validate,
} from '../src/index.js';
import { rejection } from './fake-broker.js';

const broker = createBroker({ bcryptCost: 4 });
let url: string;
let operator: AgentWritOperator;
let app: AgentWritApp;

beforeAll(async () => {
  url = (await broker.listen()).url;
  operator = new AgentWritOperator({ brokerUrl: url, adminSecret: broker.adminSecret });
  const { clientId, clientSecret } = await operator.registerApp({
    name: 'orders',
    scopes: ['read:data:*', 'write:data:*'],
  });
  app = new AgentWritApp({ brokerUrl: url, clientId, clientSecret });
});

afterAll(async () => {
  await Promise.all([app.close(), operator.close()]);
  await broker.close();
});

function create(taskId: string, scope: readonly string[] = ['read:data:*']): Promise<Agent> {
  return app.createAgent({ orchId: 'orch-1', taskId, scope });
}

/** The broker's own word on a delegation, whatever the client thinks of it. */
async function delegateAt(from: Agent | DelegatedToken, to: Agent): Promise<unknown> {
  const answer = await fetch(`${url}/v1/delegate`, {
    method: 'POST',
    headers: { ...from.bearerHeader },
    body: JSON.stringify({ delegate_to: to.agentId, scope: from.scope }),
  });
  return answer.json();
}

describe('a chain of delegations', () => {
  test('from A over B to C is narrowed twice, and remembers both (story 7)', async () => {
    const a = await create('a', ['read:data:*', 'write:data:*']);
    const [b, c] = [await create('b'), await create('c')];
    const toB = await a.delegate({ to: b, scope: ['read:data:*'] });
    const toC = await toB.delegate({ to: c, scope: ['read:data:order-7'], ttl: 30 });
    expect(toC).toMatchObject({ agentId: c.agentId, scope: ['read:data:order-7'], expiresIn: 30 });
    const chain = [
      { agent: a.agentId, scope: ['read:data:*', 'write:data:*'] },
      { agent: b.agentId, scope: ['read:data:*'] },
    ];
    expect(toC.delegationChain).toMatchObject(chain);
    expect(await app.validate(toC.accessToken)).toMatchObject({
      valid: true,
      claims: {
        sub: c.agentId,
        task_id: 'a',
        scope: ['read:data:order-7'],
        delegation_chain: toC.delegationChain,
      },
    });
    // What A could do, and B was not given.
    expect(await rejection(toB.delegate({ to: c, scope: ['write:data:order-7'] }))).toMatchObject({
      name: 'DelegationError',
      code: 'scope_violation',
      missing: ['write:data:order-7'],
    });
  });

  test('is good for five, and the sixth is refused here and at the broker alike', async () => {
    const agents = await Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map((id) => create(id)));
    const [first, ...others] = agents as [Agent, ...Agent[]];
    let holder: Agent | DelegatedToken = first;
    for (const [index, to] of others.entries()) {
      holder = await holder.delegate({ to, scope: holder.scope });
      expect(holder.delegationChain).toHaveLength(index + 1);
      expect(await app.validate(holder.accessToken)).toMatchObject({
        valid: true,
        claims: { sub: to.agentId, delegation_chain: holder.delegationChain },
      });
    }
    expect(await rejection(holder.delegate({ to: first, scope: holder.scope }))).toMatchObject({
      name: 'DelegationError',
      code: 'scope_violation',
      missing: [],
    });
    expect(await delegateAt(holder, first)).toMatchObject({
      status: 403,
      error_code: 'scope_violation',
      detail: 'delegation depth limit exceeded',
    });
    // The end of a chain is worth no less otherwise.
    await holder.renew();
    expect(await app.validate(holder.accessToken)).toMatchObject({ valid: true });
    await holder.release();
    expect(await app.validate(holder.accessToken)).toMatchObject({ valid: false });
  });
});

describe('a registration with a launch token alone', () => {
  const launch = async (scope: readonly string[]): Promise<string> =>
    (await operator.issueLaunchToken({ agentName: 'worker', scope })).launchToken;

  test('gives an agent with what it asked for (story 1)', async () => {
    const launchToken = await launch(['read:data:*']);
    const scope = ['read:data:order-7'];
    const work = { orchId: 'orch-1', taskId: 'order-7', scope };
    await using agent = await registerAgent({ brokerUrl: url, launchToken, ...work });
    expect(agent).toMatchObject(work);
    expect(await validate(url, agent.accessToken)).toMatchObject({
      valid: true,
      claims: { sub: agent.agentId, scope, task_id: 'order-7', orch_id: 'orch-1' },
    });
    const again = registerAgent({ brokerUrl: url, launchToken, ...work });
    expect(await rejection(again)).toMatchObject({
      name: 'AuthenticationError',
      problem: { detail: 'launch token: launch token already consumed' },
    });
  });

  test('beyond what that allows is refused with the whole problem (stories 6 and 11)', async () => {
    const launchToken = await launch(['read:data:order-7']);
    const options = { brokerUrl: url, launchToken, orchId: 'orch-1', taskId: 'order-7' };
    const error = await rejection(registerAgent({ ...options, scope: ['read:data:*'] }));
    const requestId: unknown = expect.stringMatching(/^[0-9a-f]{16}$/);
    expect(error).toMatchObject({
      name: 'AuthorizationError',
      code: 'scope_violation',
      status: 403,
      requestId,
      problem: {
        type: 'urn:agentwrit:error:scope_violation',
        title: 'Forbidden',
        status: 403,
        detail: 'requested scope exceeds allowed scope',
        instance: '/v1/register',
        error_code: 'scope_violation',
        request_id: requestId,
      },
    });
    // The launch token is not used up by that (protocol §2.5).
    await using agent = await registerAgent({ ...options, scope: ['read:data:order-7'] });
    expect(agent.scope).toEqual(['read:data:order-7']);
  });
});

test('a released agent or delegated token neither renews nor delegates, and asks nobody (story 13)', async () => {
  const agent = await create('released');
  const token = await agent.delegate({ to: agent, scope: agent.scope });
  await Promise.all([agent.release(), token.release()]);
  const events = async (): Promise<number> => (await app.health()).auditEventsCount;
  const before = await events();
  for (const holder of [agent, token]) {
    for (const call of [
      holder.renew(),
      holder.delegate({ to: agent, scope: agent.scope }),
      holder.fetch(`${url}/v1/health`),
    ]) {
      expect(await rejection(call)).toMatchObject({ name: 'AgentWritError', code: 'released' });
    }
    await holder.release();
  }
  // A request with a dead token would have left one (protocol §1.9).
  expect(await events()).toBe(before);
});
