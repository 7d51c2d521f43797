import { readLaunchToken, readRegistration } from '@agentwrit/protocol';
import { describe, expect, it } from 'vitest';
import { createScene } from './scene.js';

const ADMIN = '/v1/admin/launch-tokens';
const APP = '/v1/app/launch-tokens';

describe('launch tokens', () => {
  it('carry what was asked for, and defaults for the rest', async () => {
    const scene = createScene();
    const token = await scene.adminToken();
    const body = { agent_name: 'reporter', allowed_scope: ['not a scope'] };
    const got = await scene.call('POST', ADMIN, { token, body });
    expect(got.status).toBe(201);
    expect(got.text).toMatch(
      /^\{"launch_token":"[0-9a-f]{64}","expires_at":"2026-02-15T12:00:30Z","policy":\{"allowed_scope":\["not a scope"\],"max_ttl":300\}\}\n$/,
    );
    expect(scene.events.at(-1)).toMatchObject({
      event_type: 'launch_token_issued',
      detail:
        'launch token issued for agent=reporter scope=[not a scope] max_ttl=300 created_by=admin',
    });
    const long = { ...body, ttl: 90, max_ttl: 999_999_999 };
    expect((await scene.call('POST', ADMIN, { token, body: long })).json).toMatchObject({
      expires_at: '2026-02-15T12:01:30Z',
      policy: { max_ttl: 999_999_999 },
    });
    const zero = { ...body, ttl: 0, max_ttl: -1 };
    expect((await scene.call('POST', ADMIN, { token, body: zero })).json).toMatchObject({
      expires_at: '2026-02-15T12:00:30Z',
      policy: { max_ttl: 300 },
    });
  });

  it('survive a lifetime beyond every calendar', async () => {
    const scene = createScene();
    const token = await scene.adminToken();
    const body = { agent_name: 'a', allowed_scope: ['a:b:c'], ttl: Number.MAX_SAFE_INTEGER };
    const got = await scene.call('POST', ADMIN, { token, body });
    expect(got.json).toMatchObject({ expires_at: '9999-12-31T23:59:59Z' });
  });

  it.each([
    { name: 'no agent name, before the scopes', body: {}, detail: 'agent_name is required' },
    { name: 'no scopes', body: { agent_name: 'a' }, detail: 'allowed_scope must not be empty' },
    {
      name: 'a lifetime with a fraction',
      body: { agent_name: 'a', ttl: 1.5 },
      detail: 'malformed JSON body',
    },
    {
      name: 'a flag that is none',
      body: { agent_name: 'a', single_use: 1 },
      detail: 'malformed JSON body',
    },
  ])('are refused for $name', async ({ body, detail }) => {
    const scene = createScene();
    const got = await scene.call('POST', ADMIN, { token: await scene.adminToken(), body });
    expect(got).toMatchObject({ status: 400, code: 'invalid_request', detail });
  });

  it('record who was refused and why', async () => {
    const scene = createScene();
    const body = { agent_name: 'reporter' };
    await scene.call('POST', ADMIN, { token: await scene.adminToken(), body });
    expect(scene.events.at(-1)).toMatchObject({
      event_type: 'launch_token_denied',
      agent_id: 'admin',
      detail:
        'launch token denied for agent=reporter by=admin reason=allowed_scope must not be empty',
      outcome: 'denied',
    });
  });

  it('write half a character as the replacement character', async () => {
    const scene = createScene();
    const body = '{"agent_name":"a\\ud800b","allowed_scope":[null,"\\udc00:x:y"]}';
    const got = await scene.call('POST', ADMIN, { token: await scene.adminToken(), body });
    expect(got.json).toMatchObject({ policy: { allowed_scope: ['', '\uFFFD:x:y'] } });
    expect(scene.events.at(-1)?.detail).toContain('agent=a\uFFFDb ');
  });

  it('of an app stay under its ceiling, as it is now', async () => {
    const scene = createScene();
    const app = await scene.app({ scopes: ['read:data:*', 'write:data:a'] });
    const attempt = (allowed_scope: readonly string[]) =>
      scene.call('POST', APP, { token: app.token, body: { agent_name: 'a', allowed_scope } });
    expect((await attempt(['read:data:x', 'write:data:a'])).status).toBe(201);
    const refused = await attempt(['write:data:b']);
    expect(refused).toMatchObject({
      status: 403,
      code: 'forbidden',
      detail: 'requested scopes exceed app ceiling; allowed: [read:data:* write:data:a]',
    });
    expect(scene.events.at(-1)).toMatchObject({
      event_type: 'scope_ceiling_exceeded',
      agent_id: `app:${app.id}`,
      detail: `app=${app.id} requested=[write:data:b] ceiling=[read:data:* write:data:a]`,
      outcome: 'denied',
    });
    const token = await scene.adminToken();
    const body = { scopes: ['write:data:*'] };
    await scene.call('PUT', `/v1/admin/apps/${app.id}`, { token, body });
    expect((await attempt(['write:data:b'])).status).toBe(201);
    expect((await attempt(['read:data:x'])).status).toBe(403);
  });

  it('of an app are checked against the ceiling before they are complete', async () => {
    const scene = createScene();
    const { token } = await scene.app();
    const body = { allowed_scope: ['write:data:b'] };
    expect((await scene.call('POST', APP, { token, body })).status).toBe(403);
    // The empty list is under every ceiling.
    expect(await scene.call('POST', APP, { token, body: {} })).toMatchObject({
      status: 400,
      detail: 'agent_name is required',
    });
  });

  it('mark the agents of an app in the audit log', async () => {
    const scene = createScene();
    const app = await scene.app();
    const given = { agent_name: 'a', allowed_scope: ['read:data:*'] };
    const got = await scene.call('POST', APP, { token: app.token, body: given });
    expect(scene.events.at(-1)?.detail).toMatch(new RegExp(` app_id=${app.id}$`));
    const body = await scene.registration({
      launch_token: readLaunchToken(got.json).launch_token,
    });
    readRegistration((await scene.call('POST', '/v1/register', { body })).json);
    expect(scene.events.slice(-2).map((event) => event.detail)).toEqual([
      `Agent registered with scope [read:data:*] app_id=${app.id}`,
      expect.stringMatching(new RegExp(`, ttl=300 app_id=${app.id}$`)),
    ]);
  });

  it.each([
    {
      name: 'an app on the operator route',
      path: ADMIN,
      who: 'app',
      required: 'admin:launch-tokens:*',
    },
    {
      name: 'an operator on the app route',
      path: APP,
      who: 'admin',
      required: 'app:launch-tokens:*',
    },
  ])('are not for $name', async ({ path, who, required }) => {
    const scene = createScene();
    const token = who === 'app' ? (await scene.app()).token : await scene.adminToken();
    expect(await scene.call('POST', path, { token, body: {} })).toMatchObject({
      status: 403,
      code: 'insufficient_scope',
      detail: `token lacks required scope: ${required}`,
    });
  });
});
