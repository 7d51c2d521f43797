import { describe, expect, it } from 'vitest';
import { hashAuditEvent } from '../src/audit-hash.js';
import { createScene, forge, NOON, type Scene, VECTOR_PEM } from './scene.js';

const PATH = '/v1/audit/events';

async function read(scene: Scene, query = '') {
  const got = await scene.call('GET', `${PATH}${query}`, { token: await scene.adminToken() });
  expect(got.status).toBe(200);
  return got;
}

describe('GET /v1/audit/events', () => {
  it('answers with the bytes of the protocol', async () => {
    const got = await read(createScene());
    expect(got.headers.get('content-type')).toBe('application/json');
    expect(got.text).toMatch(
      /^\{"events":\[\{"id":"evt-000001","timestamp":"2026-02-15T12:00:00Z","event_type":"admin_auth","detail":"admin authenticated as admin","outcome":"success","hash":"[0-9a-f]{64}","prev_hash":"0{64}"\}\],"total":1,"offset":0,"limit":100\}\n$/,
    );
  });

  it('looks at the query', async () => {
    const scene = createScene();
    await scene.agent();
    scene.advance(60);
    const { token, id } = await scene.agent();
    await scene.renew(token);
    const since = '2026-02-15T12:00:00.001Z';
    const got = await read(scene, `?agent_id=${id}&since=${since}&limit=2000&offset=1`);
    expect(got.json).toEqual({
      events: scene.events.slice(-2),
      total: 3,
      offset: 1,
      limit: 2000,
    });
    expect((await read(scene, '?event_type=nothing')).text).toBe(
      '{"events":[],"total":0,"offset":0,"limit":100}\n',
    );
  });

  it('leaves no trace of being read', async () => {
    const scene = createScene();
    await read(scene);
    expect((await read(scene)).json).toMatchObject({ total: 1 });
  });

  it.each([
    { name: 'nobody', scope: undefined, status: 401 },
    { name: 'an app', scope: ['app:audit:read'], status: 403 },
    { name: 'a narrower holder', scope: ['admin:audit:x'], status: 403 },
    { name: 'an auditor', scope: ['admin:audit:*'], status: 200 },
  ])('answers $name with $status', async ({ scope, status }) => {
    const scene = createScene({ signingKey: VECTOR_PEM });
    const token = scope && forge({ sub: 'x', jti: 'a', exp: NOON / 1000 + 60, scope });
    const got = await scene.call('GET', PATH, token === undefined ? {} : { token });
    expect(got.status).toBe(status);
  });

  it('escapes as Go does', async () => {
    const scene = createScene();
    const { id } = await scene.app();
    const token = await scene.adminToken();
    await scene.call('PUT', `/v1/admin/apps/${id}`, { token, body: { token_ttl: 60 } });
    const got = await read(scene, '?event_type=app_updated');
    expect(got.text).toContain(`app_id=${id} token_ttl=1800-\\u003e60 updated_by=admin`);
  });

  it('gives events that can be checked against each other', async () => {
    const scene = createScene();
    const { token, id } = await scene.agent();
    await scene.delegate(token, id, ['read:data:*']);
    await scene.call('POST', '/v1/token/release?secret=1', { token: 'none' });
    expect(scene.events).toHaveLength(6);
    let previous = '0'.repeat(64);
    for (const { hash, prev_hash, ...event } of scene.events) {
      expect(prev_hash).toBe(previous);
      expect(hashAuditEvent(event, prev_hash)).toBe(hash);
      previous = hash;
    }
  });
});
