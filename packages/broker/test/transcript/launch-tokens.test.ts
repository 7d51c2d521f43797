// Requests for launch tokens in, by admins and apps → the answer and the audit event out (protocol §2.12,
// §2.13).

import { describe, it } from 'vitest';
import { auditTrail } from './audit-trail.js';
import { NOON, startBroker } from './broker-under-test.js';
import { forge } from './own-jwt.js';
import { agent, app, delegated, renewed } from './parties.js';
import { producesItsRowsOf } from './problems-seen.js';
import { json, problem } from './wire-text.js';

const ROUTES = [
  { line: 'POST /v1/admin/launch-tokens', scope: 'admin:launch-tokens:*' },
  { line: 'POST /v1/app/launch-tokens', scope: 'app:launch-tokens:*' },
];
const refused = (detail: string) => problem(400, 'invalid_request', detail);
const NAME_REQUIRED = refused('agent_name is required');
const SCOPE_REQUIRED = refused('allowed_scope must not be empty');
const APP_UNKNOWN = problem(403, 'forbidden', 'app not found');
const issued = (policy: object, expires_at = '2026-02-15T12:00:30Z') =>
  json(201, { launch_token: '⟨hex64⟩', expires_at, policy });

function caller(sub: string, scope: string): string {
  return forge({ iss: '', sub, exp: NOON + 60, nbf: 0, iat: 0, jti: 'j', scope: [scope] });
}

describe.each(ROUTES)('$line', ({ line, scope }) => {
  const token = caller('somebody', scope);

  it.each([
    ['{"agent_name":"","allowed_scope":[],"ttl":""}', refused('malformed JSON body')],
    ['{}', NAME_REQUIRED],
    ['{"agent_name":"","allowed_scope":["a:b:c"]}', NAME_REQUIRED],
    ['{"agent_name":"a"}', SCOPE_REQUIRED],
    ['{"agent_name":"a","allowed_scope":[]}', SCOPE_REQUIRED],
    ['{"agent_name":"a","allowed_scope":null}', SCOPE_REQUIRED],
  ])('refuses %s', async (body, expected) => {
    const broker = await startBroker();
    await broker.call(line, { token, body }, expected);
  });

  it('records whom it denied, and names the agent', async () => {
    const broker = await startBroker();
    const trail = auditTrail(broker);
    const who = { event_type: 'launch_token_denied', agent_id: 'somebody' };
    const reason = (name: string, why: string) => ({
      ...who,
      detail: `launch token denied for agent=${name} by=somebody reason=${why}`,
      outcome: 'denied' as const,
    });
    await broker.call(line, { token, body: '{}' }, NAME_REQUIRED);
    await broker.call(line, { token, body: { agent_name: 'a b' } }, SCOPE_REQUIRED);
    await broker.call(line, { token, body: '{' }, refused('malformed JSON body'));
    await trail.is(
      reason('', 'agent_name is required'),
      reason('a b', 'allowed_scope must not be empty'),
    );
  });

  it('issues any scope, well-formed or not, to who is no app', async () => {
    const broker = await startBroker();
    const trail = auditTrail(broker);
    broker.advance(0.999);
    const allowed_scope = ['nonsense', 'admin:revoke:*', '', 'nonsense'];
    const body = { agent_name: 'x=y', allowed_scope, max_ttl: 100_000, ttl: 3600 };
    const policy = { allowed_scope, max_ttl: 100_000 };
    await broker.call(line, { token, body }, issued(policy, '2026-02-15T13:00:00Z'));
    const what = 'scope=[nonsense admin:revoke:*  nonsense] max_ttl=100000';
    await trail.is({
      event_type: 'launch_token_issued',
      detail: `launch token issued for agent=x=y ${what} created_by=somebody`,
      outcome: 'success',
    });
  });

  it.each([
    [{ max_ttl: 0, ttl: 0 }, 300, '2026-02-15T12:00:30Z'],
    [{ max_ttl: -1, ttl: -30 }, 300, '2026-02-15T12:00:30Z'],
    [{ max_ttl: null, ttl: null, single_use: null }, 300, '2026-02-15T12:00:30Z'],
    [{ max_ttl: 1, ttl: 1, single_use: false }, 1, '2026-02-15T12:00:01Z'],
    [{ ttl: 31_536_000, single_use: true }, 300, '2027-02-15T12:00:00Z'],
  ])('has defaults for what is not positive: %j', async (given, max_ttl, expires) => {
    const broker = await startBroker();
    const body = { agent_name: 'a', allowed_scope: ['a:b:c'], ...given };
    await broker.call(
      line,
      { token, body },
      issued({ allowed_scope: ['a:b:c'], max_ttl }, expires),
    );
  });

  it('does not know an app without a row, whatever else is wrong', async () => {
    const broker = await startBroker();
    const ghost = caller('app:app-ghost-1', scope);
    const trail = auditTrail(broker);
    await broker.call(line, { token: ghost, body: '{' }, refused('malformed JSON body'));
    await broker.call(line, { token: ghost, body: '{}' }, APP_UNKNOWN);
    const body = { agent_name: 'a', allowed_scope: ['a:b:c'] };
    await broker.call(line, { token: ghost, body }, APP_UNKNOWN);
    await broker.call(line, { token: caller('app:', scope), body }, APP_UNKNOWN);
    await trail.is();
  });

  it('holds an app to its ceiling before it looks at the rest', async () => {
    const broker = await startBroker();
    const { id } = await app(broker, { scopes: ['read:data:*', 'write:data:x'] });
    const trail = auditTrail(broker);
    await trail.skip();
    const token = caller(`app:${id}`, scope);
    const detail = 'requested scopes exceed app ceiling; allowed: [read:data:* write:data:x]';
    const allowed_scope = ['read:data:a', 'write:data:*'];
    const expected = problem(403, 'forbidden', detail);
    await broker.call(line, { token, body: { agent_name: '', allowed_scope } }, expected);
    const asked = 'requested=[read:data:a write:data:*]';
    await trail.is({
      event_type: 'scope_ceiling_exceeded',
      agent_id: `app:${id}`,
      detail: `app=${id} ${asked} ceiling=[read:data:* write:data:x]`,
      outcome: 'denied',
    });
    // The empty list is covered, and is refused further on.
    await broker.call(line, { token, body: '{}' }, NAME_REQUIRED);
    await broker.call(line, { token, body: { agent_name: 'a' } }, SCOPE_REQUIRED);
    for (const scope of ['read:data', 'bad']) {
      const body = { agent_name: 'a', allowed_scope: [scope] };
      await broker.call(line, { token, body }, expected);
    }
  });
});

describe('an app', () => {
  const LINE = 'POST /v1/app/launch-tokens';
  const body = { agent_name: 'a', allowed_scope: ['read:data:x'] };
  const policy = { allowed_scope: ['read:data:x'], max_ttl: 300 };

  it('is named in the event of its launch token', async () => {
    const broker = await startBroker();
    const { id, token } = await app(broker);
    const trail = auditTrail(broker);
    await trail.skip();
    await broker.call(LINE, { token, body }, issued(policy));
    const what = 'launch token issued for agent=a scope=[read:data:x] max_ttl=300';
    await trail.is({
      event_type: 'launch_token_issued',
      detail: `${what} created_by=app:${id} app_id=${id}`,
      outcome: 'success',
    });
  });

  it('meets a new ceiling at once', async () => {
    const broker = await startBroker();
    const { id, token } = await app(broker);
    const scopes = ['write:data:*'];
    await broker.call(`PUT /v1/admin/apps/${id}`, { token: broker.operator, body: { scopes } });
    const detail = 'requested scopes exceed app ceiling; allowed: [write:data:*]';
    await broker.call(LINE, { token, body }, problem(403, 'forbidden', detail));
  });

  it('goes on minting with a living token after its deregistration, and renews it', async () => {
    const broker = await startBroker();
    const { id, token } = await app(broker);
    await broker.call(`DELETE /v1/admin/apps/${id}`, { token: broker.operator });
    await broker.call(LINE, { token, body }, issued(policy));
    await broker.call(LINE, { token: await renewed(broker, token), body }, issued(policy));
  });

  it('escapes its ceiling through an agent it delegates its own scope to', async () => {
    const broker = await startBroker();
    const { token } = await app(broker);
    const { id } = await agent(broker);
    const bypass = await delegated(broker, token, id, ['app:launch-tokens:*']);
    const beyond = { agent_name: 'a', allowed_scope: ['admin:revoke:*'] };
    const policy = { allowed_scope: ['admin:revoke:*'], max_ttl: 300 };
    await broker.call(LINE, { token: bypass, body: beyond }, issued(policy));
  });

  it('does not pass the route of the admins, nor an admin that of the apps', async () => {
    const broker = await startBroker();
    const { token } = await app(broker);
    const lacking = (scope: string) =>
      problem(403, 'insufficient_scope', `token lacks required scope: ${scope}`);
    await broker.call('POST /v1/admin/launch-tokens', { token }, lacking('admin:launch-tokens:*'));
    await broker.call(LINE, { token: broker.operator }, lacking('app:launch-tokens:*'));
  });
});

producesItsRowsOf('launch-tokens');
