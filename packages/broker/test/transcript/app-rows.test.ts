// Reading and deregistering apps in → their rows and the audit events out (protocol §2.15, §2.16, §2.18).

import { describe, expect, it } from 'vitest';
import { auditTrail } from './audit-trail.js';
import { startBroker } from './broker-under-test.js';
import { forge } from './own-jwt.js';
import { app } from './parties.js';
import { producesItsRowsOf } from './problems-seen.js';
import { json, problem } from './wire-text.js';

const LIST = 'GET /v1/admin/apps';
const UNKNOWN = problem(404, 'not_found', 'app not found');
const scopes = ['read:data:*'];

describe('the apps', () => {
  const TIME = '2026-02-15T12:00:00Z';
  const row = (app_id: string, name: string, client_id: string, created_at = TIME) => ({
    app_id,
    name,
    client_id,
    scopes,
    token_ttl: 1800,
    status: 'active',
    created_at,
    updated_at: created_at,
  });

  it('are listed newest first, and each can be read, in whole seconds', async () => {
    const broker = await startBroker();
    const { operator: token } = broker;
    await broker.call(LIST, { token }, json(200, { apps: [], total: 0 }));
    const one = await app(broker, { name: 'one' });
    broker.advance(1.999);
    const two = await app(broker, { name: 'two' });
    const trail = auditTrail(broker);
    await trail.skip();
    const first = row(one.id, 'one', one.clientId);
    const second = row(two.id, 'two', two.clientId, '2026-02-15T12:00:01Z');
    await broker.call(`${LIST}?limit=1`, { token }, json(200, { apps: [second, first], total: 2 }));
    await broker.call(`${LIST}/${one.id}`, { token }, json(200, first));
    await broker.call(`${LIST}/${two.id}`, { token }, json(200, second));
    await trail.is();
  });

  it('stay when they are deregistered, again and again', async () => {
    const broker = await startBroker();
    const { id, clientId } = await app(broker);
    const trail = auditTrail(broker);
    await trail.skip();
    const sub = 'somebody';
    const claims = { iss: '', sub, exp: 2e9, nbf: 0, iat: 0, jti: 'j' };
    const token = forge({ ...claims, scope: ['admin:launch-tokens:*'] });
    const gone = (deregistered_at: string) =>
      json(200, {
        app_id: id,
        name: '',
        client_id: '',
        scopes: null,
        token_ttl: 0,
        status: 'inactive',
        deregistered_at,
      });
    const event = {
      event_type: 'app_deregistered',
      detail: `app_id=${id} name=reports deregistered_by=somebody`,
      outcome: 'success' as const,
    };
    await broker.call(`DELETE /v1/admin/apps/${id}`, { token, body: '{' }, gone(TIME));
    const inactive = { ...row(id, 'reports', clientId), status: 'inactive' };
    await broker.call(`${LIST}/${id}`, { token }, json(200, inactive));
    await broker.call(LIST, { token }, json(200, { apps: [inactive], total: 1 }));
    broker.advance(1.5);
    await broker.call(`DELETE /v1/admin/apps/${id}`, { token }, gone('2026-02-15T12:00:01Z'));
    await trail.is(event, event);
  });

  it('are unknown by any other id', async () => {
    const broker = await startBroker();
    const { id, clientId } = await app(broker);
    const { operator: token } = broker;
    for (const other of [clientId, `${id}x`, id.toUpperCase(), 'reports', '%00', `app:${id}`]) {
      await broker.call(`GET /v1/admin/apps/${other}`, { token }, UNKNOWN);
      await broker.call(`DELETE /v1/admin/apps/${other}`, { token }, UNKNOWN);
    }
    expect((await broker.call(LIST, { token })).body).toContain('"status":"active"');
  });
});

producesItsRowsOf('app-rows');
