import { readAuth } from '@agentwrit/protocol';
import { describe, expect, it } from 'vitest';
import { ADMIN_SECRET, createScene, NOON } from './scene.js';

const LIMITED = {
  status: 429,
  code: 'rate_limited',
  detail: 'rate limit exceeded, try again later',
};

describe('operator authentication', () => {
  it('gives a token for the secret', async () => {
    const scene = createScene({ adminTokenTtl: 120 });
    const body = { secret: ADMIN_SECRET };
    const got = await scene.call('POST', '/v1/admin/auth', { body });
    expect(got.text).toMatch(
      /^\{"access_token":"[^"]+","expires_in":120,"token_type":"Bearer"\}\n$/,
    );
    const claims = await scene.claims(readAuth(got.json).access_token);
    expect(claims).toMatchObject({ sub: 'admin', exp: NOON / 1000 + 120 });
    expect(scene.events).toMatchObject([
      { event_type: 'admin_auth', detail: 'admin authenticated as admin', outcome: 'success' },
    ]);
  });

  const OLD_FORMAT =
    'Admin auth format changed. Use {"secret": "..."} instead of client_id/client_secret';
  it.each([
    { name: 'the old format', body: { client_id: 'admin' }, detail: OLD_FORMAT },
    {
      name: 'the old format beside the secret',
      body: { secret: ADMIN_SECRET, client_secret: 'x' },
      detail: OLD_FORMAT,
    },
    {
      name: 'text after the body',
      body: `{"secret":"${ADMIN_SECRET}"} x`,
      detail: 'malformed JSON body',
    },
    { name: 'a secret that is no text', body: { secret: 5 }, detail: 'malformed JSON body' },
    { name: 'no secret', body: {}, detail: 'secret is required' },
  ])('refuses $name', async ({ body, detail }) => {
    const got = await createScene().call('POST', '/v1/admin/auth', { body });
    expect(got).toMatchObject({ status: 400, code: 'invalid_request', detail });
  });

  it('does not take a client id of another type for the old format', async () => {
    const body = { secret: ADMIN_SECRET, client_id: 5, client_secret: 'x' };
    expect((await createScene().call('POST', '/v1/admin/auth', { body })).status).toBe(200);
  });

  it('refuses another secret, and never writes it down', async () => {
    const scene = createScene();
    const body = { secret: 'not-the-operator-secret' };
    const got = await scene.call('POST', '/v1/admin/auth', { body });
    expect(got).toMatchObject({ status: 401, code: 'unauthorized', detail: 'invalid credentials' });
    expect(scene.events).toMatchObject([
      {
        event_type: 'admin_auth_failed',
        detail: 'failed admin authentication attempt',
        outcome: 'denied',
      },
    ]);
    expect(got.text + JSON.stringify(scene.events)).not.toContain(body.secret);
  });
});

describe('app authentication', () => {
  it('gives a token for the app itself, not for its ceiling', async () => {
    const scene = createScene();
    const app = await scene.app({ token_ttl: 600 });
    const body = { client_id: app.clientId, client_secret: app.clientSecret };
    const got = await scene.call('POST', '/v1/app/auth', { body });
    const scopes = '["app:launch-tokens:*","app:agents:*","app:audit:read"]';
    expect(got.text).toMatch(/^\{"access_token":"[^"]+","expires_in":600,"token_type":"Bearer",/);
    expect(got.text.endsWith(`"scopes":${scopes}}\n`)).toBe(true);
    expect(await scene.claims(app.token)).toMatchObject({
      sub: `app:${app.id}`,
      scope: JSON.parse(scopes) as string[],
    });
    expect(scene.events.at(-1)).toMatchObject({
      event_type: 'app_authenticated',
      detail: `client_id=${app.clientId} app_id=${app.id}`,
    });
  });

  it.each([
    { name: 'an unknown client', id: 'zz-000000000000', reason: 'unknown_client_id' },
    { name: 'a wrong secret', secret: 'f'.repeat(64), reason: 'wrong_secret' },
    {
      name: 'a deregistered app, before its secret',
      secret: 'x',
      gone: true,
      reason: 'app_inactive',
    },
  ])('refuses $name with one text for all', async ({ id, secret, gone, reason }) => {
    const scene = createScene();
    const app = await scene.app();
    const token = await scene.adminToken();
    if (gone) await scene.call('DELETE', `/v1/admin/apps/${app.id}`, { token });
    const client_id = id ?? app.clientId;
    const body = { client_id, client_secret: secret ?? app.clientSecret };
    const got = await scene.call('POST', '/v1/app/auth', { body });
    expect(got).toMatchObject({
      status: 401,
      code: 'unauthorized',
      detail: 'Authentication failed',
    });
    expect(scene.events.at(-1)).toMatchObject({
      event_type: 'app_auth_failed',
      detail: `client_id=${client_id} reason=${reason}`,
      outcome: 'denied',
    });
  });

  it('demands both credentials', async () => {
    const body = { client_id: 'x', client_secret: null };
    const got = await createScene().call('POST', '/v1/app/auth', { body });
    expect(got).toMatchObject({
      status: 400,
      detail: 'client_id and client_secret are required',
    });
  });
});

describe('rate limits', () => {
  it('are off when the broker is told so', async () => {
    const scene = createScene({ rateLimits: false });
    const statuses = new Set<number>();
    for (let i = 0; i < 50; i++) {
      const app = await scene.call('POST', '/v1/app/auth', {
        body: { client_id: 'x', client_secret: 'y' },
      });
      const operator = await scene.call('POST', '/v1/admin/auth', { body: {} });
      statuses.add(app.status).add(operator.status);
    }
    expect(statuses).toEqual(new Set([401, 400]));
  });

  it('admits ten operator logins at once and then five a second, malformed ones counted', async () => {
    const scene = createScene();
    const attempt = () => scene.call('POST', '/v1/admin/auth', { body: '{' });
    for (let i = 0; i < 10; i++) expect((await attempt()).status).toBe(400);
    const refused = await attempt();
    expect(refused).toMatchObject(LIMITED);
    expect(refused.headers.get('retry-after')).toBe('1');
    scene.advance(0.199);
    expect((await attempt()).status).toBe(429);
    scene.advance(0.001);
    expect((await attempt()).status).toBe(400);
    expect((await attempt()).status).toBe(429);
    expect(scene.events).toEqual([]);
  });

  it('admits three app logins at once and then one in six seconds', async () => {
    const scene = createScene();
    const body = { client_id: 'or-000000000000', client_secret: 'x' };
    const attempt = () => scene.call('POST', '/v1/app/auth', { body });
    for (let i = 0; i < 3; i++) expect((await attempt()).status).toBe(401);
    const refused = await attempt();
    expect(refused).toMatchObject(LIMITED);
    expect(refused.headers.get('retry-after')).toBe('60');
    scene.advance(5.999);
    expect((await attempt()).status).toBe(429);
    scene.advance(0.001);
    expect((await attempt()).status).toBe(401);
    expect((await attempt()).status).toBe(429);
  });

  it.each([
    {
      name: 'operators by address',
      path: '/v1/admin/auth',
      burst: 10,
      same: { peer: '192.0.2.1' },
      other: { peer: '192.0.2.2' },
    },
    {
      name: 'operators by the first forwarded address, untrimmed',
      path: '/v1/admin/auth',
      burst: 10,
      same: { forwarded: 'a ,b' },
      other: { forwarded: 'a,b' },
    },
    {
      name: 'apps by client id, whatever the address',
      path: '/v1/app/auth',
      burst: 3,
      same: { body: '{"CLIENT_ID":"x"}' },
      other: { body: '{"client_id":"y"}' },
    },
    {
      name: 'apps without client id by address',
      path: '/v1/app/auth',
      burst: 3,
      same: { body: '{"client_id":5}', peer: 'x' },
      other: { body: '{"client_id":5}', peer: 'y' },
    },
  ])('tells $name', async ({ path, burst, same, other }) => {
    const scene = createScene();
    const attempt = async (from: { peer?: string; forwarded?: string; body?: string }) => {
      const headers = from.forwarded === undefined ? {} : { 'x-forwarded-for': from.forwarded };
      const url = `http://broker.example${path}`;
      const request = new Request(url, { method: 'POST', body: from.body ?? '{', headers });
      return (await scene.send(request, from.peer)).status;
    };
    for (let i = 0; i < burst; i++) expect(await attempt(same)).not.toBe(429);
    expect(await attempt(same)).toBe(429);
    expect(await attempt(other)).not.toBe(429);
  });
});
