// Bodies of an admin login in → the answer and the audit event out (protocol §2.11, §3.3).

import { describe, it } from 'vitest';
import { auditTrail } from './audit-trail.js';
import { ADMIN_SCOPES, ADMIN_SECRET, NOON, startBroker } from './broker-under-test.js';
import { expectToken } from './own-jwt.js';
import { producesItsRowsOf } from './problems-seen.js';
import { json, problem } from './wire-text.js';

const LINE = 'POST /v1/admin/auth';
const refused = (detail: string) => problem(400, 'invalid_request', detail);
const MALFORMED = refused('malformed JSON body');
const REQUIRED = refused('secret is required');
const CHANGED = refused(
  'Admin auth format changed. Use {"secret": "..."} instead of client_id/client_secret',
);
const CREDENTIALS = problem(401, 'unauthorized', 'invalid credentials');

describe('an admin login', () => {
  it.each([
    // 1: the old format, before anything that is wrong with the new one.
    [{ client_id: 'x' }, CHANGED],
    [{ client_secret: 'x' }, CHANGED],
    [{ client_id: 'x', client_secret: 'y', secret: ADMIN_SECRET }, CHANGED],
    [{ client_id: '', client_secret: 'y' }, CHANGED],
    [{ client_id: null, client_secret: 'y' }, CHANGED],
    [{ client_id: 'x', secret: 1 }, CHANGED],
    [{ client_id: 'x', secret: '' }, CHANGED],
    ['{"CLIENT_ID":"x"}', CHANGED],
    // A body that does not decode whole is no old format.
    ['{"client_id":"x"', MALFORMED],
    ['{"client_id":"x"} x', MALFORMED],
    // 2: malformed, trailing data included, before what is missing.
    [{ client_id: 1, secret: 1 }, MALFORMED],
    ['{"secret":""} {}', MALFORMED],
    [`{"secret":"${ADMIN_SECRET}"} x`, MALFORMED],
    [`{"secret":"${ADMIN_SECRET}"}\n\n`, undefined],
    // 3: missing.
    [{}, REQUIRED],
    ['null', REQUIRED],
    [{ secret: '' }, REQUIRED],
    [{ secret: null }, REQUIRED],
    [{ client_id: '', client_secret: '' }, REQUIRED],
    // One that is no text is not looked at, and the other neither.
    [{ client_id: 1 }, REQUIRED],
    [{ client_id: 1, secret: ADMIN_SECRET }, undefined],
    // 4: wrong.
    [{ secret: `${ADMIN_SECRET} ` }, CREDENTIALS],
    [{ secret: ADMIN_SECRET.toUpperCase() }, CREDENTIALS],
    [{ secret: 'x' }, CREDENTIALS],
  ])('%j', async (body, expected) => {
    const broker = await startBroker();
    await broker.call(LINE, { body }, expected);
  });

  it('leaves an event when the secret was compared, and only then', async () => {
    const broker = await startBroker();
    const trail = auditTrail(broker);
    await broker.call(LINE, { body: '{' }, MALFORMED);
    await broker.call(LINE, { body: '{}' }, REQUIRED);
    await broker.call(LINE, { body: { client_id: 'x' } }, CHANGED);
    await trail.is();
    await broker.call(LINE, { body: { secret: 'x' } }, CREDENTIALS);
    await broker.call(LINE, { body: { secret: ADMIN_SECRET } });
    await trail.is(
      {
        event_type: 'admin_auth_failed',
        detail: 'failed admin authentication attempt',
        outcome: 'denied',
      },
      {
        event_type: 'admin_auth',
        detail: 'admin authenticated as admin',
        outcome: 'success',
      },
    );
  });

  it.each([
    ['300 s', {}, 300],
    ['its own setting', { adminTokenTtl: 1000 }, 1000],
    ['the default when that is not positive', { adminTokenTtl: 0, defaultTtl: 77 }, 77],
    ['the ceiling at most', { adminTokenTtl: 1000, maxTtl: 50 }, 50],
    ['no ceiling when that is 0', { adminTokenTtl: 100_000, maxTtl: 0 }, 100_000],
    ['no ceiling when that is less', { adminTokenTtl: 100_000, maxTtl: -1 }, 100_000],
  ])('gives a token for %s', async (_, options, ttl) => {
    const broker = await startBroker(options);
    const expected = json(200, {
      access_token: '⟨jwt⟩',
      expires_in: ttl,
      token_type: 'Bearer',
    });
    const got = await broker.call(LINE, { body: { secret: ADMIN_SECRET } }, expected);
    expectToken(got.member('access_token'), {
      iss: '',
      sub: 'admin',
      exp: NOON + ttl,
      nbf: NOON,
      iat: NOON,
      scope: ADMIN_SCOPES,
    });
  });

  it('puts issuer and audience into the token, and whole seconds', async () => {
    const broker = await startBroker({ issuer: 'https://a&b', audience: 'orders' });
    broker.advance(1.999);
    const got = await broker.call(LINE, { body: { secret: ADMIN_SECRET } });
    expectToken(got.member('access_token'), {
      iss: 'https://a&b',
      sub: 'admin',
      aud: ['orders'],
      exp: NOON + 301,
      nbf: NOON + 1,
      iat: NOON + 1,
      scope: ADMIN_SCOPES,
    });
  });
});

producesItsRowsOf('admin-auth');
