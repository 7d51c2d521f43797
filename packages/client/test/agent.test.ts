import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { AgentWritApp, type DelegateOptions, DelegationError } from '../src/index.js';
import {
  AGENT_ID,
  type Answer,
  deadToken,
  DELEGATE,
  FakeBroker,
  gate,
  json,
  OTHER_ID,
  problem,
  REGISTER,
  RELEASE,
  rejection,
  RENEW,
} from './fake-broker.js';

const SCOPE = ['read:data:*'];

async function fixture(issued: object = {}, options: object = {}) {
  const broker = await FakeBroker.start();
  const answer = { agent_id: AGENT_ID, access_token: 'first', expires_in: 300, ...issued };
  broker.on(REGISTER, json(200, answer));
  const credentials = { clientId: 'id', clientSecret: 'secret' };
  const app = new AgentWritApp({ brokerUrl: broker.url, ...credentials, ...options });
  const agent = await app.createAgent({ orchId: 'orch-1', taskId: 'task-1', scope: SCOPE });
  return {
    broker,
    agent,
    async [Symbol.asyncDispose]() {
      await app.close();
      await broker[Symbol.asyncDispose]();
    },
  };
}

/** An answer that tells when it was asked for and waits to be let go. */
function held(answer: Answer) {
  const arrived = gate();
  const leave = gate();
  return {
    arrived: arrived.opened,
    leave: leave.open,
    answer: (async (response, seen) => {
      arrived.open();
      await leave.opened;
      await answer(response, seen);
    }) satisfies Answer,
  };
}

const renewed = json(200, { access_token: 'renewed', expires_in: 120 });
const noContent: Answer = (response) => void response.writeHead(204).end();

describe('renew', () => {
  test('replaces the token in place and keeps the agent', async () => {
    await using f = await fixture();
    const { agent, broker } = f;
    const old = agent.accessToken;
    broker.on(RENEW, renewed);
    const before = Date.now();
    await agent.renew();
    expect(broker.to(RENEW)[0]?.headers.authorization).toBe(`Bearer ${old}`);
    expect(broker.to(RENEW)[0]?.body).toBeUndefined();
    expect(agent).toMatchObject({
      agentId: AGENT_ID,
      accessToken: 'renewed',
      expiresIn: 120,
      bearerHeader: { authorization: 'Bearer renewed' },
    });
    expect(agent.expiresAt.getTime()).toBeGreaterThanOrEqual(before + 120_000);
    expect(agent.expiresAt.getTime()).toBeLessThanOrEqual(Date.now() + 120_000);
  });

  test('asked for many times at once is done once', async () => {
    await using f = await fixture();
    await Promise.all(Array.from({ length: 10 }, () => f.agent.renew()));
    expect(f.broker.to(RENEW)).toHaveLength(1);
    await f.agent.renew();
    expect(f.broker.to(RENEW)).toHaveLength(2);
  });

  test('that fails leaves the agent as it was', async () => {
    await using f = await fixture();
    const { agent, broker } = f;
    const old = agent.accessToken;
    broker.on(RENEW, deadToken, renewed);
    expect(await rejection(agent.renew())).toMatchObject({ name: 'AuthenticationError' });
    expect(agent).toMatchObject({ accessToken: old, released: false });
    await agent.renew();
    expect(agent.accessToken).toBe('renewed');
  });

  test('that its caller no longer waits for still brings the new token', async () => {
    await using f = await fixture();
    const renewal = held(renewed);
    f.broker.on(RENEW, renewal.answer);
    const controller = new AbortController();
    const outcome = rejection(f.agent.renew({ signal: controller.signal }));
    await renewal.arrived;
    controller.abort();
    expect(await outcome).toMatchObject({ name: 'AbortError' });
    renewal.leave();
    await f.agent.renew();
    expect(f.broker.to(RENEW)).toHaveLength(1);
    expect(f.agent.accessToken).toBe('renewed');
  });
});

describe('release', () => {
  test('gives the current token back, once', async () => {
    await using f = await fixture();
    await Promise.all([f.agent.release(), f.agent.release()]);
    await f.agent.release();
    expect(f.agent.released).toBe(true);
    expect(f.broker.to(RELEASE)).toHaveLength(1);
    expect(f.broker.to(RELEASE)[0]?.headers.authorization).toBe(`Bearer ${f.agent.accessToken}`);
  });

  test('of a token that is dead already succeeds', async () => {
    await using f = await fixture();
    f.broker.on(RELEASE, deadToken);
    await f.agent.release();
    expect(f.agent.released).toBe(true);
  });

  test.each<{ name: string; answer: Answer; error: object; tries?: number }>([
    {
      name: 'is answered 500',
      answer: problem(500, 'internal_error', 'no'),
      error: { status: 500 },
    },
    {
      name: 'is answered 403',
      answer: problem(403, 'insufficient_scope', 'no'),
      error: { status: 403 },
    },
    {
      name: 'is answered 401 by something that is not the broker',
      answer: json(401, 'Please log in', { 'content-type': 'text/html' }),
      error: { status: 401 },
    },
    ...[
      'missing authorization header',
      'invalid authorization scheme',
      'token audience mismatch',
    ].map((detail) => ({
      name: `is answered 401 "${detail}", which does not mean that the token is dead,`,
      answer: problem(401, 'unauthorized', detail),
      error: { status: 401 },
    })),
    {
      name: 'is answered 200 by something that is not the broker',
      answer: json(200, {}),
      error: { code: 'malformed_answer' },
    },
    {
      name: 'meets a broken connection',
      answer: (response) => void response.destroy(),
      error: { code: 'transport' },
      tries: 2,
    },
  ])('that $name throws and can be repeated', async ({ answer, error, tries = 1 }) => {
    await using f = await fixture();
    f.broker.on(RELEASE, ...Array.from({ length: tries }, () => answer), noContent);
    expect(await rejection(f.agent.release())).toMatchObject(error);
    expect(f.agent.released).toBe(false);
    await f.agent.release();
    expect(f.agent.released).toBe(true);
  });

  test('and a renewal asked for after it keep their deadline, whatever they have to wait for', async () => {
    await using f = await fixture({}, { timeoutMs: 1000 });
    for (const route of [RENEW, RELEASE]) f.broker.on(route, () => {});
    const startedAt = performance.now();
    const after = async (call: Promise<void>): Promise<number> => {
      expect(await rejection(call)).toMatchObject({ code: 'timeout' });
      return performance.now() - startedAt;
    };
    const calls = [f.agent.renew(), f.agent.release(), f.agent.renew()].map(after);
    for (const tookMs of await Promise.all(calls)) expect(tookMs).toBeLessThan(1700);
    expect(f.agent.released).toBe(false);
  });

  test('of a token that has expired succeeds when there is nobody to ask', async () => {
    await using f = await fixture({ expires_in: 1 });
    f.broker.on(RELEASE, problem(500, 'internal_error', 'no'));
    expect(await rejection(f.agent.release())).toMatchObject({ status: 500 });
    // With the benefit of the doubt.
    await new Promise((resolve) => setTimeout(resolve, 3100));
    await f.agent.release();
    expect(f.agent.released).toBe(true);
  });

  test('waits for a renewal under way and gives the new token back', async () => {
    await using f = await fixture();
    const renewal = held(renewed);
    f.broker.on(RENEW, renewal.answer);
    const renewing = f.agent.renew();
    await renewal.arrived;
    const releasing = f.agent.release();
    renewal.leave();
    await Promise.all([renewing, releasing]);
    expect(f.broker.to(RELEASE)[0]?.headers.authorization).toBe('Bearer renewed');
  });

  test('goes ahead when the renewal under way fails', async () => {
    await using f = await fixture();
    const renewal = held(problem(500, 'internal_error', 'no'));
    f.broker.on(RENEW, renewal.answer);
    const renewing = rejection(f.agent.renew());
    await renewal.arrived;
    const releasing = f.agent.release();
    renewal.leave();
    expect(await renewing).toMatchObject({ status: 500 });
    await releasing;
    expect(f.agent.released).toBe(true);
  });

  test('under way comes before a renewal asked for later', async () => {
    await using f = await fixture();
    const release = held(noContent);
    f.broker.on(RELEASE, release.answer);
    const releasing = f.agent.release();
    await release.arrived;
    const renewing = rejection(f.agent.renew());
    release.leave();
    await releasing;
    expect(await renewing).toMatchObject({ code: 'released' });
    expect(f.broker.to(RENEW)).toHaveLength(0);
  });

  test('under way that fails lets the renewal asked for later happen', async () => {
    await using f = await fixture();
    const release = held(problem(500, 'internal_error', 'no'));
    f.broker.on(RELEASE, release.answer);
    const releasing = rejection(f.agent.release());
    await release.arrived;
    const renewing = f.agent.renew();
    release.leave();
    await Promise.all([releasing, renewing]);
    expect(f.broker.to(RENEW)).toHaveLength(1);
  });

  test('happens at the end of an await using block', async () => {
    await using f = await fixture();
    {
      await using agent = f.agent;
      expect(agent.released).toBe(false);
    }
    expect(f.agent.released).toBe(true);
    expect(f.broker.to(RELEASE)).toHaveLength(1);
  });
});

describe('keepAlive', () => {
  test('ends with the release, and not with one that fails', async () => {
    await using f = await fixture();
    const { signal } = new AbortController();
    f.agent.keepAlive({ signal });
    f.agent.keepAlive({ signal });
    f.broker.on(RELEASE, problem(500, 'internal_error', 'no'), noContent);
    await rejection(f.agent.release());
    expect(getEventListeners(signal, 'abort')).toHaveLength(2);
    await f.agent.release();
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  test('ends with a renewal or delegation that the broker refuses, whoever asked for it', async () => {
    for (const call of ['renew', 'delegate'] as const) {
      await using f = await fixture();
      const alive = f.agent.keepAlive();
      f.broker.on(RENEW, deadToken);
      f.broker.on(DELEGATE, deadToken);
      const asking =
        call === 'renew' ? f.agent.renew() : f.agent.delegate({ to: f.agent, scope: SCOPE });
      expect(await rejection(asking)).toMatchObject({ code: 'unauthorized' });
      expect(alive.signal.reason).toMatchObject({ code: 'authority_lost', reason: 'refused' });
    }
  });

  test('is not for a released agent', async () => {
    await using f = await fixture();
    await f.agent.release();
    expect(() => f.agent.keepAlive()).toThrow('agent has been released and cannot be kept alive');
  });

  test('renews the token of the agent', async () => {
    await using f = await fixture({ expires_in: 1 });
    const first = f.agent.accessToken;
    const renewals = new Promise<void>((resolve) => {
      f.agent.keepAlive({ onRenewed: resolve });
    });
    await renewals;
    expect(f.agent.accessToken).not.toBe(first);
    expect(f.broker.to(RENEW)[0]?.headers.authorization).toBe(`Bearer ${first}`);
  });
});

describe('a released agent', () => {
  test('neither renews nor delegates, and asks nobody', async () => {
    await using f = await fixture();
    await f.agent.release();
    const sent = f.broker.seen.length;
    expect(await rejection(f.agent.renew())).toMatchObject({
      name: 'AgentWritError',
      code: 'released',
      message: 'agent has been released and cannot be renewed',
    });
    expect(await rejection(f.agent.delegate({ to: OTHER_ID, scope: SCOPE }))).toMatchObject({
      name: 'AgentWritError',
      code: 'released',
      message: 'agent has been released and cannot delegate',
    });
    expect(f.broker.seen).toHaveLength(sent);
  });
});

describe('delegate', () => {
  test('sends the current token and answers with the delegated one', async () => {
    await using f = await fixture();
    f.broker.on(RENEW, renewed);
    await f.agent.renew();
    const scope = ['read:data:order-7'];
    const before = Date.now();
    const token = await f.agent.delegate({ to: OTHER_ID, scope, ttl: 90 });
    expect(f.broker.to(DELEGATE)[0]).toMatchObject({
      headers: { authorization: 'Bearer renewed' },
      body: { delegate_to: OTHER_ID, scope, ttl: 90 },
    });
    expect(token).toMatchObject({ agentId: OTHER_ID, scope, expiresIn: 300 });
    expect(token.delegationChain).toEqual([
      { agent: AGENT_ID, scope: SCOPE, delegated_at: '2026-02-15T12:00:00.5Z' },
    ]);
    expect(token.bearerHeader).toEqual({ authorization: `Bearer ${token.accessToken}` });
    expect(token.expiresAt.getTime()).toBeGreaterThanOrEqual(before + 300_000);
    expect(token.accessToken).not.toBe('renewed');
    expect(f.agent.accessToken).toBe('renewed');
  });

  test('leaves the ttl to the broker when there is none', async () => {
    await using f = await fixture();
    await f.agent.delegate({ to: OTHER_ID, scope: SCOPE });
    expect(f.broker.to(DELEGATE)[0]?.body).toEqual({ delegate_to: OTHER_ID, scope: SCOPE });
  });

  test('does not look at the options again after the call', async () => {
    await using f = await fixture();
    const scope = ['read:data:order-7'];
    const delegating = f.agent.delegate({ to: OTHER_ID, scope });
    scope.push('read:data:order-8');
    expect((await delegating).scope).toEqual(['read:data:order-7']);
  });

  test('waits for a renewal under way, which would kill its token', async () => {
    await using f = await fixture();
    const renewal = held(renewed);
    f.broker.on(RENEW, renewal.answer);
    const renewing = f.agent.renew();
    await renewal.arrived;
    const delegating = f.agent.delegate({ to: OTHER_ID, scope: SCOPE });
    renewal.leave();
    await Promise.all([renewing, delegating]);
    expect(f.broker.to(DELEGATE)[0]?.headers.authorization).toBe('Bearer renewed');
  });

  test.each([
    { name: '"to"', options: { to: 'task-2' } },
    { name: '"to"', options: { to: undefined } },
    { name: '"scope"', options: { scope: [] } },
    { name: '"scope[0]"', options: { scope: ['read'] } },
    { name: '"ttl"', options: { ttl: 0 } },
    { name: '"ttl"', options: { ttl: Number.POSITIVE_INFINITY } },
    { name: '"ttl"', options: { ttl: 0.5 } },
    { name: '"signal"', options: { signal: 1 } },
    { name: 'unknown option "audience"', options: { audience: 'x' } },
  ])('with a wrong $name sends nothing and names it: $options', async ({ name, options }) => {
    await using f = await fixture();
    const call = { to: OTHER_ID, scope: SCOPE, ...options } as DelegateOptions;
    const error = await rejection(f.agent.delegate(call));
    expect(error).toBeInstanceOf(TypeError);
    expect(String(error)).toContain(name);
    expect(f.broker.to(DELEGATE)).toHaveLength(0);
  });

  test('of scopes not held sends nothing and says which they are', async () => {
    await using f = await fixture();
    const scope = ['write:data:*', ...SCOPE, 'read:billing:order-7'];
    const error = await rejection(f.agent.delegate({ to: OTHER_ID, scope }));
    expect(error).toBeInstanceOf(DelegationError);
    expect(error).toMatchObject({
      code: 'scope_violation',
      message: `${AGENT_ID} cannot delegate write:data:*, read:billing:order-7: it holds ${SCOPE.join(', ')}`,
      missing: ['write:data:*', 'read:billing:order-7'],
    });
    expect(f.broker.to(DELEGATE)).toHaveLength(0);
  });

  test('takes anything with an agent id for the delegate', async () => {
    await using f = await fixture();
    await f.agent.delegate({ to: f.agent, scope: SCOPE });
    expect(f.broker.to(DELEGATE)[0]?.body).toMatchObject({ delegate_to: AGENT_ID });
  });

  test('is refused by the broker where only that can know', async () => {
    await using f = await fixture();
    f.broker.on(DELEGATE, problem(403, 'scope_violation', 'exceeds'));
    const call = f.agent.delegate({ to: OTHER_ID, scope: SCOPE });
    expect(await rejection(call)).toMatchObject({
      name: 'AuthorizationError',
      code: 'scope_violation',
    });
  });
});

test.each(['renew', 'release'] as const)('%s refuses options it does not know', async (name) => {
  await using f = await fixture();
  const sent = f.broker.seen.length;
  const call = (options: object): Promise<void> => f.agent[name](options);
  expect(String(await rejection(call({ force: true })))).toMatch(
    /^TypeError: unknown option "force": \w+ takes signal$/,
  );
  expect(String(await rejection(call({ signal: {} })))).toContain('TypeError: "signal"');
  expect(f.broker.seen).toHaveLength(sent);
});
