import { describe, expect, it } from 'vitest';
import { createScene, forge, NOON, VECTOR_PEM } from './scene.js';

describe('bearer authentication', () => {
  it.each([
    { name: 'no header', header: undefined, detail: 'missing authorization header' },
    { name: 'an empty header', header: '', detail: 'missing authorization header' },
    { name: 'another scheme', header: 'Basic abc', detail: 'invalid authorization scheme' },
    {
      name: 'the scheme in lower case',
      header: 'bearer abc',
      detail: 'invalid authorization scheme',
    },
    { name: 'the scheme alone', header: 'Bearer', detail: 'invalid authorization scheme' },
    {
      name: 'a token that is none',
      header: 'Bearer abc',
      detail: 'token verification failed',
      reason: 'token verification failed: invalid token format',
    },
  ])('refuses $name', async ({ header, detail, reason = detail }) => {
    const scene = createScene();
    const headers = header === undefined ? {} : { authorization: header };
    const got = await scene.call('POST', '/v1/token/renew?x=1', { headers });
    expect(got).toMatchObject({ status: 401, code: 'unauthorized', detail });
    expect(got.headers.get('www-authenticate')).toBeNull();
    expect(scene.events).toEqual([
      {
        id: 'evt-000001',
        timestamp: '2026-02-15T12:00:00Z',
        event_type: 'token_auth_failed',
        detail: `${reason} | path=/v1/token/renew`,
        outcome: 'denied',
        resource: '/v1/token/renew',
        hash: expect.any(String),
        prev_hash: '0'.repeat(64),
      },
    ]);
  });

  it('demands the configured audience, but validation does not', async () => {
    const scene = createScene({ signingKey: VECTOR_PEM, audience: 'orders' });
    const claims = { sub: 'admin', jti: 'a', exp: NOON / 1000 + 60, scope: [] };
    const token = forge({ ...claims, aud: ['orders-2'] });
    expect(await scene.claims(token)).toBeDefined();
    const got = await scene.call('POST', '/v1/token/release', { token });
    expect(got).toMatchObject({
      status: 401,
      code: 'unauthorized',
      detail: 'token audience mismatch',
    });
    expect(scene.events.at(-1)).toMatchObject({
      event_type: 'token_auth_failed',
      agent_id: 'admin',
      detail: 'audience mismatch | expected=orders | path=/v1/token/release',
    });
    const right = forge({ ...claims, aud: ['orders-2', 'orders'] });
    expect((await scene.call('POST', '/v1/token/release', { token: right })).status).toBe(204);
  });

  it('demands the scope of the route, which only its exact text or a wildcard covers', async () => {
    const scene = createScene({ signingKey: VECTOR_PEM });
    const body = { level: 'token', target: 'x' };
    const holder = (...scope: string[]) =>
      forge({ sub: 'admin', jti: 'a', exp: NOON / 1000 + 60, scope, task_id: 'task-1' });
    const token = holder('admin:revoke:x', 'admin:audit:*');
    const got = await scene.call('POST', '/v1/revoke', { token, body });
    expect(got).toMatchObject({
      status: 403,
      code: 'insufficient_scope',
      detail: 'token lacks required scope: admin:revoke:*',
    });
    expect(scene.events.at(-1)).toMatchObject({
      event_type: 'scope_violation',
      agent_id: 'admin',
      task_id: 'task-1',
      detail:
        'scope_violation | required=admin:revoke:* | actual=admin:revoke:x,admin:audit:* | path=/v1/revoke',
      resource: '/v1/revoke',
    });
    const right = holder('admin:revoke:*');
    expect((await scene.call('POST', '/v1/revoke', { token: right, body })).status).toBe(200);
  });

  it('comes before the body is looked at', async () => {
    const got = await createScene().call('POST', '/v1/revoke', { body: '{' });
    expect(got.status).toBe(401);
  });
});
