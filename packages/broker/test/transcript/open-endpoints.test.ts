// The endpoints without authentication in → their whole answers out (protocol §2.1, §2.2, §2.4).

import { describe, expect, it } from 'vitest';
import { NOON, startBroker } from './broker-under-test.js';
import { chainHash, chainRecord, forge } from './own-jwt.js';
import { agent, alive, app } from './parties.js';
import { producesItsRowsOf } from './problems-seen.js';
import { auditTrail } from './audit-trail.js';
import { json, problem } from './wire-text.js';

const VALIDATE = 'POST /v1/token/validate';
const INVALID = json(200, { valid: false, error: 'token is invalid or expired' });
const REQUIRED = problem(400, 'invalid_request', 'token field is required');

describe('GET /v1/challenge', () => {
  const CHALLENGE = json(200, { nonce: '⟨hex64⟩', expires_in: 30 });

  it('answers with a new nonce every time and ignores a query', async () => {
    const broker = await startBroker();
    const first = await broker.call('GET /v1/challenge', {}, CHALLENGE);
    const second = await broker.call('GET /v1/challenge?nonce=1', {}, CHALLENGE);
    expect(first.member('nonce')).not.toBe(second.member('nonce'));
  });
});

describe('GET /v1/health', () => {
  it('counts whole seconds and the events so far', async () => {
    const broker = await startBroker();
    const health = (uptime: number, audit_events_count: number) =>
      json(200, {
        status: 'ok',
        version: '2.0.0',
        uptime,
        db_connected: true,
        audit_events_count,
      });
    await broker.call('GET /v1/health', {}, health(0, 0));
    broker.advance(59.999);
    // One event for the launch token, two for the registration.
    await agent(broker);
    await broker.call('GET /v1/health', {}, health(59, 3));
    broker.advance(0.001);
    await broker.call('GET /v1/health?x', {}, health(60, 3));
  });
});

describe('POST /v1/token/validate', () => {
  it.each(['{}', '{"token":""}', '{"token":null}', 'null'])(
    'demands a token of %s',
    async (body) => {
      const broker = await startBroker();
      await broker.call(VALIDATE, { body }, REQUIRED);
    },
  );

  it('says nothing of why a token is not valid', async () => {
    const broker = await startBroker();
    for (const token of ['x', 'a.b.c', 'x'.repeat(1000), ` ${broker.operator}`]) {
      await broker.call(VALIDATE, { body: { token } }, INVALID);
    }
  });

  it('writes the claims of an agent in its own order', async () => {
    const broker = await startBroker();
    const { id, token, jti } = await agent(broker);
    const claims = {
      iss: '',
      sub: id,
      exp: NOON + 300,
      nbf: NOON,
      iat: NOON,
      jti,
      scope: ['read:data:*'],
      task_id: 'task-1',
      orch_id: 'orch-1',
    };
    await broker.call(VALIDATE, { body: { token } }, json(200, { valid: true, claims }));
  });

  it('knows admin and app tokens, which have no task', async () => {
    const broker = await startBroker({ issuer: 'https://broker', audience: 'orders' });
    const { id, token } = await app(broker);
    const { body } = await broker.call(VALIDATE, { body: { token } });
    const jti = /"jti":"([0-9a-f]{32})"/.exec(body)?.[1];
    const claims = {
      iss: 'https://broker',
      sub: `app:${id}`,
      aud: ['orders'],
      exp: NOON + 1800,
      nbf: NOON,
      iat: NOON,
      jti,
      scope: ['app:launch-tokens:*', 'app:agents:*', 'app:audit:read'],
    };
    await broker.call(VALIDATE, { body: { token } }, json(200, { valid: true, claims }));
    expect(await alive(broker, broker.operator)).toEqual([true]);
  });

  it('puts every claim into its place, omits what is empty and drops what it does not know', async () => {
    const broker = await startBroker();
    const chain = [chainRecord('a<b', ['read:data:*', 'x & y'], '2026-02-15T12:00:00.000000001Z')];
    const times = { exp: NOON + 9, nbf: NOON, iat: NOON };
    const who = { iss: '', sub: 'a\u2028b' };
    const rest = { jti: 'j', sid: 's', scope: ['read:data:>'], task_id: 't', orch_id: 'o' };
    const delegation = { delegation_chain: chain, chain_hash: chainHash(chain) };
    const shuffled = { ...delegation, ...rest, extra: { a: 1 }, ...times, aud: ['x', 'y'], ...who };
    await broker.call(
      VALIDATE,
      { body: { token: forge(shuffled) } },
      json(200, {
        valid: true,
        claims: { ...who, aud: ['x', 'y'], ...times, ...rest, ...delegation },
      }),
    );
    const unsigned = chain.map(({ signature: _, ...record }) => record);
    const bare = { ...who, exp: NOON + 9, nbf: 0, iat: 0, jti: 'j', scope: null };
    const empty = { aud: [], sid: '', task_id: '', orch_id: '', chain_hash: '' };
    await broker.call(
      VALIDATE,
      { body: { token: forge({ ...bare, ...empty, delegation_chain: [] }) } },
      json(200, { valid: true, claims: bare }),
    );
    await broker.call(
      VALIDATE,
      { body: { token: forge({ ...bare, scope: [], delegation_chain: unsigned }) } },
      json(200, { valid: true, claims: { ...bare, scope: [], delegation_chain: unsigned } }),
    );
  });

  it('does not look at the audience, and leaves no trace in the log', async () => {
    const broker = await startBroker({ audience: 'orders' });
    const trail = auditTrail(broker);
    const times = { exp: NOON + 1, nbf: 0, iat: 0 };
    const token = forge({ iss: '', sub: 'admin', ...times, jti: 'j', scope: ['read:data:x'] });
    expect(await alive(broker, token, 'x')).toEqual([true, false]);
    await trail.is();
  });
});

producesItsRowsOf('open-endpoints');
