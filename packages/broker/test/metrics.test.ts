import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { AuditLog } from '../src/audit-log.js';
import { createMetrics } from '../src/metrics.js';
import { ADMIN_SECRET, createScene, NOON, type Scene } from './scene.js';

/** The lines of the metrics whose names begin so, without HELP and TYPE. */
function linesOf(text: string, ...prefixes: string[]): string[] {
  return text.split('\n').filter((line) => prefixes.some((prefix) => line.startsWith(prefix)));
}

async function scrape(scene: Scene, ...prefixes: string[]): Promise<string[]> {
  return linesOf((await scene.call('GET', '/v1/metrics')).text, ...prefixes);
}

describe('GET /v1/metrics', () => {
  it('answers in the text format with the exact content type', async () => {
    const got = await createScene().call('GET', '/v1/metrics');
    expect(got.status).toBe(200);
    expect(got.headers.get('content-type')).toBe(
      'text/plain; version=0.0.4; charset=utf-8; escaping=underscores',
    );
    expect(got.headers.get('content-encoding')).toBeNull();
    expect(got.text).toMatch(/^# HELP agentwrit_active_agents .+\n# TYPE agentwrit_active_agents /);
  });

  it.each([
    { accept: 'gzip', isZipped: true },
    { accept: 'deflate, gzip;q=1.0, *;q=0.5', isZipped: true },
    { accept: 'br , GZIP ; Q=0.5', isZipped: true },
    { accept: '', isZipped: false },
    { accept: 'identity', isZipped: false },
    { accept: 'gzip;q=0', isZipped: false },
    { accept: 'gzip;q=0.000, *', isZipped: false },
    { accept: 'gzip;q=0.5, identity', isZipped: false },
    { accept: 'gzip;q=0.5, *', isZipped: false },
    { accept: '*', isZipped: false },
    { accept: 'gzip;q=2', isZipped: false },
    { accept: 'x-gzip, gzipped', isZipped: false },
    { accept: `${'br,'.repeat(100)}gzip`, isZipped: false },
  ])('is compressed for "$accept": $isZipped', async ({ accept, isZipped }) => {
    const request = new Request('http://broker.example/v1/metrics', {
      headers: accept === '' ? {} : { 'accept-encoding': accept },
    });
    const response = await createScene().send(request);
    expect(response.headers.get('content-encoding')).toBe(isZipped ? 'gzip' : null);
    const body = Buffer.from(await response.arrayBuffer());
    expect((isZipped ? gunzipSync(body) : body).toString()).toContain(
      '\nagentwrit_active_agents 0\n',
    );
  });

  it('has the series without labels from the start, and none with labels before its first use', async () => {
    const lines = await scrape(createScene(), 'agentwrit_', '# TYPE agentwrit_');
    expect(lines).toEqual([
      '# TYPE agentwrit_active_agents gauge',
      'agentwrit_active_agents 0',
      '# TYPE agentwrit_audit_events_loaded gauge',
      'agentwrit_audit_events_loaded 0',
      '# TYPE agentwrit_audit_write_duration_seconds histogram',
      ...['0.001', '0.005', '0.01', '0.025', '0.05', '0.1', '+Inf'].map(
        (bound) => `agentwrit_audit_write_duration_seconds_bucket{le="${bound}"} 0`,
      ),
      'agentwrit_audit_write_duration_seconds_sum 0',
      'agentwrit_audit_write_duration_seconds_count 0',
      '# TYPE agentwrit_clock_skew_total counter',
      'agentwrit_clock_skew_total 0',
      '# TYPE agentwrit_launch_tokens_created_total counter',
      'agentwrit_launch_tokens_created_total 0',
    ]);
  });

  it('counts scrapes, this one as running and the ones before as done', async () => {
    const scene = createScene();
    const codes = (count: number) => [
      'promhttp_metric_handler_requests_in_flight 1',
      `promhttp_metric_handler_requests_total{code="200"} ${count}`,
      'promhttp_metric_handler_requests_total{code="500"} 0',
      'promhttp_metric_handler_requests_total{code="503"} 0',
    ];
    expect(await scrape(scene, 'promhttp_')).toEqual(codes(0));
    expect(await scrape(scene, 'promhttp_')).toEqual(codes(1));
  });

  it('tells of the process, sorted among the rest', async () => {
    const types = await scrape(createScene(), '# TYPE ');
    expect(types).toContain('# TYPE process_resident_memory_bytes gauge');
    expect(types).toContain('# TYPE nodejs_heap_size_used_bytes gauge');
    expect(types).toEqual(types.toSorted());
  });

  it('does not mix brokers', async () => {
    await createScene().adminToken();
    expect(await scrape(createScene(), 'agentwrit_admin_auth_total')).toEqual([]);
  });
});

describe('what is counted', () => {
  it('comparisons of the admin secret, and nothing that was refused before', async () => {
    const scene = createScene();
    for (const body of [{ secret: ADMIN_SECRET }, { secret: 'a' }, { secret: 'b' }, {}, '{']) {
      await scene.call('POST', '/v1/admin/auth', { body });
    }
    expect(await scrape(scene, 'agentwrit_admin_auth_total')).toEqual([
      'agentwrit_admin_auth_total{status="failure"} 2',
      'agentwrit_admin_auth_total{status="success"} 1',
    ]);
  });

  it('tokens of every kind by their first scope, renewals too, which revoke nothing', async () => {
    const scene = createScene();
    const { token } = await scene.app();
    await scene.renew(token);
    const agent = await scene.agent({ scope: ['read:data:*', 'write:data:*'] });
    await scene.delegate(agent.token, agent.id, ['write:data:x']);
    await scene.renew(agent.token);
    await scene.state.tokens.issue({ sub: 'x', scope: [], ttl: 1 });
    expect(await scrape(scene, 'agentwrit_tokens_')).toEqual([
      'agentwrit_tokens_issued_total{scope="admin:launch-tokens:*"} 1',
      'agentwrit_tokens_issued_total{scope="app:launch-tokens:*"} 2',
      'agentwrit_tokens_issued_total{scope="none"} 1',
      'agentwrit_tokens_issued_total{scope="read:data:*"} 2',
      'agentwrit_tokens_issued_total{scope="write:data:x"} 1',
    ]);
  });

  it('revocations by level, and releases', async () => {
    const scene = createScene();
    const token = await scene.adminToken();
    for (const level of ['token', 'agent', 'task', 'chain', 'chain', 'none']) {
      await scene.call('POST', '/v1/revoke', { token, body: { level, target: 'x' } });
    }
    await scene.call('POST', '/v1/token/release', { token });
    expect(await scrape(scene, 'agentwrit_tokens_revoked_total')).toEqual([
      'agentwrit_tokens_revoked_total{level="agent"} 1',
      'agentwrit_tokens_revoked_total{level="chain"} 2',
      'agentwrit_tokens_revoked_total{level="release"} 1',
      'agentwrit_tokens_revoked_total{level="task"} 1',
      'agentwrit_tokens_revoked_total{level="token"} 1',
    ]);
  });

  it('registrations that are JSON; the good ones are active agents, dead or not', async () => {
    const scene = createScene();
    const { token } = await scene.agent();
    await scene.call('POST', '/v1/token/release', { token });
    await scene.agent();
    const bodies = [
      {},
      await scene.registration({ requested_scope: ['read:other:x'] }),
      await scene.registration({ nonce: 'ff' }),
      await scene.registration({ task_id: 'not a segment' }),
      '{',
      { nonce: 1 },
    ];
    for (const body of bodies) await scene.call('POST', '/v1/register', { body });
    expect(await scrape(scene, 'agentwrit_registrations', 'agentwrit_active')).toEqual([
      'agentwrit_active_agents 2',
      'agentwrit_registrations_total{status="failure"} 4',
      'agentwrit_registrations_total{status="success"} 2',
    ]);
  });

  it('launch tokens, of operators and apps, and not those refused', async () => {
    const scene = createScene();
    const { token } = await scene.app();
    await scene.launchToken();
    for (const allowed_scope of [['read:data:x'], ['write:data:x'], []]) {
      const body = { agent_name: 'n', allowed_scope };
      await scene.call('POST', '/v1/app/launch-tokens', { token, body });
    }
    expect(await scrape(scene, 'agentwrit_launch')).toEqual([
      'agentwrit_launch_tokens_created_total 2',
    ]);
  });

  it('audit events by type', async () => {
    const scene = createScene();
    await scene.launchToken();
    await scene.launchToken();
    expect(await scrape(scene, 'agentwrit_audit_events_total')).toEqual([
      'agentwrit_audit_events_total{event_type="admin_auth"} 1',
      'agentwrit_audit_events_total{event_type="launch_token_issued"} 2',
    ]);
  });

  it('events loaded at start, and every write, failed ones too', async () => {
    const metrics = createMetrics();
    const row = { timestamp: '', event_type: 'x', detail: '', hash: 'h', prev_hash: 'p' };
    let isBroken = false;
    const nothing = (): void => {};
    const storage = {
      loadApps: () => [],
      insertApp: nothing,
      updateApp: nothing,
      loadRevocations: () => [],
      insertRevocation: nothing,
      loadAuditEvents: () => [
        { ...row, id: 'evt-000001' },
        { ...row, id: 'evt-000002' },
      ],
      insertAuditEvent() {
        if (isBroken) throw new Error('disk full');
      },
      close: nothing,
    };
    const log = new AuditLog({ clock: () => NOON, metrics, storage });
    const entry = { event_type: 'admin_auth', detail: '', outcome: 'success' } as const;
    log.record(entry);
    isBroken = true;
    log.record(entry);
    expect(linesOf(await metrics.expose(), 'agentwrit_audit')).toEqual(
      expect.arrayContaining([
        'agentwrit_audit_events_loaded 2',
        'agentwrit_audit_events_total{event_type="admin_auth"} 2',
        'agentwrit_audit_write_duration_seconds_bucket{le="+Inf"} 2',
        'agentwrit_audit_write_duration_seconds_count 2',
      ]),
    );
  });

  it('database errors by operation', async () => {
    const metrics = createMetrics();
    metrics.databaseError('insert_app');
    expect(linesOf(await metrics.expose(), 'agentwrit_db')).toEqual([
      'agentwrit_db_errors_total{operation="insert_app"} 1',
    ]);
  });
});
