// Delegations in → the answer, the chain in the token, and the events out (protocol §2.8, §3.8).

import { describe, expect, it } from 'vitest';
import { auditTrail } from './audit-trail.js';
import { type BrokerUnderTest, NOON, startBroker } from './broker-under-test.js';
import { chainHash, type ChainRecord, chainRecord, expectToken, forge } from './own-jwt.js';
import { agent, delegated } from './parties.js';
import { producesItsRowsOf } from './problems-seen.js';
import { type Expectation, goList, json, problem } from './wire-text.js';

const LINE = 'POST /v1/delegate';
const AT_NOON = '2026-02-15T12:00:00Z';
const MALFORMED = problem(400, 'invalid_request', 'malformed JSON body');
const FAILED = problem(500, 'internal_error', 'delegation failed');
const TOO_DEEP = problem(403, 'scope_violation', 'delegation depth limit exceeded');
const UNCOVERED = problem(403, 'scope_violation', 'delegated scope exceeds delegator scope');
const UNKNOWN = problem(404, 'not_found', 'delegate agent not found');
const answer = (delegation_chain: readonly ChainRecord[], expires_in = 60): Expectation =>
  json(200, { access_token: '⟨jwt⟩', expires_in, delegation_chain });
const ids = { task_id: 'task-1', orch_id: 'orch-1' };
const deep = (length: number) =>
  Array.from({ length }, (_, hop) => chainRecord(`hop-${hop}`, ['read:data:*'], AT_NOON));

function bearer(claims: object): string {
  const times = { exp: NOON + 60, nbf: NOON, iat: NOON };
  return forge({ iss: '', sub: 'me', ...times, jti: 'j', scope: ['read:data:*'], ...claims });
}

async function chainOf(length: number, broker: BrokerUnderTest) {
  const delegation_chain = deep(length);
  const token = bearer({ ...ids, delegation_chain, chain_hash: chainHash(delegation_chain) });
  return { delegation_chain, token, to: (await agent(broker)).id };
}

describe('a delegation', () => {
  it.each([
    // 1 before 2.
    [0, '{"delegate_to":"","scope":[],"ttl":"60"}', MALFORMED],
    // 2 before 3, 4 and 5.
    [5, { delegate_to: 'nobody', scope: [] }, FAILED],
    [5, { delegate_to: '', scope: ['write:data:x'] }, FAILED],
    [0, '{}', FAILED],
    [0, 'null', FAILED],
    [0, { delegate_to: null, scope: ['read:data:x'] }, FAILED],
    [0, { delegate_to: 'nobody', scope: null }, FAILED],
    // 3 before 4 and 5.
    [5, { delegate_to: 'nobody', scope: ['write:data:x'] }, TOO_DEEP],
    [6, { delegate_to: 'nobody', scope: ['read:data:x'] }, TOO_DEEP],
    // 4 before 5.
    [4, { delegate_to: 'nobody', scope: ['read:data:x', 'write:data:x'] }, UNCOVERED],
    [0, { delegate_to: 'nobody', scope: ['bad'] }, UNCOVERED],
    [0, { delegate_to: 'nobody', scope: [''] }, UNCOVERED],
    // 5
    [4, { delegate_to: 'nobody', scope: ['read:data:x'] }, UNKNOWN],
    [0, { delegate_to: 'me', scope: ['read:data:x'] }, UNKNOWN],
  ])('with %i records behind it refuses %j', async (length, body, expected) => {
    const broker = await startBroker();
    const { token } = await chainOf(length, broker);
    const trail = auditTrail(broker);
    await trail.skip();
    await broker.call(LINE, { token, body }, expected);
    if (expected !== UNCOVERED || typeof body === 'string') return trail.is();
    const what = `delegator=me | target=nobody | requested=${goList(body.scope ?? [])}`;
    return trail.is({
      event_type: 'delegation_attenuation_violation',
      agent_id: 'me',
      ...ids,
      detail: `delegation_attenuation_violation | ${what} | allowed=[read:data:*]`,
      outcome: 'denied',
      deleg_depth: length,
    });
  });

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

  it('may have five records and no more', async () => {
    const broker = await startBroker();
    const { id, token } = await agent(broker);
    let last = token;
    for (let hop = 0; hop < 5; hop += 1) {
      last = await delegated(broker, last, id, ['read:data:*']);
    }
    const body = { delegate_to: id, scope: ['read:data:*'] };
    await broker.call(LINE, { token: last, body }, TOO_DEEP);
    const four = await chainOf(4, broker);
    const records = [...four.delegation_chain, chainRecord('me', ['read:data:*'], AT_NOON)];
    await broker.call(LINE, { token: four.token, body }, answer(records));
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
    const body2 = { delegate_to: `${expired.id} `, scope: ['read:data:x'] };
    await broker.call(LINE, { token: bearer({}), body: body2 }, UNKNOWN);
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
    expect(got.body.endsWith(']}\n')).toBe(true);
  });
});

producesItsRowsOf('delegate');
