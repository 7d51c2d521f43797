// Changes to an app in → the answer, what was stored, and the audit events out (protocol §2.17).

import { describe, expect, it } from 'vitest';
import { auditTrail, type Event } from './audit-trail.js';
import { type BrokerUnderTest, startBroker } from './broker-under-test.js';
import { alive, type App, app } from './parties.js';
import { producesItsRowsOf } from './problems-seen.js';
import { type Expectation, json, problem } from './wire-text.js';

const refused = (detail: string) => problem(400, 'invalid_request', detail);
const MALFORMED = refused('malformed JSON body');
const NOTHING = refused('at least one of scopes or token_ttl must be provided');
const BAD_SCOPE = refused('invalid scope format: use action:resource:identifier');
const UNKNOWN = problem(404, 'not_found', 'app not found');
const badTtl = (got: number) =>
  problem(
    400,
    'invalid_ttl',
    `invalid token TTL: must be between 60 and 86400 seconds, got ${got}`,
  );
const NEW_SCOPES = ['write:data:*', '*:*:x'];

interface Changes {
  readonly scopes?: readonly string[];
  readonly token_ttl?: number;
  readonly status?: string;
  readonly updated_at?: string;
}

function appRow({ id, clientId }: App, changes: Changes): Expectation {
  const { scopes = ['read:data:*'], token_ttl = 1800, status = 'active' } = changes;
  const created_at = '2026-02-15T12:00:00Z';
  const row = { app_id: id, name: 'reports', client_id: clientId, scopes, token_ttl, status };
  return json(200, { ...row, created_at, updated_at: changes.updated_at ?? created_at });
}

function updated(detail: string): Event {
  return { event_type: 'app_updated', detail, outcome: 'success' };
}

const put = (broker: BrokerUnderTest, id: string, body: unknown, expected: Expectation) =>
  broker.call(`PUT /v1/admin/apps/${id}`, { token: broker.operator, body }, expected);

describe('PUT /v1/admin/apps/{id}', () => {
  it.each([
    // 1 before 2; both before existence.
    ['{"scopes":[],"token_ttl":"60"}', MALFORMED],
    // 2 before 4, 6.
    ['{}', NOTHING],
    ['null', NOTHING],
    [{ scopes: [] }, NOTHING],
    [{ scopes: null, token_ttl: null }, NOTHING],
    // 3 before 4, 5.
    [{ scopes: ['a:b:c', 'a:b'] }, BAD_SCOPE],
    [{ scopes: ['a:b'], token_ttl: 59 }, BAD_SCOPE],
    // 4 before 5, although 5 comes before 6.
    [{ scopes: ['a:b:c'] }, UNKNOWN],
    [{ scopes: ['a:b:c'], token_ttl: 59 }, UNKNOWN],
    // 5 before 6.
    [{ token_ttl: 59 }, badTtl(59)],
    [{ token_ttl: 0 }, badTtl(0)],
    [{ scopes: [], token_ttl: 86_401 }, badTtl(86_401)],
    // 6
    [{ token_ttl: 60 }, UNKNOWN],
  ])('of an unknown app refuses %j', async (body, expected) => {
    const broker = await startBroker();
    const trail = auditTrail(broker);
    await put(broker, 'app-x-000000', body, expected);
    await trail.is();
  });

  it('changes scopes, lifetime or both, with one event for each', async () => {
    const broker = await startBroker();
    const known = await app(broker);
    const { id } = known;
    const trail = auditTrail(broker);
    await trail.skip();
    broker.advance(1.7);
    const first = { scopes: NEW_SCOPES, updated_at: '2026-02-15T12:00:01Z' };
    await put(broker, id, { scopes: NEW_SCOPES, token_ttl: null }, appRow(known, first));
    await trail.is(updated(`app_id=${id} scopes=[write:data:* *:*:x] updated_by=admin`));
    broker.advance(1);
    const second = { scopes: NEW_SCOPES, token_ttl: 60, updated_at: '2026-02-15T12:00:02Z' };
    await put(broker, id, { scopes: [], token_ttl: 60 }, appRow(known, second));
    await trail.is(updated(`app_id=${id} token_ttl=1800->60 updated_by=admin`));
    broker.advance(1);
    const third = { token_ttl: 86_400, updated_at: '2026-02-15T12:00:03Z' };
    await put(broker, id, { scopes: ['read:data:*'], token_ttl: 86_400 }, appRow(known, third));
    await trail.is(
      updated(`app_id=${id} scopes=[read:data:*] updated_by=admin`),
      updated(`app_id=${id} token_ttl=60->86400 updated_by=admin`),
    );
    const { operator: token } = broker;
    await broker.call(`GET /v1/admin/apps/${id}`, { token }, appRow(known, third));
  });

  it('leaves new scopes in place when the lifetime is refused', async () => {
    const broker = await startBroker();
    const known = await app(broker);
    const trail = auditTrail(broker);
    await trail.skip();
    await put(broker, known.id, { scopes: NEW_SCOPES, token_ttl: 59 }, badTtl(59));
    await trail.is(updated(`app_id=${known.id} scopes=[write:data:* *:*:x] updated_by=admin`));
    const { operator: token } = broker;
    const stored = appRow(known, { scopes: NEW_SCOPES });
    await broker.call(`GET /v1/admin/apps/${known.id}`, { token }, stored);
  });

  it('works on an inactive app', async () => {
    const broker = await startBroker();
    const known = await app(broker);
    await broker.call(`DELETE /v1/admin/apps/${known.id}`, { token: broker.operator });
    const expected = appRow(known, { token_ttl: 61, status: 'inactive' });
    await put(broker, known.id, { token_ttl: 61 }, expected);
  });

  it('leaves what was issued alone; the next login has the new lifetime', async () => {
    const broker = await startBroker();
    const known = await app(broker);
    await put(broker, known.id, { token_ttl: 60 }, appRow(known, { token_ttl: 60 }));
    broker.advance(61);
    expect(await alive(broker, known.token)).toEqual([true]);
    const credentials = { client_id: known.clientId, client_secret: known.clientSecret };
    const expected = json(200, {
      access_token: '⟨jwt⟩',
      expires_in: 60,
      token_type: 'Bearer',
      scopes: ['app:launch-tokens:*', 'app:agents:*', 'app:audit:read'],
    });
    await broker.call('POST /v1/app/auth', { body: credentials }, expected);
  });
});

producesItsRowsOf('app-update');
