import { createBroker } from '@agentwrit/broker';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Agent, AgentWritApp, AgentWritOperator, DelegatedToken } from '../src/index.js';
import { rejection } from './fake-broker.js';

const clock = { aheadMs: 0 };
const broker = createBroker({
  bcryptCost: 4,
  rateLimits: false,
  clock: () => Date.now() + clock.aheadMs,
});
let app: AgentWritApp;
let delegator: Agent;
let delegate: Agent;

beforeAll(async () => {
  const { url } = await broker.listen();
  await using operator = new AgentWritOperator({ brokerUrl: url, adminSecret: broker.adminSecret });
  const { clientId, clientSecret } = await operator.registerApp({
    name: 'orders',
    scopes: ['read:data:*', 'write:data:*'],
  });
  app = new AgentWritApp({ brokerUrl: url, clientId, clientSecret });
  const create = (taskId: string, scope: string[]): Promise<Agent> =>
    app.createAgent({ orchId: 'orders', taskId, scope });
  delegator = await create('hand-on', ['read:data:*', 'write:data:*']);
  delegate = await create('take-over', ['read:data:catalogue']);
});

afterAll(async () => {
  await app.close();
  await broker.close();
});

describe('acceptDelegation', () => {
  test('gives from the text alone what the delegator had', async () => {
    const scope = ['write:data:order-7'];
    const handed = await delegator.delegate({ to: delegate, scope, ttl: 90 });
    const taken = await app.acceptDelegation(handed.accessToken, { to: delegate });
    expect(handed).toMatchObject({ taskId: 'hand-on', orchId: 'orders' });
    expect(taken).toBeInstanceOf(DelegatedToken);
    expect(taken).toMatchObject({
      agentId: delegate.agentId,
      scope,
      taskId: 'hand-on',
      orchId: 'orders',
      expiresIn: 90,
      accessToken: handed.accessToken,
      released: false,
    });
    // The delegator also has the signatures, which validation leaves out.
    expect(taken.delegationChain).toMatchObject([
      { agent: delegator.agentId, scope: ['read:data:*', 'write:data:*'] },
    ]);
    expect(Math.abs(taken.expiresAt.getTime() - handed.expiresAt.getTime())).toBeLessThan(2000);

    await taken.renew();
    expect(await app.validate(handed.accessToken)).toMatchObject({ valid: false });
    const further = await taken.delegate({ to: delegator, scope });
    expect(further.delegationChain.map(({ agent }) => agent)).toEqual([
      delegator.agentId,
      delegate.agentId,
    ]);
    await taken.release();
    expect(await app.validate(taken.accessToken)).toMatchObject({ valid: false });
    expect(await rejection(taken.renew())).toMatchObject({
      code: 'released',
      message: 'delegated token has been released and cannot be renewed',
    });
  });

  test.each([
    { name: 'is behind the broker’s', aheadMs: 3_600_000 },
    { name: 'is ahead of the broker’s', aheadMs: -3_600_000 },
  ])('counts the life of the token by its own clock, also when that $name', async ({ aheadMs }) => {
    clock.aheadMs = aheadMs;
    try {
      // Nothing of the agents is alive by that clock.
      const agent = await app.createAgent({ orchId: 'o', taskId: 't', scope: ['read:data:x'] });
      const handed = await agent.delegate({ to: agent, scope: ['read:data:x'], ttl: 90 });
      const startedAt = Date.now();
      const taken = await app.acceptDelegation(handed.accessToken);
      const remainingMs = taken.expiresAt.getTime() - startedAt;
      expect(remainingMs).toBeGreaterThanOrEqual(0);
      expect(remainingMs).toBeLessThan(92_000);
    } finally {
      clock.aheadMs = 0;
    }
  });

  test.each(['\n', '\r\n'])('does not take a text with a line break at its end', async (end) => {
    const handed = await delegator.delegate({ to: delegate, scope: ['read:data:order-7'] });
    const text = handed.accessToken + end;
    const failure = await rejection(app.acceptDelegation(text));
    expect(failure).toBeInstanceOf(TypeError);
    expect(String(failure)).toContain('"accessToken"');
    expect(String(failure)).not.toContain(handed.accessToken);
  });

  test('takes a token of the delegate that is expected, and no other', async () => {
    const handed = await delegator.delegate({ to: delegate, scope: ['read:data:order-7'] });
    const call = app.acceptDelegation(handed.accessToken, { to: delegator.agentId });
    expect(await rejection(call)).toMatchObject({
      code: 'invalid_token',
      message: `the token was delegated to ${delegate.agentId}, not to ${delegator.agentId}`,
    });
    const wrong = app.acceptDelegation(handed.accessToken, { to: 'delegate' });
    expect(String(await rejection(wrong))).toContain('TypeError: "to"');
    await handed.release();
  });

  test.each<{ name: string; text: () => Promise<string> | string; error: object }>([
    {
      name: 'that the broker does not vouch for',
      text: () => 'x.y.z',
      error: { code: 'invalid_token', message: 'token is invalid or expired' },
    },
    {
      name: 'that has been released',
      text: async () => {
        const handed = await delegator.delegate({ to: delegate, scope: ['read:data:order-7'] });
        await handed.release();
        return handed.accessToken;
      },
      error: { code: 'invalid_token' },
    },
    {
      name: 'that is an agent’s own',
      text: () => delegate.accessToken,
      error: { code: 'invalid_token', message: 'the token was not delegated to an agent' },
    },
    { name: 'that is empty', text: () => '', error: { name: 'TypeError' } },
  ])('does not take a text $name', async ({ text, error }) => {
    const token = await text();
    const failure = await rejection(app.acceptDelegation(token));
    expect(failure).toMatchObject(error);
    if (token !== '') expect(String(failure)).not.toContain(token);
  });
});
