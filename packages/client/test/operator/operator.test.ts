import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import {
  AgentWritOperator,
  type IssueLaunchTokenOptions,
  type RegisterAppOptions,
  type RevokeOptions,
} from '../../src/index.js';
import {
  AGENT_ID,
  ADMIN_AUTH,
  ADMIN_LAUNCH,
  type Answer,
  AUDIT,
  deadToken,
  FakeBroker,
  GET_APP,
  json,
  LIST_APPS,
  REGISTER_APP,
  rejection,
  REMOVE_APP,
  REVOKE,
  UPDATE_APP,
} from '../fake-broker.js';
import { collect } from './scripted-log.js';
import { shown } from '../shown.js';

const APP = { name: 'orders', scopes: ['read:data:*'] };

function operatorOf(broker: FakeBroker): AgentWritOperator {
  return new AgentWritOperator({ brokerUrl: broker.url, adminSecret: 'admin-secret' });
}

describe('an operator', () => {
  test('registers an app and is told its credentials', async () => {
    await using broker = await FakeBroker.start();
    await using operator = operatorOf(broker);
    expect(broker.seen).toHaveLength(0);
    const { appId, clientId, clientSecret, scopes, tokenTtl } = await operator.registerApp({
      ...APP,
      tokenTtl: 900,
    });
    expect({ appId, clientId, clientSecret, scopes, tokenTtl }).toEqual({
      appId: 'app-orders-0a1b2c',
      clientId: 'or-0123456789ab',
      clientSecret: 'client-secret-of-orders',
      scopes: ['read:data:*'],
      tokenTtl: 1800,
    });
    expect(broker.to(ADMIN_AUTH)[0]?.body).toEqual({ secret: 'admin-secret' });
    expect(broker.to(REGISTER_APP)[0]).toMatchObject({
      headers: { authorization: 'Bearer access-token-1' },
      body: { name: 'orders', scopes: ['read:data:*'], token_ttl: 900 },
    });
  });

  test('leaves the ttl to the broker when there is none', async () => {
    await using broker = await FakeBroker.start();
    await using operator = operatorOf(broker);
    await operator.registerApp(APP);
    expect(broker.to(REGISTER_APP)[0]?.body).toEqual(APP);
  });

  test('revokes', async () => {
    await using broker = await FakeBroker.start();
    await using operator = operatorOf(broker);
    const result = await operator.revoke({ level: 'task', target: 'task-1' });
    expect(result).toEqual({ revoked: true, level: 'task', target: 'task-1', count: 1 });
    expect(broker.to(REVOKE)[0]?.body).toEqual({ level: 'task', target: 'task-1' });
  });

  test.each<{ name: string; answer: object }>([
    { name: 'anything but a clear yes', answer: { revoked: false } },
    { name: 'that of another target', answer: { target: 'task-2' } },
    { name: 'that at another level', answer: { level: 'agent' } },
  ])('does not take $name for its revocation', async ({ answer }) => {
    await using broker = await FakeBroker.start();
    const usual = { revoked: true, level: 'task', target: 'task-1', count: 1 };
    broker.on(REVOKE, json(200, { ...usual, ...answer }));
    await using operator = operatorOf(broker);
    const call = operator.revoke({ level: 'task', target: 'task-1' });
    expect(await rejection(call)).toMatchObject({ code: 'malformed_answer' });
  });

  test('shares one session, and renews it when it is refused', async () => {
    await using broker = await FakeBroker.start();
    await using operator = operatorOf(broker);
    const revoke = () => operator.revoke({ level: 'task', target: 'task-1' });
    await Promise.all([revoke(), revoke(), operator.registerApp(APP)]);
    expect(broker.to(ADMIN_AUTH)).toHaveLength(1);
    broker.on(
      REVOKE,
      deadToken,
      json(200, { revoked: true, level: 'task', target: 'task-1', count: 1 }),
    );
    await revoke();
    expect(broker.to(ADMIN_AUTH)).toHaveLength(2);
  });

  test('that is closed sends nothing', async () => {
    await using broker = await FakeBroker.start();
    const operator = operatorOf(broker);
    await operator.close();
    expect(await rejection(operator.registerApp(APP))).toMatchObject({ code: 'closed' });
    expect(broker.seen).toHaveLength(0);
  });

  test.each([
    { name: '"name"', options: { name: '' } },
    { name: '"name"', options: { name: 'a-b' } },
    { name: '"name"', options: { name: `${'a'.repeat(100_000)}!` } },
    { name: '"scopes"', options: { scopes: [] } },
    { name: '"scopes[0]"', options: { scopes: ['read'] } },
    { name: '"tokenTtl"', options: { tokenTtl: Number.NaN } },
    { name: '"tokenTtl"', options: { tokenTtl: 59 } },
    { name: '"tokenTtl"', options: { tokenTtl: 86_401 } },
    { name: '"signal"', options: { signal: {} } },
    { name: 'unknown option "ttl"', options: { ttl: 60 } },
  ])('registers nothing with a wrong $name', async ({ name, options }) => {
    await using broker = await FakeBroker.start();
    await using operator = operatorOf(broker);
    const call = operator.registerApp({ ...APP, ...options } as RegisterAppOptions);
    const error = await rejection(call);
    expect(error).toBeInstanceOf(TypeError);
    expect(String(error)).toContain(name);
    expect(broker.seen).toHaveLength(0);
  });

  test.each([
    { name: '"level"', options: { level: 'Agent' } },
    { name: '"target"', options: { target: '' } },
    { name: '"target"', options: { target: 'nobody' } },
    { name: '"target"', options: { level: 'chain', target: 'task-1' } },
    { name: '"target"', options: { level: 'task', target: 'task 1' } },
    { name: '"jti"', options: { level: 'token', target: 'aaaa.bbbb.cccc' } },
    { name: '"target"', options: { target: 'app:app-orders-0a1b2c\n' } },
    { name: '"target"', options: { target: ' app:app-orders-0a1b2c' } },
    { name: '"target"', options: { target: 'app:\ud800' } },
    { name: '"signal"', options: { signal: {} } },
    { name: 'unknown option "reason"', options: { reason: 'x' } },
  ])('revokes nothing with a wrong $name', async ({ name, options }) => {
    await using broker = await FakeBroker.start();
    await using operator = operatorOf(broker);
    const call = operator.revoke({ level: 'agent', target: AGENT_ID, ...options } as RevokeOptions);
    const error = await rejection(call);
    expect(error).toBeInstanceOf(TypeError);
    expect(String(error)).toContain(name);
    expect(broker.seen).toHaveLength(0);
  });

  test.each([
    { name: '"adminSecret"', options: { adminSecret: '' } },
    { name: '"brokerUrl"', options: { brokerUrl: 'x' } },
    { name: 'unknown option "secret"', options: { secret: 'x' } },
  ])('with a wrong $name is not made', ({ name, options }) => {
    const base = { brokerUrl: 'http://localhost', adminSecret: 'x' };
    const make = (): AgentWritOperator => new AgentWritOperator({ ...base, ...options });
    expect(make).toThrow(TypeError);
    expect(make).toThrow(name);
  });
});

const APP_ID = 'app-orders-0a1b2c';
const LAUNCH_OPTIONS = { agentName: 'night-run', scope: ['read:data:*'] };

describe('a launch token', () => {
  test('is issued with what was asked for', async () => {
    await using broker = await FakeBroker.start();
    await using operator = operatorOf(broker);
    const token = await operator.issueLaunchToken({
      ...LAUNCH_OPTIONS,
      maxTtl: 120,
      ttl: 600,
      singleUse: false,
    });
    expect(broker.to(ADMIN_LAUNCH)[0]?.body).toEqual({
      agent_name: 'night-run',
      allowed_scope: ['read:data:*'],
      max_ttl: 120,
      ttl: 600,
      single_use: false,
    });
    expect(token.launchToken).toBe('launch-token-2');
    expect(token).toMatchObject({
      expiresAt: new Date('2026-02-15T12:00:30Z'),
      scope: ['read:data:*'],
      maxTtl: 300,
    });
  });

  test('is for one agent, and its times are up to the broker, unless said otherwise', async () => {
    await using broker = await FakeBroker.start();
    await using operator = operatorOf(broker);
    await operator.issueLaunchToken(LAUNCH_OPTIONS);
    expect(broker.to(ADMIN_LAUNCH)[0]?.body).toEqual({
      agent_name: 'night-run',
      allowed_scope: ['read:data:*'],
      single_use: true,
    });
  });

  test.each([
    { name: '"agentName"', options: { agentName: '' } },
    { name: '"scope"', options: { scope: [] } },
    { name: '"scope[0]"', options: { scope: ['read'] } },
    { name: '"maxTtl"', options: { maxTtl: 0 } },
    { name: '"ttl"', options: { ttl: -1 } },
    { name: '"singleUse"', options: { singleUse: 'no' } },
    { name: '"signal"', options: { signal: {} } },
    { name: 'unknown option "tokenTtl"', options: { tokenTtl: 60 } },
  ])('is not issued with a wrong $name', async ({ name, options }) => {
    await using broker = await FakeBroker.start();
    await using operator = operatorOf(broker);
    const call = operator.issueLaunchToken({
      ...LAUNCH_OPTIONS,
      ...options,
    } as IssueLaunchTokenOptions);
    const error = await rejection(call);
    expect(error).toBeInstanceOf(TypeError);
    expect(String(error)).toContain(name);
    expect(broker.seen).toHaveLength(0);
  });
});

describe('an operator from the environment', () => {
  const ENV = { AGENTWRIT_BROKER_URL: 'http://localhost:1/', AGENTWRIT_ADMIN_SECRET: 'x' };

  test('is made of two variables', async () => {
    await using broker = await FakeBroker.start();
    const env = { AGENTWRIT_BROKER_URL: broker.url, AGENTWRIT_ADMIN_SECRET: 'admin-secret' };
    await using operator = AgentWritOperator.fromEnv({ userAgent: 'ops/1' }, env);
    await operator.listApps();
    expect(broker.to(ADMIN_AUTH)[0]).toMatchObject({
      headers: { 'user-agent': 'ops/1' },
      body: { secret: 'admin-secret' },
    });
  });

  test.each(['AGENTWRIT_BROKER_URL', 'AGENTWRIT_ADMIN_SECRET'])('needs %s', (name) => {
    for (const value of ['', undefined]) {
      const make = () => AgentWritOperator.fromEnv({}, { ...ENV, [name]: value });
      expect(make).toThrow(TypeError);
      expect(make).toThrow(name);
    }
  });
});

const SECRETS = /access-token-\d|launch-token-\d|admin-secret/;

/** Everything the request carried, back in the answer. */
function echo(status: number, type: string): Answer {
  return (response, { headers, body }) => {
    const text = `${headers.authorization} ${JSON.stringify(body)}`;
    response.writeHead(status, { 'content-type': type });
    response.end(JSON.stringify({ title: text, detail: text, error_code: text, status: text }));
  };
}

describe('what an operator knows is never printed', () => {
  test('of a launch token, and the rest of it is', async () => {
    await using broker = await FakeBroker.start();
    await using operator = operatorOf(broker);
    const token = await operator.issueLaunchToken(LAUNCH_OPTIONS);
    expect(token.launchToken).toMatch(SECRETS);
    expect(shown(token)).not.toMatch(SECRETS);
    expect(inspect(token)).toMatch(/^LaunchToken \{.*read:data:\*/s);
    expect(shown(operator)).not.toMatch(SECRETS);
    expect(shown(operator.auditEvents())).not.toMatch(SECRETS);
  });

  test.each([
    { name: '400', answer: echo(400, 'application/problem+json') },
    { name: '403', answer: echo(403, 'application/problem+json') },
    { name: '500 in text', answer: echo(500, 'text/plain') },
    { name: '200 of another shape', answer: echo(200, 'application/json') },
    { name: '201 in text', answer: echo(201, 'text/plain') },
  ])('by an echo with $name', async ({ answer }) => {
    await using broker = await FakeBroker.start();
    await using operator = operatorOf(broker);
    await operator.listApps();
    const routes = [LIST_APPS, GET_APP, UPDATE_APP, REMOVE_APP, ADMIN_LAUNCH, AUDIT];
    for (const route of routes) broker.on(route, answer);
    const failures = await Promise.all([
      rejection(operator.listApps()),
      rejection(operator.getApp(APP_ID)),
      rejection(operator.updateApp(APP_ID, { tokenTtl: 60 })),
      rejection(operator.removeApp(APP_ID)),
      rejection(operator.issueLaunchToken(LAUNCH_OPTIONS)),
      rejection(collect(operator.auditEvents())),
    ]);
    for (const failure of failures) {
      expect(failure).toBeInstanceOf(Error);
      expect(shown(failure)).not.toMatch(SECRETS);
    }
  });
});
