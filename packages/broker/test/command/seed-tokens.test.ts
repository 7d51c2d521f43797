import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { rawPublicKey } from '../scene.js';
import { adminToken, startedCommand, stopped } from './child.js';

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

  it('register one agent, for an hour', async () => {
    const env = { AA_SEED_TOKENS: 'true', AA_TRUST_DOMAIN: 'example.org' };
    const started = await startedCommand({ env });
    const launchToken = (await started.line(/^SEED_LAUNCH_TOKEN=/)).split('=')[1];
    const register = async (): ReturnType<typeof started.call> => {
      const { publicKey, privateKey } = generateKeyPairSync('ed25519');
      const challenge = await started.call('GET', '/v1/challenge');
      const { nonce } = challenge.json as { nonce: string };
      const body = {
        launch_token: launchToken,
        nonce,
        public_key: rawPublicKey(publicKey),
        signature: sign(null, Buffer.from(nonce, 'hex'), privateKey).toString('base64'),
        orch_id: 'orch-1',
        task_id: 'task-1',
        requested_scope: ['*:*:*'],
      };
      return started.call('POST', '/v1/register', { body });
    };
    expect(await register()).toMatchObject({
      status: 200,
      json: {
        agent_id: expect.stringMatching(/^spiffe:\/\/example\.org\/agent\/orch-1\/task-1\//),
        expires_in: 3600,
      },
    });
    expect(await register()).toMatchObject({
      status: 401,
      json: { detail: expect.stringContaining('already consumed') },
    });
  });

  it('count as issued', async () => {
    const started = await startedCommand({ env: { AA_SEED_TOKENS: 'true' } });
    const metrics = await (await fetch(`http://${started.address}/v1/metrics`)).text();
    expect(metrics).toContain('agentwrit_launch_tokens_created_total 1\n');
    expect(metrics).toContain('agentwrit_tokens_issued_total{scope="admin:launch-tokens:*"} 1\n');
    // What a scrape starts to observe does not keep the process.
    expect(await stopped(started)).toMatchObject({ code: 0 });
  });
});
