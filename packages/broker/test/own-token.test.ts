import { describe, expect, it } from 'vitest';
import { createScene, NOON } from './scene.js';

const DEAD = { status: 401, code: 'unauthorized', detail: 'token verification failed' };

describe('renewal', () => {
  it('kills the old token and gives one with the same authority and a full life', async () => {
    const scene = createScene();
    const { token } = await scene.agent({ maxTtl: 120 });
    const before = await scene.claims(token);
    scene.advance(100);
    const got = await scene.call('POST', '/v1/token/renew', { token });
    expect(got.text).toMatch(/^\{"access_token":"[^"]+","expires_in":120\}\n$/);
    const { access_token } = got.json as { access_token: string };
    const after = await scene.claims(access_token);
    const now = NOON / 1000 + 100;
    expect(after).toEqual({ ...before, jti: after?.jti, nbf: now, iat: now, exp: now + 120 });
    expect(after?.jti).not.toBe(before?.jti);
    expect(await scene.claims(token)).toBeUndefined();
    expect(await scene.call('POST', '/v1/token/renew', { token })).toMatchObject(DEAD);
    expect(scene.events.at(-2)).toMatchObject({
      event_type: 'token_renewed',
      agent_id: before?.sub,
      detail: `token renewed for agent=${before?.sub} new_jti=${after?.jti}`,
    });
  });

  it('keeps a delegation chain and its hash', async () => {
    const scene = createScene();
    const [first, second] = [await scene.agent(), await scene.agent()];
    const token = await scene.delegate(first.token, second.id, ['read:data:a']);
    const before = await scene.claims(token);
    const after = await scene.claims(await scene.renew(token));
    expect(after?.delegation_chain).toEqual(before?.delegation_chain);
    expect(after?.chain_hash).toBe(before?.chain_hash);
  });

  it('works for operators and apps', async () => {
    const scene = createScene();
    const app = await scene.app();
    expect(await scene.claims(await scene.renew(app.token))).toMatchObject({
      sub: `app:${app.id}`,
    });
    expect(await scene.claims(await scene.renew(await scene.adminToken()))).toMatchObject({
      sub: 'admin',
    });
  });
});

describe('release', () => {
  it('kills the token at once; a second time it is refused', async () => {
    const scene = createScene();
    const { id, token } = await scene.agent();
    const jti = (await scene.claims(token))?.jti;
    const got = await scene.call('POST', '/v1/token/release', { token });
    expect(got).toMatchObject({ status: 204, text: '' });
    expect(got.headers.get('content-type')).toBeNull();
    expect(scene.events.at(-1)).toMatchObject({
      event_type: 'token_released',
      agent_id: id,
      detail: `token released | jti=${jti}`,
    });
    expect(await scene.claims(token)).toBeUndefined();
    expect(await scene.call('POST', '/v1/token/release', { token })).toMatchObject(DEAD);
    expect(await scene.call('POST', '/v1/token/renew', { token })).toMatchObject(DEAD);
  });
});
