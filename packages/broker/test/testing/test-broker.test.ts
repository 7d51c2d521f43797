import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { scopeIsSubset } from '@agentwrit/protocol';
import {
  createTestBroker,
  type TestBroker,
  type TestBrokerOptions,
} from '../../src/testing/index.js';

const brokers: TestBroker[] = [];
afterEach(async () => {
  await Promise.all(brokers.splice(0).map((broker) => broker.close()));
});

async function start(options: TestBrokerOptions = {}): Promise<TestBroker> {
  const broker = await createTestBroker(options);
  brokers.push(broker);
  return broker;
}

interface Validation {
  readonly valid: boolean;
  readonly claims?: Record<string, unknown>;
}

function ask(broker: TestBroker, token: string): Request {
  const body = JSON.stringify({ token });
  return new Request(`${broker.url}/v1/token/validate`, { method: 'POST', body });
}

async function validate(broker: TestBroker, token: string): Promise<Validation> {
  return (await (await fetch(ask(broker, token))).json()) as Validation;
}

describe('a test broker', () => {
  it('listens on a loopback port and answers in process, too', async () => {
    const broker = await start();
    expect(broker.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const over = await fetch(`${broker.url}/v1/health`);
    const within = await broker.fetch(new Request(`${broker.url}/v1/health`));
    expect([over.status, within.status]).toEqual([200, 200]);
  });

  it('lets suites log in as often as they like', async () => {
    const broker = await start();
    const login = (): Promise<Response> =>
      fetch(`${broker.url}/v1/admin/auth`, {
        method: 'POST',
        body: JSON.stringify({ secret: broker.adminSecret }),
      });
    for (let attempt = 0; attempt < 15; attempt += 1) expect((await login()).status).toBe(200);
  });

  it('takes the options of a broker, and says which one it does not know', async () => {
    const broker = await start({ audience: 'orders-api', strict: true });
    const { claims } = await broker.issueToken({ scope: ['read:data:1'] });
    expect(claims.aud).toEqual(['orders-api']);
    await expect(createTestBroker({ adience: 'x' } as TestBrokerOptions)).rejects.toThrow(
      'adience',
    );
  });

  it('does not show its secret when it is printed', async () => {
    const broker = await start({ adminSecret: 'a-marked-secret' });
    expect(inspect(broker, { depth: 9 })).not.toContain('a-marked-secret');
  });
});

describe('issueToken', () => {
  it('makes an agent of a task, whose token the broker vouches for', async () => {
    const broker = await start();
    const scope = ['read:data:*', 'write:data:order-7'];
    const issued = await broker.issueToken({ scope, taskId: 'task-9', orchId: 'orch-4', ttl: 40 });
    const { valid, claims } = await validate(broker, issued.token);
    expect(valid).toBe(true);
    expect(claims).toEqual({
      iss: '',
      sub: issued.agentId,
      exp: issued.claims.exp,
      nbf: issued.claims.exp - 40,
      iat: issued.claims.exp - 40,
      jti: issued.tokenId,
      scope,
      task_id: 'task-9',
      orch_id: 'orch-4',
    });
    expect(issued.agentId).toMatch(
      /^spiffe:\/\/agentwrit\.local\/agent\/orch-4\/task-9\/[0-9a-f]{16}$/,
    );
  });

  it('makes an agent that others can delegate to', async () => {
    const broker = await start();
    const { token } = await broker.issueToken({ scope: ['read:data:*'] });
    const other = await broker.issueToken({ scope: ['read:data:1'] });
    const answer = await fetch(`${broker.url}/v1/delegate`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify({ delegate_to: other.agentId, scope: ['read:data:1'] }),
    });
    expect(answer.status).toBe(200);
  });

  it('makes tokens of operators and apps, which have no task', async () => {
    const broker = await start();
    const admin = await broker.issueToken({ scope: ['admin:revoke:*'], subject: 'admin' });
    expect((await validate(broker, admin.token)).claims).not.toHaveProperty('task_id');
    const answer = await fetch(`${broker.url}/v1/revoke`, {
      method: 'POST',
      headers: { authorization: `Bearer ${admin.token}` },
      body: JSON.stringify({ level: 'task', target: 'task-1' }),
    });
    expect(answer.status).toBe(200);
  });

  it('delegates over several hops, with the chain and the task of the delegator', async () => {
    const broker = await start();
    const root = await broker.issueToken({ scope: ['read:data:*'], taskId: 'task-root' });
    const middle = await broker.issueToken({ scope: ['read:data:*'], delegatedBy: root });
    const last = await broker.issueToken({ scope: ['read:data:1'], delegatedBy: middle });
    const { claims } = await validate(broker, last.token);
    expect(claims?.['task_id']).toBe('task-root');
    const chain = claims?.['delegation_chain'] as { agent: string; scope: string[] }[];
    expect(chain.map(({ agent }) => agent)).toEqual([root.agentId, middle.agentId]);
    expect(chain.every(({ scope }) => scopeIsSubset(['read:data:1'], scope))).toBe(true);
    broker.revoke({ level: 'chain', target: root.agentId });
    expect((await validate(broker, last.token)).valid).toBe(false);
    expect((await validate(broker, root.token)).valid).toBe(true);
  });

  it('says what no broker would say when it is told to', async () => {
    const broker = await start();
    const claims = { aud: ['another-api'], iss: 'somebody', exp: 4_000_000_000 };
    const issued = await broker.issueToken({ scope: ['read:data:1'], claims });
    expect((await validate(broker, issued.token)).claims).toMatchObject(claims);
    const past = await broker.issueToken({ scope: ['read:data:1'], claims: { exp: 1 } });
    expect((await validate(broker, past.token)).valid).toBe(false);
  });

  it.each([
    ['scope', { scope: 'read:data:1' }],
    ['scope', {}],
    ['ttl', { scope: ['read:data:1'], ttl: 0 }],
    ['taskId', { scope: ['read:data:1'], taskId: 'a/b' }],
    ['tll', { scope: ['read:data:1'], tll: 5 }],
  ])('names the option that cannot be: %s', async (name, options) => {
    const broker = await start();
    await expect(broker.issueToken(options as never)).rejects.toThrow(name);
  });
});

describe('revoke', () => {
  it.each(['token', 'agent', 'task'] as const)('kills at level %s, at once', async (level) => {
    const broker = await start();
    const issued = await broker.issueToken({ scope: ['read:data:1'], taskId: 'task-5' });
    const other = await broker.issueToken({ scope: ['read:data:1'], taskId: 'task-6' });
    const target = { token: issued.tokenId, agent: issued.agentId, task: 'task-5' }[level];
    broker.revoke({ level, target });
    expect((await validate(broker, issued.token)).valid).toBe(false);
    expect((await validate(broker, other.token)).valid).toBe(true);
  });

  it('refuses a level that is none', async () => {
    const broker = await start();
    expect(() => broker.revoke({ level: 'agents' as 'agent', target: 'x' })).toThrow('"level"');
    expect(() => broker.revoke({ level: 'agent', target: '' })).toThrow('"target"');
  });
});

describe('the clock', () => {
  it('moves tokens to their end without waiting', async () => {
    const broker = await start();
    const { token } = await broker.issueToken({ scope: ['read:data:1'], ttl: 300 });
    broker.clock.advance(290);
    expect((await validate(broker, token)).valid).toBe(true);
    broker.clock.advance(12);
    expect((await validate(broker, token)).valid).toBe(false);
  });

  it('can be set, and goes on from there', async () => {
    const broker = await start();
    broker.clock.set(new Date('2031-01-01T00:00:00Z'));
    const { claims } = await broker.issueToken({ scope: ['read:data:1'] });
    expect(new Date(claims.iat * 1000).getUTCFullYear()).toBe(2031);
    const before = broker.clock.now();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(broker.clock.now()).toBeGreaterThan(before);
  });

  it('refuses what is no time', async () => {
    const { clock } = await start();
    expect(() => clock.advance(Number.NaN)).toThrow('seconds');
    expect(() => clock.set(new Date('yesterday'))).toThrow('time');
  });
});

describe('faults', () => {
  it('goDown refuses connections, breaks off what runs, and is over with recover', async () => {
    const broker = await start();
    const { token } = await broker.issueToken({ scope: ['read:data:1'] });
    await broker.hang();
    const running = validate(broker, token).catch((error: unknown) => error);
    await until(() => broker.requestCount('/v1/token/validate') === 1);
    await broker.goDown();
    expect(await running).toBeInstanceOf(TypeError);
    await expect(validate(broker, token)).rejects.toMatchObject({
      cause: { code: 'ECONNREFUSED' },
    });
    await expect(broker.fetch(ask(broker, token))).rejects.toBeInstanceOf(TypeError);
    await broker.recover();
    expect((await validate(broker, token)).valid).toBe(true);
  });

  it('hang never answers, on a socket or in process, and lets the caller give up', async () => {
    const broker = await start();
    await broker.hang();
    const give = { signal: AbortSignal.timeout(60) };
    await expect(fetch(`${broker.url}/v1/health`, give)).rejects.toMatchObject({
      name: 'TimeoutError',
    });
    const request = new Request(`${broker.url}/v1/health`, { signal: AbortSignal.timeout(60) });
    await expect(broker.fetch(request)).rejects.toMatchObject({ name: 'TimeoutError' });
    await broker.recover();
    expect((await fetch(`${broker.url}/v1/health`)).status).toBe(200);
  });

  it('fail answers with a status, and with the text and headers that go with it', async () => {
    const broker = await start();
    const { token } = await broker.issueToken({ scope: ['read:data:1'] });
    await broker.fail(503, { body: '<h1>busy</h1>', headers: { 'Retry-After': '7' } });
    const answer = await fetch(ask(broker, token));
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '7']);
    expect(await answer.text()).toBe('<h1>busy</h1>');
    await broker.fail(500);
    expect((await broker.fetch(ask(broker, token))).status).toBe(500);
    await broker.recover();
    expect((await validate(broker, token)).valid).toBe(true);
  });

  it('refuses a status that is none, and stays as it was', async () => {
    const broker = await start();
    await expect(broker.fail(99)).rejects.toThrow('status');
    expect((await fetch(`${broker.url}/v1/health`)).status).toBe(200);
    await broker.recover();
  });

  it('counts the requests that arrive, whatever becomes of them', async () => {
    const broker = await start();
    const { token } = await broker.issueToken({ scope: ['read:data:1'] });
    await validate(broker, token);
    await broker.fail(500);
    await fetch(`${broker.url}/v1/health?from=test`);
    await broker.goDown();
    await validate(broker, token).catch(() => undefined);
    expect(broker.requestCount()).toBe(2);
    expect(broker.requestCount('/v1/token/validate')).toBe(1);
    expect(broker.requestCount('/v1/health')).toBe(1);
    expect(broker.requestCount('/v1/revoke')).toBe(0);
  });

  it('close ends a broker in any state', async () => {
    for (const fault of ['goDown', 'hang', 'recover'] as const) {
      const broker = await start();
      await broker[fault]();
      const running = fetch(`${broker.url}/v1/health`).catch(() => undefined);
      await broker.close();
      await broker.close();
      await running;
      await expect(fetch(`${broker.url}/v1/health`)).rejects.toBeInstanceOf(TypeError);
    }
  });
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
