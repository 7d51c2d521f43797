// Client credentials in → the answer and the audit event out (protocol §2.19, §3.3, §9).

import { describe, expect, it } from 'vitest';
import { auditTrail, type Event } from './audit-trail.js';
import { NOON, startBroker } from './broker-under-test.js';
import { expectToken } from './own-jwt.js';
import { type App, app } from './parties.js';
import { producesItsRowsOf } from './problems-seen.js';
import { json, problem } from './wire-text.js';

const LINE = 'POST /v1/app/auth';
const APP_SCOPES = ['app:launch-tokens:*', 'app:agents:*', 'app:audit:read'];
const REQUIRED = problem(400, 'invalid_request', 'client_id and client_secret are required');
const FAILED = problem(401, 'unauthorized', 'Authentication failed');
const welcome = (expires_in: number) =>
  json(200, { access_token: '⟨jwt⟩', expires_in, token_type: 'Bearer', scopes: APP_SCOPES });

function credentials({ clientId, clientSecret }: App) {
  return { client_id: clientId, client_secret: clientSecret };
}

function failure(client: string, reason: string): Event {
  const detail = `client_id=${client} reason=${reason}`;
  return { event_type: 'app_auth_failed', detail, outcome: 'denied' };
}

describe('an app login', () => {
  it.each([
    ['{"client_id":"","client_secret":1}', problem(400, 'invalid_request', 'malformed JSON body')],
    ['{}', REQUIRED],
    ['null', REQUIRED],
    ['{"client_id":"unknown"}', REQUIRED],
    ['{"client_id":"unknown","client_secret":""}', REQUIRED],
    ['{"client_secret":"x"}', REQUIRED],
  ])('refuses %s without an event', async (body, expected) => {
    const broker = await startBroker();
    const trail = auditTrail(broker);
    await broker.call(LINE, { body }, expected);
    await trail.is();
  });

  it('says the same to an unknown, an inactive and a mistaken client; the log tells them apart', async () => {
    const broker = await startBroker();
    const known = await app(broker, { name: 'known' });
    const gone = await app(broker, { name: 'gone' });
    const { operator: token } = broker;
    await broker.call(`DELETE /v1/admin/apps/${gone.id}`, { token });
    const trail = auditTrail(broker);
    await trail.skip();
    const { client_id, client_secret } = credentials(known);
    const secret = client_secret;
    await broker.call(LINE, { body: { client_id: known.id, client_secret: secret } }, FAILED);
    await broker.call(LINE, { body: { client_id: `${client_id} `, client_secret: 'x' } }, FAILED);
    await broker.call(LINE, { body: credentials(gone) }, FAILED);
    // Inactive comes before wrong.
    await broker.call(LINE, { body: { ...credentials(gone), client_secret: 'x' } }, FAILED);
    const upper = secret.toUpperCase();
    await broker.call(LINE, { body: { client_id, client_secret: upper } }, FAILED);
    await trail.is(
      failure(known.id, 'unknown_client_id'),
      failure(`${client_id} `, 'unknown_client_id'),
      failure(gone.clientId, 'app_inactive'),
      failure(gone.clientId, 'app_inactive'),
      failure(client_id, 'wrong_secret'),
    );
    await broker.call(LINE, { body: credentials(known) }, welcome(1800));
    await trail.is({
      event_type: 'app_authenticated',
      detail: `client_id=${client_id} app_id=${known.id}`,
      outcome: 'success',
    });
  });

  it('gives a token that holds the scopes of an app, not its ceiling', async () => {
    const broker = await startBroker({ issuer: 'i', audience: 'orders' });
    const known = await app(broker, { scopes: ['admin:revoke:*'], token_ttl: 60 });
    broker.advance(0.9);
    const got = await broker.call(LINE, { body: credentials(known) }, welcome(60));
    const jti = expectToken(got.member('access_token'), {
      iss: 'i',
      sub: `app:${known.id}`,
      aud: ['orders'],
      exp: NOON + 60,
      nbf: NOON,
      iat: NOON,
      scope: APP_SCOPES,
    });
    expect(got.member('access_token')).not.toBe(known.token);
    expect(known.token).not.toContain(jti);
  });

  it.each([
    ['the ceiling at most', { maxTtl: 100 }, 100],
    ['the default of new apps', { appTokenTtl: 700 }, 700],
    ['the default of tokens when that is not positive', { appTokenTtl: 0, defaultTtl: 33 }, 33],
  ])('lasts %s', async (_, options, ttl) => {
    const broker = await startBroker(options);
    const known = await app(broker);
    await broker.call(LINE, { body: credentials(known) }, welcome(ttl));
  });
});

producesItsRowsOf('app-auth');
