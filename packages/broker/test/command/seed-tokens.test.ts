import { describe, expect, it } from 'vitest';
import { adminToken, startedCommand } from './child.js';

describe('seed tokens', () => {
  it('come in two lines before the listening line, and work', async () => {
    const started = await startedCommand({
      env: { AA_SEED_TOKENS: 'true', AA_AUDIENCE: 'orders', AA_LOG_LEVEL: 'quiet' },
    });
    const [launch = '', admin = '', listening = ''] = started.lines;
    expect(launch).toMatch(/^SEED_LAUNCH_TOKEN=[0-9a-f]{64}$/);
    expect(admin).toMatch(/^SEED_ADMIN_TOKEN=[\w-]+\.[\w-]+\.[\w-]+$/);
    expect(listening).toMatch(/listening/);
    const token = admin.slice('SEED_ADMIN_TOKEN='.length);
    const { json } = await started.call('POST', '/v1/token/validate', { body: { token } });
    const { claims } = json as { claims: { iat: number } };
    expect(claims).toMatchObject({
      sub: 'admin',
      scope: ['admin:launch-tokens:*', 'admin:revoke:*', 'admin:audit:*'],
      exp: claims.iat + 3600,
    });
    expect(claims).not.toHaveProperty('aud');
  });

  it('leave one audit event, of the launch token', async () => {
    const started = await startedCommand({ env: { AA_SEED_TOKENS: 'true' } });
    const token = await adminToken(started);
    const { json } = await started.call('GET', '/v1/audit/events', { token });
    const { events } = json as { events: readonly object[] };
    expect(events).toHaveLength(2);
    expect(events[0]).toMatchObject({
      id: 'evt-000001',
      event_type: 'launch_token_issued',
      detail: 'launch token issued for agent=seed-agent scope=[*:*:*] max_ttl=3600 created_by=seed',
      outcome: 'success',
    });
    expect(events[0]).not.toHaveProperty('agent_id');
    expect(events[1]).toMatchObject({ event_type: 'admin_auth' });
  });
});
