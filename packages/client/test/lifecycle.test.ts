// The acceptance stories of a client (protocol §10.10), each against an embedded broker of its own.

import { createBroker } from '@agentwrit/broker';
import { describe, expect, test } from 'vitest';
import {
  type Agent,
  AgentWritApp,
  AgentWritOperator,
  type DelegatedToken,
  scopeIsSubset,
  validate,
} from '../src/index.js';
import { rejection } from './fake-broker.js';

const INVALID = { valid: false, error: 'token is invalid or expired' };
const CEILING = ['read:data:*', 'write:data:*', 'read:config:*'];

/** A broker with one app, and a clock that the test turns. */
async function fixture(options: { readonly tokenTtl?: number } = {}) {
  const clock = { ms: Date.UTC(2026, 1, 15, 12) };
  const broker = createBroker({ clock: () => clock.ms, bcryptCost: 4 });
  const { url } = await broker.listen();
  const operator = new AgentWritOperator({ brokerUrl: url, adminSecret: broker.adminSecret });
  const { clientId, clientSecret } = await operator.registerApp({
    name: 'orders',
    scopes: CEILING,
    tokenTtl: options.tokenTtl,
  });
  const app = new AgentWritApp({ brokerUrl: url, clientId, clientSecret });
  return {
    url,
    clock,
    operator,
    app,
    create: (scope: readonly string[], taskId = 'task-1', maxTtl?: number): Promise<Agent> =>
      app.createAgent({ orchId: 'orch-1', taskId, scope, maxTtl }),
    alive: async (holder: Agent | DelegatedToken): Promise<boolean> =>
      (await app.validate(holder.accessToken)).valid,
    async [Symbol.asyncDispose]() {
      await Promise.all([app.close(), operator.close()]);
      await broker.close();
    },
  };
}

describe('an agent', () => {
  test('is created with an id of its orchestrator and task, and with its scope (story 1)', async () => {
    await using f = await fixture();
    const agent = await f.create(['read:data:order-7'], 'order-7');
    expect(agent.agentId).toMatch(
      /^spiffe:\/\/agentwrit\.local\/agent\/orch-1\/order-7\/[0-9a-f]{16}$/,
    );
    expect(agent).toMatchObject({ scope: ['read:data:order-7'], expiresIn: 300 });
  });

  test('has a token whose claims say what was asked for (story 4)', async () => {
    await using f = await fixture();
    const agent = await f.create(['read:data:order-7']);
    const claims = {
      sub: agent.agentId,
      scope: ['read:data:order-7'],
      orch_id: 'orch-1',
      task_id: 'task-1',
      iat: f.clock.ms / 1000,
      exp: f.clock.ms / 1000 + 300,
      delegation_chain: [],
    };
    expect(await f.app.validate(agent.accessToken)).toMatchObject({ valid: true, claims });
    expect(await validate(f.url, agent.accessToken)).toMatchObject({ valid: true, claims });
  });

  test('renews: another token, the same id, and the old token is dead (story 2)', async () => {
    await using f = await fixture();
    const agent = await f.create(['read:data:*']);
    const { agentId, accessToken } = agent;
    await agent.renew();
    expect(agent.accessToken).not.toBe(accessToken);
    expect(agent.agentId).toBe(agentId);
    expect(await f.app.validate(accessToken)).toEqual(INVALID);
    expect(await f.app.validate(agent.accessToken)).toMatchObject({ claims: { sub: agentId } });
  });

  test('renews for as long as it does so in time', async () => {
    await using f = await fixture();
    const agent = await f.create(['read:data:*'], 'task-1', 10);
    for (let cycle = 0; cycle < 5; cycle += 1) {
      f.clock.ms += 9000;
      await agent.renew();
      expect(agent.expiresIn).toBe(10);
    }
    expect(await f.alive(agent)).toBe(true);
  });

  test('releases: its token is dead, and releasing again is silent (story 3)', async () => {
    await using f = await fixture();
    const agent = await f.create(['read:data:*']);
    await agent.release();
    expect(await f.app.validate(agent.accessToken)).toEqual(INVALID);
    await agent.release();
    expect(agent.released).toBe(true);
  });

  test('that outlives its token releases without complaint, but cannot renew (story 10)', async () => {
    await using f = await fixture();
    const agent = await f.create(['read:data:*'], 'task-1', 5);
    expect(await f.alive(agent)).toBe(true);
    f.clock.ms += 7000;
    expect(await f.app.validate(agent.accessToken)).toEqual(INVALID);
    expect(await rejection(agent.renew())).toMatchObject({ name: 'AuthenticationError' });
    expect(agent.released).toBe(false);
    await agent.release();
    expect(agent.released).toBe(true);
  });

  test('that is revoked cannot renew, and releases without complaint', async () => {
    await using f = await fixture();
    const agent = await f.create(['read:data:*']);
    await f.operator.revoke({ level: 'agent', target: agent.agentId });
    expect(await f.alive(agent)).toBe(false);
    expect(await rejection(agent.renew())).toMatchObject({ status: 401, code: 'unauthorized' });
    await agent.release();
  });

  test('is one of several with ids and scopes of their own (story 12)', async () => {
    await using f = await fixture();
    const agents = await Promise.all(
      ['a', 'b', 'c'].map((name) => f.create([`read:data:${name}`], `task-${name}`)),
    );
    expect(new Set(agents.map((agent) => agent.agentId)).size).toBe(3);
    await agents[0]?.release();
    const results = await Promise.all(agents.map((agent) => f.app.validate(agent.accessToken)));
    expect(results).toMatchObject([
      { valid: false },
      { valid: true, claims: { scope: ['read:data:b'] } },
      { valid: true, claims: { scope: ['read:data:c'] } },
    ]);
  });

  test('checks its own scope without asking anybody (story 9)', async () => {
    await using f = await fixture();
    const agent = await f.create(['read:data:customer-7', 'write:data:*']);
    expect(scopeIsSubset(['read:data:customer-7', 'write:data:order-9'], agent.scope)).toBe(true);
    expect(scopeIsSubset(['read:data:customer-8'], agent.scope)).toBe(false);
  });

  test('beyond the ceiling of its app is refused', async () => {
    await using f = await fixture();
    expect(await rejection(f.create(['admin:revoke:*']))).toMatchObject({
      name: 'AuthorizationError',
      code: 'forbidden',
      problem: { detail: `requested scopes exceed app ceiling; allowed: [${CEILING.join(' ')}]` },
    });
  });
});

describe('a delegation', () => {
  test('of narrower scope is valid with exactly that scope (story 5)', async () => {
    await using f = await fixture();
    const [from, to] = [await f.create(['read:data:*']), await f.create(['read:config:*'])];
    const token = await from.delegate({ to: to.agentId, scope: ['read:data:order-7'], ttl: 30 });
    expect(token).toMatchObject({ agentId: to.agentId, expiresIn: 30 });
    expect(token.delegationChain).toMatchObject([{ agent: from.agentId, scope: ['read:data:*'] }]);
    expect(await f.app.validate(token.accessToken)).toMatchObject({
      valid: true,
      claims: {
        sub: to.agentId,
        scope: ['read:data:order-7'],
        delegation_chain: token.delegationChain,
      },
    });
  });

  test('of everything held is accepted, for 60 seconds by default (story 8)', async () => {
    await using f = await fixture();
    const from = await f.create(['read:data:*', 'write:data:*']);
    const token = await from.delegate({ to: from.agentId, scope: from.scope });
    expect(token.expiresIn).toBe(60);
    expect(await f.alive(token)).toBe(true);
    f.clock.ms += 61_000;
    expect(await f.alive(token)).toBe(false);
  });

  test('of a scope not held is refused here and at the broker alike (stories 6 and 11)', async () => {
    await using f = await fixture();
    const agent = await f.create(['read:data:*']);
    const scope = ['write:data:order-7'];
    expect(await rejection(agent.delegate({ to: agent, scope }))).toMatchObject({
      name: 'DelegationError',
      code: 'scope_violation',
      missing: scope,
    });
    const answer = await fetch(`${f.url}/v1/delegate`, {
      method: 'POST',
      headers: { ...agent.bearerHeader },
      body: JSON.stringify({ delegate_to: agent.agentId, scope }),
    });
    expect(await answer.json()).toMatchObject({
      type: 'urn:agentwrit:error:scope_violation',
      title: 'Forbidden',
      status: 403,
      detail: 'delegated scope exceeds delegator scope',
      instance: '/v1/delegate',
      error_code: 'scope_violation',
      request_id: expect.stringMatching(/^[0-9a-f]{16}$/) as unknown,
    });
  });

  test('to an agent that the broker does not know is refused', async () => {
    await using f = await fixture();
    const agent = await f.create(['read:data:*']);
    const to = agent.agentId.replace(/[^/]+$/, '0'.repeat(16));
    const error = await rejection(agent.delegate({ to, scope: ['read:data:*'] }));
    expect(error).toMatchObject({ status: 404, code: 'not_found' });
  });

  test('can be handed on over plain HTTP, narrowed once more (story 7)', async () => {
    await using f = await fixture();
    const a = await f.create(['read:data:*', 'write:data:*'], 'a');
    const b = await f.create(['read:config:*'], 'b');
    const c = await f.create(['read:config:*'], 'c');
    const first = await a.delegate({ to: b.agentId, scope: ['read:data:*'] });
    const answer = await fetch(`${f.url}/v1/delegate`, {
      method: 'POST',
      headers: { ...first.bearerHeader },
      body: JSON.stringify({ delegate_to: c.agentId, scope: ['read:data:order-7'] }),
    });
    const { access_token } = (await answer.json()) as { access_token: string };
    expect(await f.app.validate(access_token)).toMatchObject({
      valid: true,
      claims: {
        sub: c.agentId,
        task_id: 'a',
        scope: ['read:data:order-7'],
        delegation_chain: [
          { agent: a.agentId, scope: ['read:data:*', 'write:data:*'] },
          { agent: b.agentId, scope: ['read:data:*'] },
        ],
      },
    });
  });

  test('outlives its delegator and dies with its chain', async () => {
    await using f = await fixture();
    const agent = await f.create(['read:data:*']);
    const token = await agent.delegate({ to: agent.agentId, scope: ['read:data:*'] });
    await agent.release();
    expect(await f.alive(token)).toBe(true);
    await f.operator.revoke({ level: 'chain', target: agent.agentId });
    expect(await f.alive(token)).toBe(false);
  });
});

describe('validation', () => {
  test.each(['random text', 'a.b.c', 'a.b.c.d.e', "' OR 1=1 --", 'x'.repeat(1000), ' ', ''])(
    'of garbage (%s) is invalid, not an error (story 14)',
    async (garbage) => {
      await using f = await fixture();
      expect(await f.app.validate(garbage)).toEqual(INVALID);
      expect(await validate(f.url, garbage)).toEqual(INVALID);
    },
  );
});

describe('an app', () => {
  test('tells the health of its broker (story 15)', async () => {
    await using f = await fixture();
    expect(await f.app.health()).toMatchObject({ status: 'ok', dbConnected: true });
  });

  test('with wrong credentials is refused', async () => {
    await using f = await fixture();
    const options = { brokerUrl: f.url, clientId: 'fake-client-id', clientSecret: 'x' };
    await using app = new AgentWritApp(options);
    const call = app.createAgent({ orchId: 'o', taskId: 't', scope: ['read:data:*'] });
    expect(await rejection(call)).toMatchObject({
      name: 'AuthenticationError',
      problem: { title: 'Unauthorized', detail: 'Authentication failed' },
    });
  });

  test('whose own tokens live for the shortest time does not meet the rate limit', async () => {
    await using f = await fixture({ tokenTtl: 60 });
    for (let count = 0; count < 6; count += 1) await f.create(['read:data:*']);
  });

  test('whose token has expired by the clock of the broker goes on all the same', async () => {
    await using f = await fixture({ tokenTtl: 60 });
    await f.create(['read:data:*']);
    f.clock.ms += 3_600_000;
    expect(await f.alive(await f.create(['read:data:*']))).toBe(true);
  });

  test('that authenticates too often is told when to come back', async () => {
    await using f = await fixture();
    const outcomes = Array.from({ length: 4 }, async () => {
      const options = { brokerUrl: f.url, clientId: 'one-client', clientSecret: 'x' };
      await using app = new AgentWritApp(options);
      const scope = ['read:data:*'];
      return await rejection(app.createAgent({ orchId: 'o', taskId: 't', scope }));
    });
    const errors = await Promise.all(outcomes);
    expect(errors.map((error) => (error as Error).name).toSorted()).toEqual([
      'AuthenticationError',
      'AuthenticationError',
      'AuthenticationError',
      'RateLimitError',
    ]);
    const limited = errors.find((error) => (error as Error).name === 'RateLimitError');
    expect(limited).toMatchObject({ code: 'rate_limited', status: 429, retryAfterSeconds: 60 });
  });
});

describe('an operator', () => {
  test('revokes one token, one agent, one task', async () => {
    await using f = await fixture();
    const [reader, writer, analyst, archivist] = await Promise.all([
      f.create(['read:data:*'], 'incident'),
      f.create(['write:data:*'], 'incident'),
      f.create(['read:data:*'], 'incident'),
      f.create(['read:data:*'], 'other'),
    ]);
    const all = [reader, writer, analyst, archivist];
    const alive = (): Promise<boolean[]> => Promise.all(all.map((agent) => f.alive(agent)));
    const validation = await f.app.validate(reader.accessToken);
    const target = validation.valid ? validation.claims.jti : '';
    expect(await f.operator.revoke({ level: 'token', target })).toEqual({
      revoked: true,
      level: 'token',
      target,
      count: 1,
    });
    expect(await alive()).toEqual([false, true, true, true]);
    await f.operator.revoke({ level: 'agent', target: writer.agentId });
    expect(await alive()).toEqual([false, false, true, true]);
    await f.operator.revoke({ level: 'task', target: 'incident' });
    expect(await alive()).toEqual([false, false, false, true]);
  });

  test('is told what is wrong with an app', async () => {
    await using f = await fixture();
    const scopes = ['read:data:*'];
    for (const wrong of [{ name: 'Orders!' }, { name: 'more', tokenTtl: 59 }]) {
      const error = await rejection(f.operator.registerApp({ scopes, ...wrong }));
      expect(error).toBeInstanceOf(TypeError);
    }
    expect(await rejection(f.operator.registerApp({ name: 'orders', scopes }))).toMatchObject({
      status: 500,
    });
  });

  test('with the wrong secret is refused', async () => {
    await using f = await fixture();
    await using operator = new AgentWritOperator({ brokerUrl: f.url, adminSecret: 'guess' });
    const call = operator.revoke({ level: 'task', target: 't' });
    expect(await rejection(call)).toMatchObject({ name: 'AuthenticationError' });
  });
});
