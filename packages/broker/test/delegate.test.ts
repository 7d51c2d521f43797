import { describe, expect, it } from 'vitest';
import { createScene, forge, NOON, VECTOR_PEM } from './scene.js';

describe('delegation', () => {
  it('gives the delegate part of the authority, for the work of the delegator', async () => {
    const scene = createScene({ audience: 'orders' });
    const root = await scene.agent({ scope: ['read:data:*', 'write:data:*'], taskId: 'root-task' });
    const other = await scene.agent({ scope: ['read:logs:x'], taskId: 'other-task' });
    const body = { delegate_to: other.id, scope: ['read:data:a'] };
    const got = await scene.call('POST', '/v1/delegate', { token: root.token, body });
    expect(Object.keys(got.json as object)).toEqual([
      'access_token',
      'expires_in',
      'delegation_chain',
    ]);
    const { access_token, expires_in, delegation_chain } = got.json as {
      access_token: string;
      expires_in: number;
      delegation_chain: readonly object[];
    };
    expect(expires_in).toBe(60);
    expect(delegation_chain).toMatchObject([
      { agent: root.id, scope: ['read:data:*', 'write:data:*'] },
    ]);
    expect(await scene.claims(access_token)).toMatchObject({
      sub: other.id,
      task_id: 'root-task',
      orch_id: 'orch-1',
      aud: ['orders'],
      scope: ['read:data:a'],
      exp: NOON / 1000 + 60,
      delegation_chain,
    });
  });

  it('goes five hops deep and no further', async () => {
    const scene = createScene();
    const { id, token } = await scene.agent();
    let deepest = token;
    for (let hop = 1; hop <= 5; hop++) {
      deepest = await scene.delegate(deepest, id, ['read:data:*']);
      expect((await scene.claims(deepest))?.delegation_chain).toHaveLength(hop);
    }
    // Before the scope and the target are looked at.
    const body = { delegate_to: 'nobody', scope: ['delete:data:x'] };
    const got = await scene.call('POST', '/v1/delegate', { token: deepest, body });
    expect(got).toMatchObject({
      status: 403,
      code: 'scope_violation',
      detail: 'delegation depth limit exceeded',
    });
  });

  it.each([
    { name: 'no target', body: { scope: ['read:data:a'] } },
    { name: 'no scope', body: { delegate_to: 'nobody' } },
    { name: 'an empty scope list', body: { delegate_to: 'nobody', scope: [] } },
  ])('answers 500 to $name', async ({ body }) => {
    const scene = createScene();
    const { token } = await scene.agent();
    const got = await scene.call('POST', '/v1/delegate', { token, body });
    expect(got).toMatchObject({
      status: 500,
      code: 'internal_error',
      detail: 'delegation failed',
    });
  });

  it('refuses more scope than the delegator holds, before it looks for the target', async () => {
    const scene = createScene();
    const { id, token } = await scene.agent({ scope: ['read:data:a'] });
    const body = { delegate_to: 'nobody', scope: ['read:data:a', 'read:data:*'] };
    const got = await scene.call('POST', '/v1/delegate', { token, body });
    expect(got).toMatchObject({
      status: 403,
      code: 'scope_violation',
      detail: 'delegated scope exceeds delegator scope',
    });
    expect(scene.events.at(-1)).toMatchObject({
      event_type: 'delegation_attenuation_violation',
      agent_id: id,
      detail: `delegation_attenuation_violation | delegator=${id} | target=nobody | requested=[read:data:a read:data:*] | allowed=[read:data:a]`,
      outcome: 'denied',
    });
  });

  it('refuses a target that never registered', async () => {
    const scene = createScene();
    const { id, token } = await scene.agent();
    const body = { delegate_to: `${id}0`, scope: ['read:data:a'] };
    expect(await scene.call('POST', '/v1/delegate', { token, body })).toMatchObject({
      status: 404,
      code: 'not_found',
      detail: 'delegate agent not found',
    });
  });

  it.each([
    { name: 'the time asked for, even beyond the delegator', ttl: 5000, lives: 5000 },
    { name: 'a minute for 0', ttl: 0, lives: 60 },
    { name: 'a minute for a negative time', ttl: -5, lives: 60 },
    { name: 'no longer than the ceiling', ttl: 999_999, lives: 86_400 },
  ])('lives $name', async ({ ttl, lives }) => {
    const scene = createScene();
    const { id, token } = await scene.agent({ maxTtl: 30 });
    const claims = await scene.claims(await scene.delegate(token, id, ['read:data:a'], ttl));
    expect(claims?.exp).toBe(NOON / 1000 + lives);
  });

  it('is open to operators, and to agents whose own token is gone as targets', async () => {
    const scene = createScene();
    const { id, token } = await scene.agent();
    await scene.call('POST', '/v1/token/release', { token });
    const handed = await scene.delegate(await scene.adminToken(), id, ['admin:audit:*']);
    const claims = await scene.claims(handed);
    expect(claims).toMatchObject({ sub: id, delegation_chain: [{ agent: 'admin' }] });
    expect(claims).not.toHaveProperty('task_id');
  });

  it('copies the audience of the delegator, not that of the broker', async () => {
    const scene = createScene({ signingKey: VECTOR_PEM });
    const { id } = await scene.agent();
    const claims = { sub: 'admin', jti: 'a', exp: NOON / 1000 + 60, scope: ['a:b:c'] };
    const token = forge({ ...claims, aud: ['orders', 'stock'] });
    expect(await scene.claims(await scene.delegate(token, id, ['a:b:c']))).toMatchObject({
      aud: ['orders', 'stock'],
    });
  });

  it('leaves an event about the delegate, with depth and hash', async () => {
    const scene = createScene();
    const [root, other] = [await scene.agent(), await scene.agent({ taskId: 'task-2' })];
    const token = await scene.delegate(root.token, other.id, ['read:data:a', 'read:data:b']);
    const hash = (await scene.claims(token))?.chain_hash;
    expect(scene.events.at(-1)).toMatchObject({
      event_type: 'delegation_created',
      agent_id: other.id,
      task_id: 'task-1',
      detail: `delegation from ${root.id} to ${other.id} scope=[read:data:a read:data:b] depth=1`,
      outcome: 'success',
      deleg_depth: 1,
      deleg_chain_hash: hash,
    });
  });
});
