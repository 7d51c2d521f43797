// What an operator does, each against an embedded broker of its own.

import { createBroker } from '@agentwrit/broker';
import { describe, expect, test } from 'vitest';
import { AgentWritApp, AgentWritOperator, registerAgent } from '../../src/index.js';
import { rejection } from '../fake-broker.js';
import { collect } from './scripted-log.js';

const APP = { name: 'orders', scopes: ['read:data:*'] };

/** A broker with an operator. */
async function realFixture() {
  const broker = createBroker({ bcryptCost: 4 });
  const { url } = await broker.listen();
  const operator = new AgentWritOperator({ brokerUrl: url, adminSecret: broker.adminSecret });
  return {
    url,
    operator,
    async [Symbol.asyncDispose]() {
      await operator.close();
      await broker.close();
    },
  };
}

describe('at a broker', () => {
  test('an app is registered, found, changed and removed', async () => {
    await using f = await realFixture();
    expect(await f.operator.listApps()).toEqual([]);
    const { appId, clientId, clientSecret } = await f.operator.registerApp(APP);
    await f.operator.registerApp({ name: 'billing', scopes: ['read:bills:*'], tokenTtl: 60 });
    const listed = await f.operator.listApps();
    expect(listed.map((app) => app.name)).toEqual(['billing', 'orders']);
    const orders = await f.operator.getApp(appId);
    expect(orders).toMatchObject({ appId, clientId, name: 'orders', status: 'active' });
    expect(listed[1]).toEqual(orders);

    const changed = await f.operator.updateApp(appId, { scopes: ['read:data:7'], tokenTtl: 600 });
    expect(changed).toMatchObject({ scopes: ['read:data:7'], tokenTtl: 600 });
    await using app = new AgentWritApp({ brokerUrl: f.url, clientId, clientSecret });
    const create = (scope: string) =>
      app.createAgent({ orchId: 'orch-1', taskId: 'task-1', scope: [scope] });
    expect(await rejection(create('read:data:8'))).toMatchObject({ code: 'forbidden' });
    expect((await create('read:data:7')).scope).toEqual(['read:data:7']);

    expect(await f.operator.removeApp(appId)).toMatchObject({ appId, status: 'inactive' });
    expect(await f.operator.removeApp(appId)).toMatchObject({ appId, status: 'inactive' });
    expect(await f.operator.getApp(appId)).toMatchObject({ status: 'inactive' });
    await using late = new AgentWritApp({ brokerUrl: f.url, clientId, clientSecret });
    const agent = late.createAgent({ orchId: 'a', taskId: 'b', scope: ['read:data:7'] });
    expect(await rejection(agent)).toMatchObject({ status: 401 });
  });

  test('an app that is not there is not found', async () => {
    await using f = await realFixture();
    const notFound = { status: 404, code: 'not_found' };
    for (const id of ['app-none-0a1b2c', 'x y', '%']) {
      expect(await rejection(f.operator.getApp(id))).toMatchObject(notFound);
      expect(await rejection(f.operator.updateApp(id, { tokenTtl: 60 }))).toMatchObject(notFound);
      expect(await rejection(f.operator.removeApp(id))).toMatchObject(notFound);
    }
  });

  test('a name is taken for ever', async () => {
    await using f = await realFixture();
    const { appId } = await f.operator.registerApp(APP);
    await f.operator.removeApp(appId);
    expect(await rejection(f.operator.registerApp(APP))).toMatchObject({ status: 500 });
  });

  test('an agent registers itself with a launch token, once, and what it holds is good until revoked', async () => {
    await using f = await realFixture();
    const { launchToken, expiresAt, scope, maxTtl } = await f.operator.issueLaunchToken({
      agentName: 'night-run',
      scope: ['read:data:*'],
      maxTtl: 120,
      ttl: 600,
    });
    expect({ scope, maxTtl }).toEqual({ scope: ['read:data:*'], maxTtl: 120 });
    expect(expiresAt.getTime() - Date.now()).toBeGreaterThan(500_000);
    const register = () =>
      registerAgent({
        brokerUrl: f.url,
        launchToken,
        orchId: 'orch-1',
        taskId: 'task-1',
        scope: ['read:data:7'],
      });
    const agent = await register();
    expect(agent.expiresIn).toBe(120);
    expect(await rejection(register())).toMatchObject({ status: 401 });
    expect(await f.operator.validate(agent.accessToken)).toMatchObject({
      valid: true,
      claims: { sub: agent.agentId, scope: ['read:data:7'] },
    });
    await f.operator.revoke({ level: 'agent', target: agent.agentId });
    expect(await f.operator.validate(agent.accessToken)).toMatchObject({ valid: false });
    expect(await f.operator.validate('')).toMatchObject({ valid: false });
  });

  test('the audit log says what happened, in order, exactly as far as it was asked for', async () => {
    await using f = await realFixture();
    await f.operator.registerApp(APP);
    await f.operator.revoke({ level: 'agent', target: 'app:x+1 & more' });
    await f.operator.revoke({ level: 'chain', target: 'admin' });
    const read = async (options: Parameters<AgentWritOperator['auditEvents']>[0]) =>
      (await collect(f.operator.auditEvents(options))).map((event) => event.id);
    const all = await collect(f.operator.auditEvents());
    expect(all.map((event) => event.event_type)).toEqual([
      'admin_auth',
      'app_registered',
      'token_revoked',
      'token_revoked',
    ]);
    const ids = all.map((event) => event.id);
    expect(await read({ eventType: 'token_revoked' })).toEqual(ids.slice(2));
    expect(await read({ agentId: 'app:x+1 & more' })).toEqual(ids.slice(2, 3));
    expect(await read({ taskId: 'none' })).toEqual([]);
    expect(await read({ outcome: 'denied' })).toEqual([]);
    expect(await read({ outcome: 'success', offset: 1, limit: 2 })).toEqual(ids.slice(1, 3));
    expect(await read({ offset: 4 })).toEqual([]);
    expect(await read({ offset: 99 })).toEqual([]);
  });

  test('the audit log is cut at moments, in whatever form they are given', async () => {
    const clock = { ms: Date.UTC(2026, 1, 15, 12) };
    const broker = createBroker({ bcryptCost: 4, clock: () => clock.ms });
    const { url: brokerUrl } = await broker.listen();
    await using operator = new AgentWritOperator({ brokerUrl, adminSecret: broker.adminSecret });
    for (const target of ['a', 'b', 'c']) {
      await operator.revoke({ level: 'task', target });
      clock.ms += 1000;
    }
    const read = async (options: Parameters<AgentWritOperator['auditEvents']>[0]) =>
      (await collect(operator.auditEvents({ eventType: 'token_revoked', ...options }))).map(
        (event) => event.agent_id,
      );
    expect(await read({ since: new Date(Date.UTC(2026, 1, 15, 12, 0, 1)) })).toEqual(['b', 'c']);
    expect(await read({ since: '2026-02-15T14:00:01+02:00' })).toEqual(['b', 'c']);
    expect(await read({ since: '2026-02-15T12:00:00.000000001Z' })).toEqual(['b', 'c']);
    expect(await read({ until: '2026-02-15T09:00:01-03:00' })).toEqual(['a', 'b']);
    expect(await read({ until: new Date(Date.UTC(2026, 1, 15, 12)) })).toEqual(['a']);
    await broker.close();
  });

  test('an audit log of more than a page is read whole', async () => {
    await using f = await realFixture();
    const targets = Array.from({ length: 1100 }, (_, index) => `task-${index}`);
    for (const target of targets) await f.operator.revoke({ level: 'task', target });
    const events = await collect(f.operator.auditEvents({ eventType: 'token_revoked' }));
    expect(events.map((event) => event.agent_id)).toEqual(targets);
  });

  test('whoever follows the audit log sees what is written later, and is free when the loop is left', async () => {
    await using f = await realFixture();
    const seen: string[] = [];
    for await (const event of f.operator.auditEvents({ follow: true, pollMs: 100 })) {
      seen.push(event.event_type);
      if (seen.length === 1) await f.operator.revoke({ level: 'task', target: 'task-1' });
      if (event.event_type === 'token_revoked') break;
    }
    expect(seen).toEqual(['admin_auth', 'token_revoked']);
  });
});
