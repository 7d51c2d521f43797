// Every route that needs a bearer token × every reason to refuse it in → the answer and the audit event
// out (protocol §1.9).

import { describe, it } from 'vitest';
import { BEARER_ROUTES } from './appendix-a.js';
import { auditTrail, type Event } from './audit-trail.js';
import { NOON, startBroker } from './broker-under-test.js';
import { forge } from './own-jwt.js';
import { agent } from './parties.js';
import { producesItsRowsOf } from './problems-seen.js';
import { json, problem } from './wire-text.js';

const SCOPES: Readonly<Record<string, string>> = {
  'POST /v1/revoke': 'admin:revoke:*',
  'GET /v1/audit/events': 'admin:audit:*',
  'POST /v1/app/launch-tokens': 'app:launch-tokens:*',
  'POST /v1/admin/launch-tokens': 'admin:launch-tokens:*',
  'POST /v1/admin/apps': 'admin:launch-tokens:*',
  'GET /v1/admin/apps': 'admin:launch-tokens:*',
  'GET /v1/admin/apps/{id}': 'admin:launch-tokens:*',
  'PUT /v1/admin/apps/{id}': 'admin:launch-tokens:*',
  'DELETE /v1/admin/apps/{id}': 'admin:launch-tokens:*',
};
const ROUTES = BEARER_ROUTES.map((route) => {
  const line = route.replace('{id}', 'a%3Cb?q=1');
  const path = route.replace(/^[A-Z]+ /, '').replace('{id}', 'a<b');
  return { line, path, required: SCOPES[route] };
});
const UNAUTHORIZED = (detail: string) => problem(401, 'unauthorized', detail);

const claims = {
  iss: '',
  sub: 'somebody',
  exp: NOON + 60,
  nbf: NOON,
  iat: NOON,
  jti: 'j',
  scope: ['read:data:*', 'x'],
  task_id: 'task-7',
  orch_id: 'orch-7',
};
const ids = { agent_id: 'somebody', task_id: 'task-7', orch_id: 'orch-7' };

function failed(path: string, reason: string, who: object = {}): Event {
  const detail = `${reason} | path=${path}`;
  return { event_type: 'token_auth_failed', ...who, detail, resource: path, outcome: 'denied' };
}

describe.each(ROUTES)('$line', ({ line, path }) => {
  it('demands a token, of the right scheme, that verifies', async () => {
    const broker = await startBroker();
    const trail = auditTrail(broker);
    await broker.call(line, {}, UNAUTHORIZED('missing authorization header'));
    await trail.is(failed(path, 'missing authorization header'));
    const headers = [['Authorization', 'Basic eA==']] as const;
    await broker.call(line, { headers }, UNAUTHORIZED('invalid authorization scheme'));
    await trail.is(failed(path, 'invalid authorization scheme'));
    await broker.call(line, { token: 'x' }, UNAUTHORIZED('token verification failed'));
    await trail.is(failed(path, 'token verification failed: invalid token format'));
  });

  it('demands the audience before the scope', async () => {
    const broker = await startBroker({ audience: 'orders' });
    const trail = auditTrail(broker);
    const mismatch = failed(path, 'audience mismatch | expected=orders', ids);
    for (const aud of [undefined, [], ['order', 'orders2', 'Orders']]) {
      const token = forge({ ...claims, aud });
      await broker.call(line, { token }, UNAUTHORIZED('token audience mismatch'));
      await trail.is(mismatch);
    }
  });
});

describe.each(ROUTES.filter(({ required }) => required !== undefined))(
  '$line, without $required',
  ({ line, path, required }) => {
    it('is refused before the body is looked at', async () => {
      const broker = await startBroker({ audience: 'orders' });
      const trail = auditTrail(broker);
      const token = forge({ ...claims, aud: ['x', 'orders'] });
      const detail = `token lacks required scope: ${required}`;
      await broker.call(line, { token, body: '{' }, problem(403, 'insufficient_scope', detail));
      const actual = `required=${required} | actual=read:data:*,x`;
      await trail.is({
        event_type: 'scope_violation',
        ...ids,
        detail: `scope_violation | ${actual} | path=${path}`,
        resource: path,
        outcome: 'denied',
      });
    });
  },
);

describe('the Authorization header', () => {
  const LINE = 'POST /v1/token/renew';
  it.each([
    ['', 'missing authorization header'],
    ['   ', 'missing authorization header'],
    ['Bearer', 'invalid authorization scheme'],
    ['Bearer ', 'invalid authorization scheme'],
    ['bearer x', 'invalid authorization scheme'],
    ['BEARER x', 'invalid authorization scheme'],
    ['Bearer\tx', 'invalid authorization scheme'],
    ['Bearerx', 'invalid authorization scheme'],
    ['Token Bearer x', 'invalid authorization scheme'],
  ])('that reads %j: %s', async (value, detail) => {
    const broker = await startBroker();
    await broker.call(LINE, { headers: [['Authorization', value]] }, UNAUTHORIZED(detail));
  });

  it('has one space only', async () => {
    const broker = await startBroker();
    const trail = auditTrail(broker);
    const headers = [['Authorization', `Bearer  ${broker.operator}`]] as const;
    await broker.call(LINE, { headers }, UNAUTHORIZED('token verification failed'));
    const reason = 'token verification failed: invalid token format';
    await trail.is(failed('/v1/token/renew', reason));
  });
});

describe('the scope of a route', () => {
  it.each([
    'admin:revoke:x',
    'admin:*:*',
    '*:*:*',
    'Admin:revoke:*',
    'admin:revoke:**',
    'admin:revoke: *',
    'admin:revoke:*:*',
    'admin:revoke',
    'admin:audit:*',
  ])('is literal: %s is not admin:revoke:*', async (scope) => {
    const broker = await startBroker();
    const token = forge({ ...claims, scope: [scope] });
    const expected = problem(
      403,
      'insufficient_scope',
      'token lacks required scope: admin:revoke:*',
    );
    await broker.call('POST /v1/revoke', { token, body: '{}' }, expected);
  });

  it('is enough, whoever holds it and whatever stands beside it', async () => {
    const broker = await startBroker();
    const held = ['bad', 'admin:revoke:*', 'admin:revoke:*'];
    const { token } = await agent(broker, { scope: ['admin:revoke:*'] });
    const expected = json(200, { revoked: true, level: 'task', target: 't', count: 1 });
    for (const each of [token, forge({ ...claims, scope: held })]) {
      const body = { level: 'task', target: 't' };
      await broker.call('POST /v1/revoke', { token: each, body }, expected);
    }
  });
});

describe('a revoked token', () => {
  it('fails verification, before audience and scope', async () => {
    const broker = await startBroker({ audience: 'orders' });
    const body = { level: 'token', target: 'j' };
    await broker.call('POST /v1/revoke', { token: broker.operator, body });
    const trail = auditTrail(broker);
    await trail.skip();
    const token = forge(claims);
    const expected = UNAUTHORIZED('token verification failed');
    await broker.call('POST /v1/revoke', { token, body }, expected);
    await trail.is(failed('/v1/revoke', 'token verification failed: token has been revoked'));
  });
});

producesItsRowsOf('bearer');
