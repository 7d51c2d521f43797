import { describe, expect, test } from 'vitest';
import { AgentWritOperator, type RegisterAppOptions, type RevokeOptions } from '../src/index.js';
import {
  ADMIN_AUTH,
  deadToken,
  FakeBroker,
  json,
  REGISTER_APP,
  rejection,
  REVOKE,
} from './fake-broker.js';

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

  test('does not take anything but a clear yes for a revocation', async () => {
    await using broker = await FakeBroker.start();
    broker.on(REVOKE, json(200, { revoked: false, level: 'task', target: 'task-1', count: 1 }));
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
      json(200, { revoked: true, level: 'task', target: 't', count: 1 }),
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
    { name: '"scopes"', options: { scopes: [] } },
    { name: '"scopes[0]"', options: { scopes: ['read'] } },
    { name: '"tokenTtl"', options: { tokenTtl: Number.NaN } },
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
    { name: '"signal"', options: { signal: {} } },
    { name: 'unknown option "reason"', options: { reason: 'x' } },
  ])('revokes nothing with a wrong $name', async ({ name, options }) => {
    await using broker = await FakeBroker.start();
    await using operator = operatorOf(broker);
    const call = operator.revoke({ level: 'agent', target: 'x', ...options } as RevokeOptions);
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
