import { readRegistration, type RegisterRequest } from '@agentwrit/protocol';
import { describe, expect, it } from 'vitest';
import { createScene, NOON, type Scene } from './scene.js';

const UNKNOWN = 'f'.repeat(64);
const SHORT_KEY = Buffer.alloc(31).toString('base64');
const WRONG_SIGNATURE = Buffer.alloc(64).toString('base64');

interface Refused {
  readonly name: string;
  readonly changes: Partial<RegisterRequest>;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  /** What a later attempt with the same nonce and launch token meets. */
  readonly after: 'nothing used' | 'nonce used' | 'both used';
}

// Each row also carries the faults of the rows below it where it can: the first one must answer.
const UNAUTHORIZED = { status: 401, code: 'unauthorized', after: 'nonce used' } as const;
const REFUSED: readonly Refused[] = [
  {
    name: 'an empty field, before the scopes',
    changes: { signature: '', requested_scope: [] },
    status: 400,
    code: 'invalid_request',
    detail: 'missing required field',
    after: 'nothing used',
  },
  {
    name: 'no scopes, before the launch token',
    changes: { requested_scope: [], launch_token: UNKNOWN },
    status: 400,
    code: 'invalid_request',
    detail: 'missing required field: requested_scope',
    after: 'nothing used',
  },
  {
    name: 'an unknown launch token, before the scope',
    changes: { launch_token: UNKNOWN, requested_scope: ['delete:data:x'] },
    ...UNAUTHORIZED,
    detail: 'launch token: launch token not found',
    after: 'nothing used',
  },
  {
    name: 'a scope beyond the launch token, before the nonce',
    changes: { requested_scope: ['read:data:x', 'delete:data:x'], nonce: UNKNOWN },
    status: 403,
    code: 'scope_violation',
    detail: 'requested scope exceeds allowed scope',
    after: 'nothing used',
  },
  {
    name: 'an unknown nonce, before the key',
    changes: { nonce: UNKNOWN, public_key: '!' },
    ...UNAUTHORIZED,
    detail: 'nonce: nonce not found or expired',
    after: 'nothing used',
  },
  {
    name: 'a key without padding, before the signature',
    changes: { public_key: Buffer.alloc(32).toString('base64url'), signature: '!' },
    ...UNAUTHORIZED,
    detail: 'invalid Ed25519 public key: base64 decode failed',
  },
  {
    name: 'a key of 31 bytes, before the signature',
    changes: { public_key: SHORT_KEY, signature: '!' },
    ...UNAUTHORIZED,
    detail: 'invalid Ed25519 public key: wrong key size',
  },
  {
    name: 'a signature that is not base64',
    changes: { signature: '!' },
    ...UNAUTHORIZED,
    detail: 'nonce signature verification failed: base64 decode failed',
  },
  {
    name: 'a wrong signature, before the segments',
    changes: { signature: WRONG_SIGNATURE, orch_id: 'a/b' },
    ...UNAUTHORIZED,
    detail: 'nonce signature verification failed',
  },
  {
    name: 'a signature of another length',
    changes: { signature: 'AAAA' },
    ...UNAUTHORIZED,
    detail: 'nonce signature verification failed',
  },
  {
    name: 'a segment that cannot stand in an agent id, last of all',
    changes: { task_id: '..' },
    status: 500,
    code: 'internal_error',
    detail: 'registration failed',
    after: 'both used',
  },
  {
    name: 'the other segment, too',
    changes: { orch_id: 'a/b' },
    status: 500,
    code: 'internal_error',
    detail: 'registration failed',
    after: 'both used',
  },
];

async function register(scene: Scene, body: RegisterRequest) {
  return scene.call('POST', '/v1/register', { body });
}

describe('registration', () => {
  it('gives an agent id and a token for exactly the scopes asked for', async () => {
    const scene = createScene({ trustDomain: 'agents.example' });
    const scope = ['read:data:b', 'read:data:a', 'read:data:b'];
    const got = await register(scene, await scene.registration({ requested_scope: scope }));
    expect(Object.keys(got.json as object)).toEqual(['agent_id', 'access_token', 'expires_in']);
    const { agent_id, access_token, expires_in } = readRegistration(got.json);
    expect(agent_id).toMatch(/^spiffe:\/\/agents\.example\/agent\/orch-1\/task-1\/[0-9a-f]{16}$/);
    expect(expires_in).toBe(300);
    expect(await scene.claims(access_token)).toMatchObject({
      sub: agent_id,
      task_id: 'task-1',
      orch_id: 'orch-1',
      scope,
      iat: NOON / 1000,
      exp: NOON / 1000 + 300,
    });
  });

  it.each(REFUSED)('refuses $name', async ({ changes, status, code, detail, after }) => {
    const scene = createScene();
    const good = await scene.registration();
    expect(await register(scene, { ...good, ...changes })).toMatchObject({ status, code, detail });
    const again = await register(scene, good);
    expect(again.detail).toMatch(
      {
        'nothing used': /^\{"agent_id":/,
        'nonce used': /^nonce: nonce already consumed$/,
        'both used': /^launch token: launch token already consumed$/,
      }[after],
    );
  });

  it.each([
    { name: 'a body that is not JSON', body: '{' },
    { name: 'scopes that are no list', body: '{"requested_scope":"read:data:x"}' },
  ])('refuses $name before anything else', async ({ body }) => {
    const got = await createScene().call('POST', '/v1/register', { body });
    expect(got).toMatchObject({ status: 400, detail: 'malformed JSON body' });
  });

  it('uses a single-use launch token up, and not one for many', async () => {
    const scene = createScene();
    const once = await scene.launchToken();
    const many = await scene.launchToken({ single_use: false });
    const attempt = async (launch_token: string) =>
      register(scene, await scene.registration({ launch_token }));
    expect((await attempt(once)).status).toBe(200);
    expect((await attempt(once)).detail).toBe('launch token: launch token already consumed');
    expect((await attempt(many)).status).toBe(200);
    expect((await attempt(many)).status).toBe(200);
  });

  it('sees that a launch token expired before it sees that it was used', async () => {
    const scene = createScene();
    const body = await scene.registration();
    await register(scene, body);
    scene.advance(30);
    expect((await register(scene, body)).detail).toBe(
      'launch token: launch token already consumed',
    );
    scene.advance(0.999);
    expect((await register(scene, body)).detail).toBe(
      'launch token: launch token already consumed',
    );
    scene.advance(0.001);
    expect((await register(scene, body)).detail).toBe('launch token: launch token expired');
  });

  it('sees that a nonce was used before it sees that it is old', async () => {
    const scene = createScene();
    const launch_token = await scene.launchToken({ single_use: false, ttl: 7200 });
    const used = await scene.registration({ launch_token });
    const old = await scene.registration({ launch_token });
    await register(scene, used);
    scene.advance(31);
    expect((await register(scene, used)).detail).toBe('nonce: nonce already consumed');
    expect((await register(scene, old)).detail).toBe('nonce: nonce not found or expired');
  });

  it('takes a nonce for thirty seconds', async () => {
    const scene = createScene();
    const launch_token = await scene.launchToken({ ttl: 60 });
    const body = await scene.registration({ launch_token });
    scene.advance(30);
    expect((await register(scene, body)).status).toBe(200);
  });

  it('leaves two events, and one for a scope it refused', async () => {
    const scene = createScene({ maxTtl: 60 });
    const { id, token } = await scene.agent({ scope: ['read:data:x', 'read:data:y'], maxTtl: 900 });
    const jti = (await scene.claims(token))?.jti;
    const hashes = { hash: expect.any(String), prev_hash: expect.any(String) };
    const ids = {
      agent_id: id,
      task_id: 'task-1',
      orch_id: 'orch-1',
      outcome: 'success',
      ...hashes,
    };
    expect(scene.events.slice(-2)).toEqual([
      {
        id: 'evt-000003',
        timestamp: '2026-02-15T12:00:00Z',
        event_type: 'agent_registered',
        ...ids,
        detail: 'Agent registered with scope [read:data:x read:data:y]',
      },
      {
        id: 'evt-000004',
        timestamp: '2026-02-15T12:00:00Z',
        event_type: 'token_issued',
        ...ids,
        detail: `Token issued, jti=${jti}, ttl=900`,
      },
    ]);
    await register(scene, await scene.registration({ requested_scope: ['delete:data:x'] }));
    expect(scene.events.at(-1)).toMatchObject({
      event_type: 'registration_policy_violation',
      task_id: 'task-1',
      detail:
        'scope violation: requested [delete:data:x] exceeds allowed [read:data:* write:data:*]',
      outcome: 'denied',
    });
  });
});
