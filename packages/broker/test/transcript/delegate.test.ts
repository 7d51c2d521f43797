// Delegations that must not be in → the refusal and its event out (protocol §2.8).

import { describe, it } from 'vitest';
import { auditTrail } from './audit-trail.js';
import { type BrokerUnderTest, NOON, startBroker } from './broker-under-test.js';
import { chainHash, type ChainRecord, chainRecord, forge } from './own-jwt.js';
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
});

producesItsRowsOf('delegate');
