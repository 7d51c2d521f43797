import { describe, expect, test } from 'vitest';
import { AgentWritOperator, type UpdateAppOptions } from '../../src/index.js';
import {
  ADMIN_LAUNCH,
  APP_ANSWER,
  FakeBroker,
  GET_APP,
  json,
  LIST_APPS,
  REGISTER_APP,
  rejection,
  REMOVE_APP,
  UPDATE_APP,
} from '../fake-broker.js';

const APP = { name: 'orders', scopes: ['read:data:*'] };
const LAUNCH_OPTIONS = { agentName: 'night-run', scope: ['read:data:*'] };

function operatorOf(broker: FakeBroker): AgentWritOperator {
  return new AgentWritOperator({ brokerUrl: broker.url, adminSecret: 'admin-secret' });
}

const APP_ID = 'app-orders-0a1b2c';

describe('an operator of apps', () => {
  test('tells of an app what the broker does, and nothing can be changed in it', async () => {
    await using broker = await FakeBroker.start();
    await using operator = operatorOf(broker);
    const details = {
      appId: APP_ID,
      name: 'orders',
      clientId: 'or-0123456789ab',
      scopes: ['read:data:*'],
      tokenTtl: 1800,
      status: 'active',
      createdAt: new Date('2026-02-15T12:00:00Z'),
      updatedAt: new Date('2026-02-15T12:00:30Z'),
    };
    const app = await operator.getApp(APP_ID);
    expect(app).toEqual(details);
    const apps = await operator.listApps();
    expect(apps).toEqual([details]);
    for (const part of [app, app.scopes, apps]) expect(Object.isFrozen(part)).toBe(true);
    expect(await operator.removeApp(APP_ID)).toEqual({
      appId: APP_ID,
      status: 'inactive',
      deregisteredAt: new Date('2026-02-15T12:01:00Z'),
    });
  });

  test.each([
    { options: { scopes: ['read:data:*'] }, body: { scopes: ['read:data:*'] } },
    { options: { tokenTtl: 60 }, body: { token_ttl: 60 } },
    {
      options: { scopes: ['read:data:*'], tokenTtl: 86_400 },
      body: { scopes: ['read:data:*'], token_ttl: 86_400 },
    },
  ])('sends no more of an update than was given: $body', async ({ options, body }) => {
    await using broker = await FakeBroker.start();
    await using operator = operatorOf(broker);
    await operator.updateApp(APP_ID, options);
    expect(broker.to(UPDATE_APP)[0]?.body).toEqual(body);
  });

  test.each([
    { name: '"scopes" or "tokenTtl"', options: {} },
    { name: '"scopes"', options: { scopes: [], tokenTtl: 60 } },
    { name: '"scopes[1]"', options: { scopes: ['read:data:*', 'read'], tokenTtl: 60 } },
    { name: '"tokenTtl"', options: { scopes: ['read:data:*'], tokenTtl: 59 } },
    { name: '"tokenTtl"', options: { scopes: ['read:data:*'], tokenTtl: 86_401 } },
    { name: '"tokenTtl"', options: { scopes: ['read:data:*'], tokenTtl: 60.5 } },
    { name: '"tokenTtl"', options: { scopes: ['read:data:*'], tokenTtl: null } },
    { name: '"signal"', options: { tokenTtl: 60, signal: {} } },
    { name: 'unknown option "name"', options: { tokenTtl: 60, name: 'x' } },
  ])('does no half of an update with a wrong $name', async ({ name, options }) => {
    await using broker = await FakeBroker.start();
    await using operator = operatorOf(broker);
    const call = operator.updateApp(APP_ID, options as unknown as UpdateAppOptions);
    const error = await rejection(call);
    expect(error).toBeInstanceOf(TypeError);
    expect(String(error)).toContain(name);
    expect(broker.seen).toHaveLength(0);
  });

  test.each(['', '.', '..', 'a/b', '../revoke', '/', '\ud800', 7])(
    'sends nothing for the id %j',
    async (id) => {
      await using broker = await FakeBroker.start();
      await using operator = operatorOf(broker);
      const appId = id as string;
      for (const call of [
        operator.getApp(appId),
        operator.updateApp(appId, { tokenTtl: 60 }),
        operator.removeApp(appId),
      ]) {
        const error = await rejection(call);
        expect(error).toBeInstanceOf(TypeError);
        expect(String(error)).toContain('"appId"');
      }
      expect(broker.seen).toHaveLength(0);
    },
  );

  test.each([
    { id: '%2e%2e', segment: '%252e%252e' },
    { id: 'a?b#c', segment: 'a%3Fb%23c' },
    { id: 'a b\r\nX: y', segment: 'a%20b%0D%0AX%3A%20y' },
    { id: '..\\revoke', segment: '..%5Crevoke' },
    { id: 'ä', segment: '%C3%A4' },
  ])('keeps the id $id in one segment of the path', async ({ id, segment }) => {
    await using broker = await FakeBroker.start();
    await using operator = operatorOf(broker);
    expect(await rejection(operator.removeApp(id))).toMatchObject({ status: 404 });
    expect(broker.seen.at(-1)?.route).toBe(`DELETE /v1/admin/apps/${segment}`);
  });

  test('does not take part of the list for the list, nor an app that goes on for a removal', async () => {
    await using broker = await FakeBroker.start();
    broker.on(LIST_APPS, json(200, { apps: [APP_ANSWER], total: 2 }));
    broker.on(REMOVE_APP, json(200, { ...APP_ANSWER, deregistered_at: '2026-02-15T12:01:00Z' }));
    await using operator = operatorOf(broker);
    expect(await rejection(operator.listApps())).toMatchObject({ code: 'malformed_answer' });
    expect(await rejection(operator.removeApp(APP_ID))).toMatchObject({ code: 'malformed_answer' });
  });

  test('reads a list of more than a mebibyte', async () => {
    await using broker = await FakeBroker.start();
    const apps = Array.from({ length: 5000 }, () => APP_ANSWER);
    broker.on(LIST_APPS, json(200, { apps, total: 5000 }));
    await using operator = operatorOf(broker);
    expect(await operator.listApps()).toHaveLength(5000);
  });

  test.each([
    { name: 'listing', route: LIST_APPS, requests: 2 },
    { name: 'reading', route: GET_APP, requests: 2 },
    { name: 'changing', route: UPDATE_APP, requests: 2 },
    { name: 'removing', route: REMOVE_APP, requests: 2 },
    { name: 'registering', route: REGISTER_APP, requests: 1 },
    { name: 'issuing a launch token', route: ADMIN_LAUNCH, requests: 1 },
  ])('asks $requests times when the connection breaks while $name', async ({ route, requests }) => {
    await using broker = await FakeBroker.start();
    broker.on(route, (response) => void response.destroy());
    await using operator = operatorOf(broker);
    const calls = new Map<string, () => Promise<unknown>>([
      [LIST_APPS, () => operator.listApps()],
      [GET_APP, () => operator.getApp(APP_ID)],
      [UPDATE_APP, () => operator.updateApp(APP_ID, { tokenTtl: 60 })],
      [REMOVE_APP, () => operator.removeApp(APP_ID)],
      [REGISTER_APP, () => operator.registerApp(APP)],
      [ADMIN_LAUNCH, () => operator.issueLaunchToken(LAUNCH_OPTIONS)],
    ]);
    expect(await rejection(Promise.resolve(calls.get(route)?.()))).toMatchObject({
      code: 'transport',
    });
    expect(broker.to(route)).toHaveLength(requests);
  });

  test('ends a call when its signal says so', async () => {
    await using broker = await FakeBroker.start();
    await using operator = operatorOf(broker);
    const signal = AbortSignal.abort(new Error('enough'));
    for (const call of [
      operator.listApps({ signal }),
      operator.getApp(APP_ID, { signal }),
      operator.updateApp(APP_ID, { tokenTtl: 60, signal }),
      operator.removeApp(APP_ID, { signal }),
      operator.issueLaunchToken({ ...LAUNCH_OPTIONS, signal }),
      operator.validate('x', { signal }),
    ]) {
      expect(await rejection(call)).toMatchObject({ message: 'enough' });
    }
    expect(broker.seen).toHaveLength(0);
  });
});
