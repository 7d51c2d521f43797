// What happened at the broker in → the samples it exposes out (protocol §2.3, §11).

import { describe, expect, it } from 'vitest';
import { auditTrail } from './audit-trail.js';
import { ADMIN_SECRET, type BrokerUnderTest, startBroker } from './broker-under-test.js';
import { agent, app, delegated, registration, renewed } from './parties.js';
import { problem } from './wire-text.js';

const LINE = 'GET /v1/metrics';
const TYPE = 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores';

/** The broker's own samples, in the order they are exposed. */
async function samples(broker: BrokerUnderTest): Promise<readonly string[]> {
  const { body } = await broker.call(LINE);
  return body.split('\n').filter((line) => /^agentwrit_(?!audit_write)/.test(line));
}

const ZERO = [
  'agentwrit_active_agents 0',
  'agentwrit_audit_events_loaded 0',
  'agentwrit_clock_skew_total 0',
  'agentwrit_launch_tokens_created_total 0',
];

describe('GET /v1/metrics', () => {
  it('is text that anyone may read, and leaves no event', async () => {
    const broker = await startBroker();
    const trail = auditTrail(broker);
    const { text, body } = await broker.call(LINE);
    const lines = text.slice(0, text.indexOf('\r\n\r\n')).replace(/^Date: .*\r\n/m, '');
    expect(lines).toBe(
      [
        'HTTP/1.1 200 OK',
        'Cache-Control: no-store',
        `Content-Type: ${TYPE}`,
        'X-Content-Type-Options: nosniff',
        'X-Frame-Options: DENY',
        'X-Request-Id: transcript-1',
        `Content-Length: ${Buffer.byteLength(body)}`,
      ].join('\r\n'),
    );
    const head = await broker.call('HEAD /v1/metrics');
    expect(head.text).toMatch(/^HTTP\/1.1 200 OK\r\n[^]*\r\nContent-Length: \d{4,}\r\n/);
    expect(head.body).toBe('');
    await trail.is();
  });

  it('shows labelled series after their first use only', async () => {
    const broker = await startBroker();
    expect(await samples(broker)).toEqual(ZERO);
    const { body } = await broker.call(LINE);
    expect(body).not.toContain('agentwrit_tokens_issued_total');
    expect(body).not.toContain('agentwrit_request_duration_seconds');
    expect(body).toContain('# TYPE agentwrit_audit_write_duration_seconds histogram\n');
    expect(body).toContain('# TYPE agentwrit_active_agents gauge\n');
    expect(body).toContain('\npromhttp_metric_handler_requests_total{code="200"} 1\n');
    expect(body).toContain('\npromhttp_metric_handler_requests_in_flight 1\n');
    expect(body).toMatch(/^process_start_time_seconds \S+$/m);
  });

  it('counts what happened, each thing once', async () => {
    const broker = await startBroker();
    const { operator: token } = broker;
    const login = (secret: string) => ({ body: { secret } });
    await broker.call('POST /v1/admin/auth', login(ADMIN_SECRET));
    const wrong = problem(401, 'unauthorized', 'invalid credentials');
    await broker.call('POST /v1/admin/auth', login('x'), wrong);
    const missing = problem(400, 'invalid_request', 'secret is required');
    await broker.call('POST /v1/admin/auth', login(''), missing);
    await app(broker);
    const [one, two] = [
      await agent(broker),
      await agent(broker, { scope: ['write:a:b', 'x:y:z'] }),
    ];
    await delegated(broker, one.token, two.id, ['read:data:"\\']);
    const next = await renewed(broker, one.token);
    await broker.call('POST /v1/token/release', { token: next });
    for (const level of ['token', 'agent', 'task', 'chain', 'task']) {
      await broker.call('POST /v1/revoke', { token, body: { level, target: 'nobody' } });
    }
    const sound = await registration(broker);
    const register = 'POST /v1/register';
    const malformed = problem(400, 'invalid_request', 'malformed JSON body');
    await broker.call(register, { body: '{' }, malformed);
    const field = problem(400, 'invalid_request', 'missing required field');
    await broker.call(register, { body: '{}' }, field);
    const failed = problem(500, 'internal_error', 'registration failed');
    await broker.call(register, { body: { ...sound, task_id: '/' } }, failed);
    const three = await agent(broker, { scope: ['a:b:c'] });
    const lacking = 'token lacks required scope: admin:revoke:*';
    const refused = problem(403, 'insufficient_scope', lacking);
    await broker.call('POST /v1/revoke', { token: three.token }, refused);
    expect(await samples(broker)).toEqual([
      'agentwrit_active_agents 3',
      'agentwrit_admin_auth_total{status="failure"} 1',
      'agentwrit_admin_auth_total{status="success"} 1',
      'agentwrit_audit_events_loaded 0',
      'agentwrit_audit_events_total{event_type="admin_auth"} 1',
      'agentwrit_audit_events_total{event_type="admin_auth_failed"} 1',
      'agentwrit_audit_events_total{event_type="agent_registered"} 3',
      'agentwrit_audit_events_total{event_type="app_authenticated"} 1',
      'agentwrit_audit_events_total{event_type="app_registered"} 1',
      'agentwrit_audit_events_total{event_type="delegation_created"} 1',
      'agentwrit_audit_events_total{event_type="launch_token_issued"} 4',
      'agentwrit_audit_events_total{event_type="scope_violation"} 1',
      'agentwrit_audit_events_total{event_type="token_issued"} 3',
      'agentwrit_audit_events_total{event_type="token_released"} 1',
      'agentwrit_audit_events_total{event_type="token_renewed"} 1',
      'agentwrit_audit_events_total{event_type="token_revoked"} 5',
      'agentwrit_clock_skew_total 0',
      'agentwrit_launch_tokens_created_total 4',
      'agentwrit_registrations_total{status="failure"} 2',
      'agentwrit_registrations_total{status="success"} 3',
      'agentwrit_tokens_issued_total{scope="a:b:c"} 1',
      'agentwrit_tokens_issued_total{scope="admin:launch-tokens:*"} 1',
      'agentwrit_tokens_issued_total{scope="app:launch-tokens:*"} 1',
      'agentwrit_tokens_issued_total{scope="read:data:\\"\\\\"} 1',
      'agentwrit_tokens_issued_total{scope="read:data:*"} 2',
      'agentwrit_tokens_issued_total{scope="write:a:b"} 1',
      'agentwrit_tokens_revoked_total{level="agent"} 1',
      'agentwrit_tokens_revoked_total{level="chain"} 1',
      'agentwrit_tokens_revoked_total{level="release"} 1',
      'agentwrit_tokens_revoked_total{level="task"} 2',
      'agentwrit_tokens_revoked_total{level="token"} 1',
    ]);
  });
});
