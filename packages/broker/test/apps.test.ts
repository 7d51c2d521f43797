import { readAppRegistration } from '@agentwrit/protocol';
import { describe, expect, it } from 'vitest';
import { createScene, type Scene } from './scene.js';

const GOOD = { name: 'orders', scopes: ['read:data:*'] };
const SCOPE_TEXT = 'invalid scope format: use action:resource:identifier';
const NAME_TEXT = 'invalid app name: must be lowercase letters, digits, and hyphens';
const ttlText = (n: number): string =>
  `invalid token TTL: must be between 60 and 86400 seconds, got ${n}`;

async function asAdmin(scene: Scene, method: string, path: string, body?: unknown) {
  const token = await scene.adminToken();
  return scene.call(method, path, body === undefined ? { token } : { token, body });
}

describe('app registration', () => {
  it('answers with the secret, and with name and status left blank', async () => {
    const scene = createScene();
    const body = { name: 'my-cool-web-app', scopes: ['read:data:*', 'a:b:c:d'], token_ttl: 60 };
    const got = await asAdmin(scene, 'POST', '/v1/admin/apps', body);
    expect(got.status).toBe(201);
    expect(got.text).toMatch(
      /^\{"app_id":"app-my-cool-web-app-[0-9a-f]{6}","name":"","client_id":"mcw-[0-9a-f]{12}","client_secret":"[0-9a-f]{64}","scopes":\["read:data:\*","a:b:c:d"\],"token_ttl":60,"status":""\}\n$/,
    );
    expect(scene.events.at(-1)).toMatchObject({
      event_type: 'app_registered',
      detail: `app=my-cool-web-app client_id=${readAppRegistration(got.json).client_id} scopes=[read:data:* a:b:c:d] token_ttl=60`,
    });
  });

  it.each([
    { name: 'a wrong type', body: { ...GOOD, token_ttl: '60' }, detail: 'malformed JSON body' },
    { name: 'no name, before the scopes', body: {}, detail: 'name is required' },
    {
      name: 'no scopes, before the lifetime',
      body: { name: 'A', scopes: [], token_ttl: 0 },
      detail: 'scopes must not be empty',
    },
    {
      name: 'a lifetime of 0, before the name',
      body: { name: 'A', scopes: ['x'], token_ttl: 0 },
      code: 'invalid_ttl',
      detail: ttlText(0),
    },
    {
      name: 'a bad name, before the scopes',
      body: { name: 'A', scopes: ['x'], token_ttl: 5 },
      detail: NAME_TEXT,
    },
    {
      name: 'a bad scope, before a short lifetime',
      body: { name: 'ab', scopes: ['a:b:c', 'a::c'], token_ttl: 5 },
      detail: SCOPE_TEXT,
    },
    {
      name: 'a short lifetime',
      body: { ...GOOD, token_ttl: 59 },
      code: 'invalid_ttl',
      detail: ttlText(59),
    },
    {
      name: 'a long lifetime',
      body: { ...GOOD, token_ttl: 86_401 },
      code: 'invalid_ttl',
      detail: ttlText(86_401),
    },
  ])('refuses $name', async ({ body, detail, code = 'invalid_request' }) => {
    const got = await asAdmin(createScene(), 'POST', '/v1/admin/apps', body);
    expect(got).toMatchObject({ status: 400, code, detail });
  });

  it('makes the client id of one word from its first two letters', async () => {
    const { clientId } = await createScene().app({ name: 'reports' });
    expect(clientId).toMatch(/^re-[0-9a-f]{12}$/);
  });

  it('takes a name once, also when two ask at the same time or the app is gone', async () => {
    const scene = createScene();
    const attempts = [1, 2].map(() => asAdmin(scene, 'POST', '/v1/admin/apps', GOOD));
    const statuses = (await Promise.all(attempts)).map((got) => got.status);
    expect(statuses.toSorted((a, b) => a - b)).toEqual([201, 500]);
    const list = await asAdmin(scene, 'GET', '/v1/admin/apps');
    const id = (list.json as { apps: { app_id: string }[] }).apps[0]?.app_id;
    await asAdmin(scene, 'DELETE', `/v1/admin/apps/${id}`);
    expect(await asAdmin(scene, 'POST', '/v1/admin/apps', GOOD)).toMatchObject({
      status: 500,
      code: 'internal_error',
      detail: 'failed to register app',
    });
  });
});

describe('app administration', () => {
  it('lists the newest first and shows one by id, without its secret', async () => {
    const scene = createScene({ appTokenTtl: 900 });
    expect((await asAdmin(scene, 'GET', '/v1/admin/apps')).text).toBe('{"apps":[],"total":0}\n');
    const first = await scene.app({ name: 'first' });
    scene.advance(1.5);
    const second = await scene.app({ name: 'second', scopes: ['a:b:c'], token_ttl: 60 });
    const one = `{"app_id":"${first.id}","name":"first","client_id":"${first.clientId}","scopes":["read:data:*"],"token_ttl":900,"status":"active","created_at":"2026-02-15T12:00:00Z","updated_at":"2026-02-15T12:00:00Z"}`;
    const two = `{"app_id":"${second.id}","name":"second","client_id":"${second.clientId}","scopes":["a:b:c"],"token_ttl":60,"status":"active","created_at":"2026-02-15T12:00:01Z","updated_at":"2026-02-15T12:00:01Z"}`;
    const list = await asAdmin(scene, 'GET', '/v1/admin/apps');
    expect(list.text).toBe(`{"apps":[${two},${one}],"total":2}\n`);
    const got = await asAdmin(scene, 'GET', `/v1/admin/apps/${first.id.replace('a', '%61')}`);
    expect(got.text).toBe(`${one}\n`);
  });

  it.each(['GET', 'PUT', 'DELETE'])('%s answers 404 for an id nobody has', async (method) => {
    const body = method === 'PUT' ? { scopes: ['a:b:c'] } : undefined;
    const got = await asAdmin(createScene(), method, '/v1/admin/apps/__proto__', body);
    expect(got).toMatchObject({ status: 404, code: 'not_found', detail: 'app not found' });
  });

  it('updates ceiling and lifetime, one event each', async () => {
    const scene = createScene();
    const { id } = await scene.app();
    scene.advance(60);
    const body = { scopes: ['read:logs:*'], token_ttl: 86_400 };
    const got = await asAdmin(scene, 'PUT', `/v1/admin/apps/${id}`, body);
    expect(got.json).toMatchObject({ ...body, updated_at: '2026-02-15T12:01:00Z' });
    expect(scene.events.slice(-2)).toMatchObject([
      { event_type: 'app_updated', detail: `app_id=${id} scopes=[read:logs:*] updated_by=admin` },
      { event_type: 'app_updated', detail: `app_id=${id} token_ttl=1800->86400 updated_by=admin` },
    ]);
  });

  it('keeps the new ceiling when the lifetime beside it is refused', async () => {
    const scene = createScene();
    const { id } = await scene.app();
    const body = { scopes: ['read:logs:*'], token_ttl: 5 };
    const got = await asAdmin(scene, 'PUT', `/v1/admin/apps/${id}`, body);
    expect(got).toMatchObject({ status: 400, code: 'invalid_ttl', detail: ttlText(5) });
    const app = await asAdmin(scene, 'GET', `/v1/admin/apps/${id}`);
    expect(app.json).toMatchObject({ scopes: ['read:logs:*'], token_ttl: 1800 });
  });

  it.each([
    {
      name: 'nothing',
      body: { scopes: [], token_ttl: null },
      status: 400,
      detail: 'at least one of scopes or token_ttl must be provided',
    },
    {
      name: 'a bad scope, before the id',
      body: { scopes: ['a:b'] },
      status: 400,
      detail: SCOPE_TEXT,
    },
    {
      name: 'an unknown id, before a bad lifetime',
      body: { scopes: ['a:b:c'], token_ttl: 5 },
      status: 404,
      detail: 'app not found',
    },
    {
      name: 'a bad lifetime alone, before the id',
      body: { token_ttl: 5 },
      status: 400,
      detail: ttlText(5),
    },
    { name: 'an unknown id', body: { token_ttl: 60 }, status: 404, detail: 'app not found' },
  ])('refuses an update with $name', async ({ body, status, detail }) => {
    const got = await asAdmin(createScene(), 'PUT', '/v1/admin/apps/app-none-000000', body);
    expect(got).toMatchObject({ status, detail });
  });

  it('deregisters as often as asked, with the blanks of the protocol', async () => {
    const scene = createScene();
    const { id } = await scene.app();
    for (const _ of [1, 2]) {
      const got = await asAdmin(scene, 'DELETE', `/v1/admin/apps/${id}`);
      expect(got.text).toBe(
        `{"app_id":"${id}","name":"","client_id":"","scopes":null,"token_ttl":0,"status":"inactive","deregistered_at":"2026-02-15T12:00:00Z"}\n`,
      );
      expect(scene.events.at(-1)).toMatchObject({
        event_type: 'app_deregistered',
        detail: `app_id=${id} name=reports deregistered_by=admin`,
      });
    }
    const app = await asAdmin(scene, 'GET', `/v1/admin/apps/${id}`);
    expect(app.json).toMatchObject({ status: 'inactive' });
  });

  it('lets the living tokens of a deregistered app go on', async () => {
    const scene = createScene();
    const app = await scene.app();
    await asAdmin(scene, 'DELETE', `/v1/admin/apps/${app.id}`);
    const body = { agent_name: 'a', allowed_scope: ['read:data:x'] };
    const token = await scene.renew(app.token);
    expect((await scene.call('POST', '/v1/app/launch-tokens', { token, body })).status).toBe(201);
  });
});
