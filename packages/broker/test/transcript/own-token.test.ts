// A token given back or exchanged in → the answer, the successor, the event, and what is dead out
// (protocol §2.6, §2.7, §6.4).

import { describe, expect, it } from 'vitest';
import { auditTrail } from './audit-trail.js';
import { ADMIN_SCOPES, ADMIN_SECRET, NOON, startBroker } from './broker-under-test.js';
import { chainHash, chainRecord, expectToken, forge, jtiOf } from './own-jwt.js';
import { agent, alive, app, delegated, renewed } from './parties.js';
import { json, noContent, problem } from './wire-text.js';

const RENEW = 'POST /v1/token/renew';
const RELEASE = 'POST /v1/token/release';
const DEAD = problem(401, 'unauthorized', 'token verification failed');
const successor = (expires_in: number) => json(200, { access_token: '⟨jwt⟩', expires_in });
const times = (iat: number, ttl: number) => ({ exp: iat + ttl, nbf: iat, iat });
const APP_SCOPES = ['app:launch-tokens:*', 'app:agents:*', 'app:audit:read'];
const ids = { task_id: 'task-1', orch_id: 'orch-1' };

describe('a renewal', () => {
  it('gives the same token with new times and jti, kills the old one and leaves one event', async () => {
    const broker = await startBroker({ issuer: 'i', audience: 'orders' });
    const { id, token } = await agent(broker, { maxTtl: 100 });
    const trail = auditTrail(broker);
    await trail.skip();
    broker.advance(60.5);
    const got = await broker.call(RENEW, { token, body: '{"ignored"' }, successor(100));
    const next = got.member('access_token');
    const jti = expectToken(next, {
      iss: 'i',
      sub: id,
      aud: ['orders'],
      ...times(NOON + 60, 100),
      scope: ['read:data:*'],
      ...ids,
    });
    expect(jti).not.toBe(jtiOf(token));
    expect(await alive(broker, token, next)).toEqual([false, true]);
    await trail.is({
      event_type: 'token_renewed',
      agent_id: id,
      ...ids,
      detail: `token renewed for agent=${id} new_jti=${jti}`,
      outcome: 'success',
    });
  });

  it('may follow a renewal as often as one likes', async () => {
    const broker = await startBroker();
    let { token } = await agent(broker);
    for (let count = 0; count < 7; count += 1) {
      broker.advance(299);
      token = await renewed(broker, token);
    }
    expect(await alive(broker, token)).toEqual([true]);
  });

  it('works for admins and apps, whose ids have no task', async () => {
    const broker = await startBroker();
    const known = await app(broker, { token_ttl: 77 });
    const admin = await broker.call('POST /v1/admin/auth', { body: { secret: ADMIN_SECRET } });
    const trail = auditTrail(broker);
    await trail.skip();
    const tokens = [
      { sub: `app:${known.id}`, token: known.token, ttl: 77, scope: APP_SCOPES },
      { sub: 'admin', token: admin.member('access_token'), ttl: 300, scope: ADMIN_SCOPES },
    ];
    for (const { sub, token, ttl, scope } of tokens) {
      const got = await broker.call(RENEW, { token }, successor(ttl));
      const claims = { iss: '', sub, ...times(NOON, ttl), scope };
      const jti = expectToken(got.member('access_token'), claims);
      await trail.is({
        event_type: 'token_renewed',
        agent_id: sub,
        detail: `token renewed for agent=${sub} new_jti=${jti}`,
        outcome: 'success',
      });
    }
  });

  it('keeps the chain of a delegated token', async () => {
    const broker = await startBroker();
    const [from, to] = [await agent(broker), await agent(broker, { task: 'task-2' })];
    const token = await delegated(broker, from.token, to.id, ['read:data:x'], 40);
    const delegation_chain = [chainRecord(from.id, ['read:data:*'], '2026-02-15T12:00:00Z')];
    broker.advance(5);
    const got = await broker.call(RENEW, { token }, successor(40));
    expectToken(got.member('access_token'), {
      iss: '',
      sub: to.id,
      ...times(NOON + 5, 40),
      scope: ['read:data:x'],
      ...ids,
      delegation_chain,
      chain_hash: chainHash(delegation_chain),
    });
  });

  it.each([
    ['its own span', {}, 60, 60],
    ['the default when that is not positive', { defaultTtl: 44 }, 0, 44],
    ['the default when that is negative', { defaultTtl: 44 }, -50, 44],
    ['the ceiling at most', { maxTtl: 10 }, 60, 10],
  ])('lasts %s', async (_, options, span, ttl) => {
    const broker = await startBroker(options);
    const exp = NOON + 60;
    const rest = { sid: 's', scope: ['a:b:c'] };
    const old = { iss: '', sub: 's', aud: ['x'], exp, nbf: 0, iat: exp - span, jti: 'j', ...rest };
    const got = await broker.call(RENEW, { token: forge(old) }, successor(ttl));
    const claims = { iss: '', sub: 's', aud: ['x'], ...times(NOON, ttl), ...rest };
    expectToken(got.member('access_token'), claims);
  });
});

describe('a release', () => {
  it.each(['agent', 'app', 'admin'])('kills the token of an %s, without a body', async (kind) => {
    const broker = await startBroker();
    const known = await agent(broker);
    const tokens: Readonly<Record<string, readonly [string, string]>> = {
      agent: [known.id, known.token],
      app: ['app:x', forge({ ...claimsOf('app:x'), jti: 'ja' })],
      admin: ['admin', forge({ ...claimsOf('admin'), jti: 'jb' })],
    };
    const [sub = '', token = ''] = tokens[kind] ?? [];
    const trail = auditTrail(broker);
    await trail.skip();
    await broker.call(RELEASE, { token, body: '{' }, noContent());
    await trail.is({
      event_type: 'token_released',
      agent_id: sub,
      ...(kind === 'agent' && ids),
      detail: `token released | jti=${jtiOf(token)}`,
      outcome: 'success',
    });
    expect(await alive(broker, token)).toEqual([false]);
  });
});

describe('a dead token', () => {
  it('is neither released nor renewed, however it died', async () => {
    const broker = await startBroker();
    const released = await agent(broker);
    await broker.call(RELEASE, { token: released.token });
    const old = await agent(broker);
    const young = await renewed(broker, old.token);
    const expired = await agent(broker, { maxTtl: 1 });
    broker.advance(2);
    for (const token of [released.token, old.token, expired.token]) {
      await broker.call(RELEASE, { token }, DEAD);
      await broker.call(RENEW, { token }, DEAD);
      expect(await alive(broker, token, token)).toEqual([false, false]);
    }
    expect(await alive(broker, young)).toEqual([true]);
  });

  it('leaves what was delegated from it alone', async () => {
    const broker = await startBroker();
    const [from, to] = [await agent(broker), await agent(broker)];
    const first = await delegated(broker, from.token, to.id, ['read:data:x']);
    const young = await renewed(broker, from.token);
    const second = await delegated(broker, young, to.id, ['read:data:x']);
    await broker.call(RELEASE, { token: young });
    expect(await alive(broker, first, second, to.token, young)).toEqual([true, true, true, false]);
  });
});

function claimsOf(sub: string): object {
  return { iss: '', sub, exp: NOON + 60, nbf: 0, iat: 0, scope: [] };
}
