// Delegations that succeed in → the answer, the chain in the token, and the events out (protocol §2.8,
// §3.8).

import { describe, it } from 'vitest';
import { auditTrail } from './audit-trail.js';
import { NOON, startBroker } from './broker-under-test.js';
import { chainHash, type ChainRecord, chainRecord, expectToken, forge } from './own-jwt.js';
import { agent } from './parties.js';
import { type Expectation, goList, json, problem } from './wire-text.js';

const LINE = 'POST /v1/delegate';
const AT_NOON = '2026-02-15T12:00:00Z';
const UNKNOWN = problem(404, 'not_found', 'delegate agent not found');
const answer = (delegation_chain: readonly ChainRecord[], expires_in = 60): Expectation =>
  json(200, { access_token: '⟨jwt⟩', expires_in, delegation_chain });
const ids = { task_id: 'task-1', orch_id: 'orch-1' };

function bearer(claims: object): string {
  const times = { exp: NOON + 60, nbf: NOON, iat: NOON };
  return forge({ iss: '', sub: 'me', ...times, jti: 'j', scope: ['read:data:*'], ...claims });
}

describe('a delegation', () => {
  it('carries signed records of all who passed it on, and their hash', async () => {
    const broker = await startBroker({ issuer: 'i' });
    const scope = ['read:data:*', 'write:data:a<b&c>'];
    const one = await agent(broker, { scope });
    const two = await agent(broker, { task: 'task-2', orch: 'orch-2' });
    const three = await agent(broker, { task: 'task-3' });
    const trail = auditTrail(broker);
    await trail.skip();
    broker.advance(0.12);
    const handed = ['write:data:a<b&c>', 'read:data:x', 'read:data:x'];
    const chain = [chainRecord(one.id, scope, '2026-02-15T12:00:00.12Z')];
    const ask = (to: string, scope: readonly string[]) => ({ delegate_to: to, scope });
    const first = await broker.call(
      LINE,
      { token: one.token, body: ask(two.id, handed) },
      answer(chain),
    );
    const claims = { exp: NOON + 60, nbf: NOON, iat: NOON };
    expectToken(first.member('access_token'), {
      iss: 'i',
      sub: two.id,
      ...claims,
      scope: handed,
      ...ids,
      delegation_chain: chain,
      chain_hash: chainHash(chain),
    });
    broker.advance(0.88);
    const longer = [...chain, chainRecord(two.id, handed, '2026-02-15T12:00:01Z')];
    const second = await broker.call(
      LINE,
      { token: first.member('access_token'), body: ask(three.id, ['read:data:x']) },
      answer(longer),
    );
    expectToken(second.member('access_token'), {
      iss: 'i',
      sub: three.id,
      exp: NOON + 61,
      nbf: NOON + 1,
      iat: NOON + 1,
      scope: ['read:data:x'],
      ...ids,
      delegation_chain: longer,
      chain_hash: chainHash(longer),
    });
    const created = { event_type: 'delegation_created', ...ids, outcome: 'success' as const };
    await trail.is(
      {
        ...created,
        agent_id: two.id,
        detail: `delegation from ${one.id} to ${two.id} scope=${goList(handed)} depth=1`,
        deleg_depth: 1,
        deleg_chain_hash: chainHash(chain),
      },
      {
        ...created,
        agent_id: three.id,
        detail: `delegation from ${two.id} to ${three.id} scope=[read:data:x] depth=2`,
        deleg_depth: 2,
        deleg_chain_hash: chainHash(longer),
      },
    );
  });

  it.each([
    [{}, 60],
    [{ ttl: null }, 60],
    [{ ttl: 0 }, 60],
    [{ ttl: -1 }, 60],
    [{ ttl: 1 }, 1],
    [{ ttl: 86_400 }, 86_400],
    [{ ttl: 86_401 }, 86_400],
  ])('lasts as long as it asks, even past its delegator, to oneself: %j', async (ttl, lasts) => {
    const broker = await startBroker();
    const { id, token } = await agent(broker, { maxTtl: 5 });
    const chain = [chainRecord(id, ['read:data:*'], AT_NOON)];
    const body = { delegate_to: id, scope: ['read:data:*'], ...ttl };
    await broker.call(LINE, { token, body }, answer(chain, lasts));
  });

  it('goes to agents that were released, revoked or have expired', async () => {
    const broker = await startBroker();
    const expired = await agent(broker, { maxTtl: 1 });
    const released = await agent(broker, { task: 'task-2' });
    const revoked = await agent(broker, { task: 'task-3' });
    await broker.call('POST /v1/token/release', { token: released.token });
    const body = { level: 'agent', target: revoked.id };
    await broker.call('POST /v1/revoke', { token: broker.operator, body });
    broker.advance(2);
    const chain = [chainRecord('me', ['read:data:*'], '2026-02-15T12:00:02Z')];
    for (const { id } of [expired, released, revoked]) {
      const body = { delegate_to: id, scope: ['read:data:x'] };
      await broker.call(LINE, { token: bearer({}), body }, answer(chain));
    }
    const almost = { delegate_to: `${expired.id} `, scope: ['read:data:x'] };
    await broker.call(LINE, { token: bearer({}), body: almost }, UNKNOWN);
  });

  it('may come from an admin, and has no task then; the audience is the delegator’s', async () => {
    const broker = await startBroker({ audience: 'orders' });
    const { id } = await agent(broker);
    const trail = auditTrail(broker);
    await trail.skip();
    const token = bearer({
      sub: 'admin',
      aud: ['x', 'orders'],
      scope: ['admin:revoke:*'],
      sid: 's',
    });
    const delegation_chain = [chainRecord('admin', ['admin:revoke:*'], AT_NOON)];
    const body = { delegate_to: id, scope: ['admin:revoke:*'] };
    const got = await broker.call(LINE, { token, body }, answer(delegation_chain));
    const chain_hash = chainHash(delegation_chain);
    expectToken(got.member('access_token'), {
      iss: '',
      sub: id,
      aud: ['x', 'orders'],
      exp: NOON + 60,
      nbf: NOON,
      iat: NOON,
      scope: ['admin:revoke:*'],
      delegation_chain,
      chain_hash,
    });
    await trail.is({
      event_type: 'delegation_created',
      agent_id: id,
      outcome: 'success',
      detail: `delegation from admin to ${id} scope=[admin:revoke:*] depth=1`,
      deleg_depth: 1,
      deleg_chain_hash: chain_hash,
    });
  });
});
