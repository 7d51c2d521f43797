// New apps in → the answer and the audit event out (protocol §2.14, §9).

import { describe, it } from 'vitest';
import { auditTrail } from './audit-trail.js';
import { startBroker } from './broker-under-test.js';
import { app } from './parties.js';
import { producesItsRowsOf } from './problems-seen.js';
import { json, problem } from './wire-text.js';

const CREATE = 'POST /v1/admin/apps';
const refused = (detail: string) => problem(400, 'invalid_request', detail);
const MALFORMED = refused('malformed JSON body');
const NAME_REQUIRED = refused('name is required');
const SCOPES_REQUIRED = refused('scopes must not be empty');
const BAD_NAME = refused('invalid app name: must be lowercase letters, digits, and hyphens');
const BAD_SCOPE = refused('invalid scope format: use action:resource:identifier');
const DUPLICATE = problem(500, 'internal_error', 'failed to register app');
const badTtl = (got: number) =>
  problem(
    400,
    'invalid_ttl',
    `invalid token TTL: must be between 60 and 86400 seconds, got ${got}`,
  );
const created = (name: string, abbrev: string, scopes: readonly string[], token_ttl: number) =>
  json(201, {
    app_id: `app-${name}-⟨hex6⟩`,
    name: '',
    client_id: `${abbrev}-⟨hex12⟩`,
    client_secret: '⟨hex64⟩',
    scopes,
    token_ttl,
    status: '',
  });
const scopes = ['read:data:*'];

describe('POST /v1/admin/apps', () => {
  it.each([
    // 1 before 2 and the rest.
    ['{"name":"","scopes":[],"token_ttl":"x"}', MALFORMED],
    // 2 before 3, 4.
    ['{}', NAME_REQUIRED],
    [{ name: '', scopes, token_ttl: 0 }, NAME_REQUIRED],
    // 3 before 4, 5.
    [{ name: 'A', token_ttl: 0 }, SCOPES_REQUIRED],
    [{ name: 'A', scopes: null }, SCOPES_REQUIRED],
    // 4 before 5, 6.
    [{ name: 'A', scopes, token_ttl: 0 }, badTtl(0)],
    [{ name: 'ab', scopes: ['bad'], token_ttl: -1 }, badTtl(-1)],
    // 5 before 6, 7.
    [{ name: 'A', scopes: ['bad'] }, BAD_NAME],
    [{ name: 'A', scopes, token_ttl: 59 }, BAD_NAME],
    [{ name: 'A', scopes, token_ttl: 1 }, BAD_NAME],
    // 6 before 7, 8.
    [{ name: 'ab', scopes: ['a:b:c', 'a:b'], token_ttl: 59 }, BAD_SCOPE],
    [{ name: 'taken', scopes: ['a:b:'] }, BAD_SCOPE],
    [{ name: 'ab', scopes: [''] }, BAD_SCOPE],
    [{ name: 'ab', scopes: ['::'] }, BAD_SCOPE],
    // 7 before 8.
    [{ name: 'taken', scopes, token_ttl: 59 }, badTtl(59)],
    [{ name: 'taken', scopes, token_ttl: 86_401 }, badTtl(86_401)],
    // 8
    [{ name: 'taken', scopes }, DUPLICATE],
    [{ name: 'gone', scopes }, DUPLICATE],
  ])('refuses %j', async (body, expected) => {
    const broker = await startBroker();
    await app(broker, { name: 'taken' });
    const { id } = await app(broker, { name: 'gone' });
    const { operator: token } = broker;
    await broker.call(`DELETE /v1/admin/apps/${id}`, { token });
    const trail = auditTrail(broker);
    await trail.skip();
    await broker.call(CREATE, { token, body }, expected);
    await trail.is();
  });

  it.each([
    'a',
    'a-b',
    'a-bc',
    '1a',
    '-ab',
    'ab-',
    'ab--c',
    'ab_c',
    'aB',
    'Ab',
    'ab c',
    'ab.c',
    'äb',
    'ab\n',
    `a${'b'.repeat(64)}`,
  ])('refuses the name %j', async (name) => {
    const broker = await startBroker();
    await broker.call(CREATE, { token: broker.operator, body: { name, scopes } }, BAD_NAME);
  });

  it.each([
    ['ab', 'ab'],
    ['a1', 'a1'],
    ['reports', 're'],
    ['ab-c', 'ac'],
    ['sample-apps', 'sa'],
    ['my-cool-web-app', 'mcw'],
    ['a0-1-2', 'a12'],
    [`a${'b'.repeat(63)}`, 'ab'],
  ])('makes the ids of %s', async (name, abbrev) => {
    const broker = await startBroker();
    const body = { name, scopes };
    const expected = created(name, abbrev, scopes, 1800);
    await broker.call(CREATE, { token: broker.operator, body }, expected);
  });

  it.each([
    [{}, 1800],
    [{ token_ttl: null }, 1800],
    [{ token_ttl: 60 }, 60],
    [{ token_ttl: 86_400 }, 86_400],
  ])('takes the lifetime %j', async (given, token_ttl) => {
    const broker = await startBroker();
    const trail = auditTrail(broker);
    const odd = ['*:*:*', 'a:b:c:d', ' : : ', 'a:b:c:d'];
    const body = { name: 'reports', scopes: odd, ...given };
    const expected = created('reports', 're', odd, token_ttl);
    const got = await broker.call(CREATE, { token: broker.operator, body }, expected);
    const client = `client_id=${got.member('client_id')}`;
    // The rest of the detail would be redacted had the app a secret in its name.
    await trail.is({
      event_type: 'app_registered',
      detail: `app=reports ${client} scopes=[*:*:* a:b:c:d  : :  a:b:c:d] token_ttl=${token_ttl}`,
      outcome: 'success',
    });
  });

  it('does not check the default lifetime', async () => {
    const broker = await startBroker({ appTokenTtl: 5 });
    const body = { name: 'reports', scopes };
    await broker.call(
      CREATE,
      { token: broker.operator, body },
      created('reports', 're', scopes, 5),
    );
  });
});

producesItsRowsOf('apps');
