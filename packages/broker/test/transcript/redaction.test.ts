// Names that sound like secrets in → the audit details they end up in out (protocol §7.3).

import { describe, it } from 'vitest';
import { auditTrail } from './audit-trail.js';
import { startBroker } from './broker-under-test.js';
import { chainHash, chainRecord, jtiOf } from './own-jwt.js';
import { agent, app, launchToken, registration } from './parties.js';
import { problem } from './wire-text.js';

const success = { outcome: 'success' as const };

describe('an audit detail', () => {
  it('loses what follows the first = after a word like secret', async () => {
    const broker = await startBroker();
    const { id, token } = await app(broker, { scopes: ['read:secret:x'] });
    const scope = ['read:secret:x'];
    const lt = await broker.call('POST /v1/app/launch-tokens', {
      token,
      body: { agent_name: 'a', allowed_scope: scope },
    });
    const trail = auditTrail(broker);
    const launch_token = lt.member('launch_token');
    const body = await registration(broker, { launch_token, requested_scope: scope });
    await trail.skip();
    const got = await broker.call('POST /v1/register', { body });
    const who = { agent_id: got.member('agent_id'), task_id: 'task-1', orch_id: 'orch-1' };
    const jti = jtiOf(got.member('access_token'));
    await trail.is(
      {
        event_type: 'agent_registered',
        ...who,
        ...success,
        detail: 'Agent registered with scope [read:secret:x] app_id=***REDACTED***',
      },
      {
        event_type: 'token_issued',
        ...who,
        ...success,
        detail: `Token issued, jti=${jti}, ttl=300 app_id=${id}`,
      },
    );
  });

  it('keeps a scope that is only named after a secret when no = follows', async () => {
    const broker = await startBroker();
    const scope = ['read:PASSWORD:x'];
    const launch_token = await launchToken(broker, { allowed_scope: scope });
    const body = await registration(broker, { launch_token, requested_scope: scope });
    const trail = auditTrail(broker);
    await trail.skip();
    const got = await broker.call('POST /v1/register', { body });
    const who = { agent_id: got.member('agent_id'), task_id: 'task-1', orch_id: 'orch-1' };
    const jti = jtiOf(got.member('access_token'));
    await trail.is(
      {
        event_type: 'agent_registered',
        ...who,
        ...success,
        detail: 'Agent registered with scope [read:PASSWORD:x]',
      },
      {
        event_type: 'token_issued',
        ...who,
        ...success,
        detail: `Token issued, jti=${jti}, ttl=300`,
      },
    );
  });

  it('loses the scope of a delegation between agents of a secret orchestrator', async () => {
    const broker = await startBroker();
    const [from, to] = [await agent(broker, { orch: 'secret-orch' }), await agent(broker)];
    const trail = auditTrail(broker);
    await trail.skip();
    const body = { delegate_to: to.id, scope: ['read:data:x'] };
    await broker.call('POST /v1/delegate', { token: from.token, body });
    await trail.is({
      event_type: 'delegation_created',
      agent_id: to.id,
      ...success,
      task_id: 'task-1',
      orch_id: 'secret-orch',
      deleg_depth: 1,
      detail: `delegation from ${from.id} to ${to.id} scope=***REDACTED***`,
      deleg_chain_hash: chainHash([chainRecord(from.id, ['read:data:*'], '2026-02-15T12:00:00Z')]),
    });
  });

  it.each([
    ['private_key', 'private_key'],
    ['token_value:x', 'token_value:x'],
    ['Token_Value: x = y: z', 'Token_Value: ***REDACTED***'],
    ['a passwords: x', 'a passwords: ***REDACTED***'],
    ['my-private_key: ', 'my-private_key: ***REDACTED***'],
    ['SECRET: secret: x', 'SECRET: ***REDACTED***'],
    ['x: token_value: y', 'x: token_value: y'],
  ])('loses what follows the first colon and space after such a word: %s', async (target, kept) => {
    const broker = await startBroker();
    const trail = auditTrail(broker);
    const given = { token: broker.operator, body: { level: 'task', target } };
    await broker.call('POST /v1/revoke', given);
    // The first = is the one of the level, before which nothing of the kind stands.
    const detail = `revoked at level=task target=${kept}`;
    await trail.is({ event_type: 'token_revoked', agent_id: target, detail, ...success });
  });

  it('keeps a scope in a violation, whose first colon is its own', async () => {
    const broker = await startBroker();
    const launch_token = await launchToken(broker, { allowed_scope: ['a:b:c'] });
    const scope = ['Private_Key: x'];
    const trail = auditTrail(broker);
    const body = await registration(broker, { launch_token, requested_scope: scope });
    await trail.skip();
    const refused = problem(403, 'scope_violation', 'requested scope exceeds allowed scope');
    await broker.call('POST /v1/register', { body }, refused);
    await trail.is({
      event_type: 'registration_policy_violation',
      task_id: 'task-1',
      orch_id: 'orch-1',
      detail: 'scope violation: requested [Private_Key: x] exceeds allowed [a:b:c]',
      outcome: 'denied',
    });
  });

  it('keeps names that follow a harmless =', async () => {
    const broker = await startBroker();
    const { operator: token } = broker;
    const trail = auditTrail(broker);
    const policy = { agent_name: 'my-secret-bot', allowed_scope: ['read:data:*'] };
    await broker.call('POST /v1/admin/launch-tokens', { token, body: policy });
    const created = await broker.call('POST /v1/admin/apps', {
      token,
      body: { name: 'password-app', scopes: ['read:secret:x'], token_ttl: 60 },
    });
    const client = created.member('client_id');
    const unauthorized = problem(401, 'unauthorized', 'Authentication failed');
    const credentials = { client_id: client, client_secret: 'x' };
    await broker.call('POST /v1/app/auth', { body: credentials }, unauthorized);
    const issued = 'launch token issued for agent=my-secret-bot scope=[read:data:*]';
    await trail.is(
      {
        event_type: 'launch_token_issued',
        ...success,
        detail: `${issued} max_ttl=300 created_by=admin`,
      },
      {
        event_type: 'app_registered',
        ...success,
        detail: `app=password-app client_id=${client} scopes=[read:secret:x] token_ttl=60`,
      },
      {
        event_type: 'app_auth_failed',
        outcome: 'denied',
        detail: `client_id=${client} reason=wrong_secret`,
      },
    );
  });
});
