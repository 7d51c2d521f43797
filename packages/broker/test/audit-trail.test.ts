import { describe, expect, it } from 'vitest';
import { ADMIN_SECRET, createScene, forge, NOON, type Scene, VECTOR_PEM } from './scene.js';

/** The events after the first `from`, without what the log itself adds. */
function trail(scene: Scene, from: number): object[] {
  return scene.events
    .slice(from)
    .map(({ id: _id, timestamp: _timestamp, hash: _hash, prev_hash: _prev, ...event }) => event);
}

/** What one call leaves behind. */
async function traceOf(scene: Scene, act: () => Promise<unknown>): Promise<object[]> {
  const before = scene.events.length;
  await act();
  return trail(scene, before);
}

describe('the audit trail', () => {
  it('names the operator', async () => {
    const scene = createScene();
    const login = (secret: string) => scene.call('POST', '/v1/admin/auth', { body: { secret } });
    expect(await traceOf(scene, () => login('wrong'))).toEqual([
      {
        event_type: 'admin_auth_failed',
        detail: 'failed admin authentication attempt',
        outcome: 'denied',
      },
    ]);
    expect(await traceOf(scene, () => login(ADMIN_SECRET))).toEqual([
      { event_type: 'admin_auth', detail: 'admin authenticated as admin', outcome: 'success' },
    ]);
  });

  it('follows an app from its registration to its end', async () => {
    const scene = createScene();
    const token = await scene.adminToken();
    const events = await traceOf(scene, () => scene.app({ token_ttl: 90 }));
    const { id, clientId, clientSecret } = await scene.app({ name: 'orders' });
    expect(events).toEqual([
      {
        event_type: 'app_registered',
        detail: expect.stringMatching(
          /^app=reports client_id=re-[0-9a-f]{12} scopes=\[read:data:\*\] token_ttl=90$/,
        ),
        outcome: 'success',
      },
      {
        event_type: 'app_authenticated',
        detail: expect.stringMatching(/^client_id=re-[0-9a-f]{12} app_id=app-reports-[0-9a-f]{6}$/),
        outcome: 'success',
      },
    ]);

    const path = `/v1/admin/apps/${id}`;
    const body = { scopes: ['read:a:b', 'write:a:b'], token_ttl: 60 };
    expect(await traceOf(scene, () => scene.call('PUT', path, { token, body }))).toEqual([
      {
        event_type: 'app_updated',
        detail: `app_id=${id} scopes=[read:a:b write:a:b] updated_by=admin`,
        outcome: 'success',
      },
      {
        event_type: 'app_updated',
        detail: `app_id=${id} token_ttl=1800->60 updated_by=admin`,
        outcome: 'success',
      },
    ]);

    const login = (client_id: string, client_secret: string) =>
      traceOf(scene, () =>
        scene.call('POST', '/v1/app/auth', { body: { client_id, client_secret } }),
      );
    const failed = (client: string, reason: string) => [
      {
        event_type: 'app_auth_failed',
        detail: `client_id=${client} reason=${reason}`,
        outcome: 'denied',
      },
    ];
    expect(await login('nobody', 'x')).toEqual(failed('nobody', 'unknown_client_id'));
    expect(await login(clientId, 'x')).toEqual(failed(clientId, 'wrong_secret'));
    expect(await traceOf(scene, () => scene.call('DELETE', path, { token }))).toEqual([
      {
        event_type: 'app_deregistered',
        detail: `app_id=${id} name=orders deregistered_by=admin`,
        outcome: 'success',
      },
    ]);
    scene.advance(6);
    expect(await login(clientId, clientSecret)).toEqual(failed(clientId, 'app_inactive'));
  });

  it('follows launch tokens, and those that were refused', async () => {
    const scene = createScene();
    const { id, token } = await scene.app();
    const ask = (body: object) =>
      traceOf(scene, () => scene.call('POST', '/v1/app/launch-tokens', { token, body }));
    const scope = ['read:data:x', 'read:data:y'];
    expect(await ask({ agent_name: 'n', allowed_scope: scope, max_ttl: 9 })).toEqual([
      {
        event_type: 'launch_token_issued',
        detail: `launch token issued for agent=n scope=[read:data:x read:data:y] max_ttl=9 created_by=app:${id} app_id=${id}`,
        outcome: 'success',
      },
    ]);
    expect(await ask({ agent_name: 'n', allowed_scope: ['write:data:x'] })).toEqual([
      {
        event_type: 'scope_ceiling_exceeded',
        agent_id: `app:${id}`,
        detail: `app=${id} requested=[write:data:x] ceiling=[read:data:*]`,
        outcome: 'denied',
      },
    ]);
    const denied = (name: string, reason: string) => [
      {
        event_type: 'launch_token_denied',
        agent_id: `app:${id}`,
        detail: `launch token denied for agent=${name} by=app:${id} reason=${reason}`,
        outcome: 'denied',
      },
    ];
    expect(await ask({ allowed_scope: scope })).toEqual(denied('', 'agent_name is required'));
    const noScope = denied('n', 'allowed_scope must not be empty');
    expect(await ask({ agent_name: 'n' })).toEqual(noScope);
    const [issued] = await traceOf(scene, () => scene.launchToken({ agent_name: 'my-secret-bot' }));
    expect(issued).toMatchObject({
      detail:
        'launch token issued for agent=my-secret-bot scope=[read:data:* write:data:*] max_ttl=300 created_by=admin',
    });
  });

  it('follows an agent from its registration to its release', async () => {
    const scene = createScene({ maxTtl: 100 });
    const ids = { task_id: 'task-1', orch_id: 'orch-1' };
    const launch_token = await scene.launchToken();
    const ask = async (requested_scope: string[]) => {
      const body = await scene.registration({ launch_token, requested_scope });
      return traceOf(scene, () => scene.call('POST', '/v1/register', { body }));
    };
    expect(await ask(['read:logs:x'])).toEqual([
      {
        event_type: 'registration_policy_violation',
        ...ids,
        detail:
          'scope violation: requested [read:logs:x] exceeds allowed [read:data:* write:data:*]',
        outcome: 'denied',
      },
    ]);
    const registered = await ask(['read:data:x', 'write:data:x']);
    const agent_id = expect.stringMatching(/^spiffe:\/\/agentwrit\.local\/agent\/orch-1\/task-1\//);
    expect(registered).toEqual([
      {
        event_type: 'agent_registered',
        agent_id,
        ...ids,
        detail: 'Agent registered with scope [read:data:x write:data:x]',
        outcome: 'success',
      },
      {
        event_type: 'token_issued',
        agent_id,
        ...ids,
        detail: expect.stringMatching(/^Token issued, jti=[0-9a-f]{32}, ttl=300$/),
        outcome: 'success',
      },
    ]);

    const { id, token } = await scene.agent();
    let renewed = '';
    const renewal = await traceOf(scene, async () => {
      renewed = await scene.renew(token);
    });
    const jti = (await scene.claims(renewed))?.jti;
    const own = { agent_id: id, ...ids };
    expect(renewal).toEqual([
      {
        event_type: 'token_renewed',
        ...own,
        detail: `token renewed for agent=${id} new_jti=${jti}`,
        outcome: 'success',
      },
    ]);
    const release = () => scene.call('POST', '/v1/token/release', { token: renewed });
    expect(await traceOf(scene, release)).toEqual([
      {
        event_type: 'token_released',
        ...own,
        detail: `token released | jti=${jti}`,
        outcome: 'success',
      },
    ]);
  });

  it('follows delegation, under the name of the delegate and the work of the delegator', async () => {
    const scene = createScene();
    const a = await scene.agent({ taskId: 'task-a' });
    const b = await scene.agent({ taskId: 'task-b' });
    const hand = (token: string, scope: string) =>
      traceOf(scene, () => scene.delegate(token, b.id, [scope]).catch(() => undefined));
    const work = { task_id: 'task-a', orch_id: 'orch-1' };
    const over = 'write:data:x';
    expect(await hand(a.token, over)).toEqual([
      {
        event_type: 'delegation_attenuation_violation',
        agent_id: a.id,
        ...work,
        detail: `delegation_attenuation_violation | delegator=${a.id} | target=${b.id} | requested=[${over}] | allowed=[read:data:*]`,
        outcome: 'denied',
      },
    ]);
    const handed = await scene.delegate(a.token, b.id, ['read:data:x']);
    expect(trail(scene, scene.events.length - 1)).toEqual([
      {
        event_type: 'delegation_created',
        agent_id: b.id,
        ...work,
        detail: `delegation from ${a.id} to ${b.id} scope=[read:data:x] depth=1`,
        outcome: 'success',
        deleg_depth: 1,
        deleg_chain_hash: (await scene.claims(handed))?.chain_hash,
      },
    ]);
    const [violation] = await hand(handed, over);
    expect(violation).toMatchObject({ agent_id: b.id, ...work, deleg_depth: 1 });
  });

  it.each(['token', 'agent', 'task', 'chain'])('follows revocation at level %s', async (level) => {
    const scene = createScene();
    const token = await scene.adminToken();
    const body = { level, target: 'the target' };
    expect(await traceOf(scene, () => scene.call('POST', '/v1/revoke', { token, body }))).toEqual([
      {
        event_type: 'token_revoked',
        agent_id: 'the target',
        detail: `revoked at level=${level} target=the target`,
        outcome: 'success',
      },
    ]);
  });

  it('names the path and the holder of a token that was not enough', async () => {
    const scene = createScene({ signingKey: VECTOR_PEM, audience: 'orders' });
    const claims = { sub: 'a', jti: 'a', exp: NOON / 1000 + 60, task_id: 't', orch_id: 'o' };
    const scope = ['app:audit:read', 'x:y:z'];
    const show = (aud: string) =>
      traceOf(scene, () =>
        scene.call('GET', '/v1/audit/events?x=1', {
          token: forge({ ...claims, scope, aud: [aud] }),
        }),
      );
    const ids = { agent_id: 'a', task_id: 't', orch_id: 'o' };
    const denied = { resource: '/v1/audit/events', outcome: 'denied' };
    expect(await show('reports')).toEqual([
      {
        event_type: 'token_auth_failed',
        ...ids,
        detail: 'audience mismatch | expected=orders | path=/v1/audit/events',
        ...denied,
      },
    ]);
    expect(await show('orders')).toEqual([
      {
        event_type: 'scope_violation',
        ...ids,
        detail:
          'scope_violation | required=admin:audit:* | actual=app:audit:read,x:y:z | path=/v1/audit/events',
        ...denied,
      },
    ]);
  });
});
