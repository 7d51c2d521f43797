import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { hash } from 'bcryptjs';
import { describe, expect, it } from 'vitest';
import { createAuthority } from '../certificates.js';
import {
  ADMIN_SECRET,
  adminToken,
  command,
  emptyFolder,
  isValid,
  startedCommand,
  stopped,
} from './child.js';

describe('the command', () => {
  it('answers on the port that it prints, as the version that it prints', async () => {
    const started = await startedCommand();
    const [line = ''] = started.lines.slice(-1);
    expect(line).toMatch(/^AgentWrit broker v2\.0\.0 listening on 127\.0\.0\.1:[1-9]\d*$/);
    const health = await started.call('GET', '/v1/health');
    expect(health).toMatchObject({ status: 200, json: { status: 'ok', version: '2.0.0' } });
  });

  it('brackets an address with colons', async () => {
    const started = await startedCommand({ env: { AA_BIND_ADDRESS: '::1' } });
    expect(started.address).toMatch(/^\[::1\]:[1-9]\d*$/);
    expect((await started.call('GET', '/v1/health')).status).toBe(200);
  });

  it('prints help and version, and refuses what it does not know', async () => {
    const [help, version, unknown] = await Promise.all([
      command(['--help']).finished,
      command(['--version']).finished,
      command(['--prot', '1']).finished,
    ]);
    expect(help).toMatchObject({ code: 0, stderr: '' });
    expect(help.stdout).toMatch(/^Usage: agentwrit-broker [^]*AA_ADMIN_SECRET[^]*[^\n]\n$/);
    expect(version).toMatchObject({ code: 0, stderr: '' });
    expect(version.stdout).toMatch(/^@agentwrit\/broker \d[^\n]*\n$/);
    expect(unknown).toMatchObject({ code: 2, stdout: '' });
    expect(unknown.stderr).toMatch(/^agentwrit-broker: unknown flag "--prot"[^\n]*\n$/);
  });

  it('says on stdout what an operator should know, unless it is to be quiet', async () => {
    const env = { AA_BIND_ADDRESS: '0.0.0.0', AA_DEFAULT_TTL: '90', AA_MAX_TTL: '60' };
    const started = await startedCommand({ env });
    const line =
      /^\[AA:CFG:(?:WARN|OK)\] \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z \| config \| (.+)$/;
    expect(started.lines.slice(0, -1).map((text) => line.exec(text)?.[1])).toEqual([
      'MODE is development',
      expect.stringContaining('0.0.0.0'),
      expect.stringContaining('AA_DEFAULT_TTL'),
      expect.stringContaining('AA_DB_PATH'),
    ]);
    const quiet = await startedCommand({ env: { ...env, AA_LOG_LEVEL: 'quiet' } });
    expect(quiet.lines).toHaveLength(1);
  });

  it('warns of values that it cannot take, and goes on without them', async () => {
    const env = { AA_TLS_MODE: 'on', AA_DEFAULT_TTL: '5m', AA_SEED_TOKENS: '1' };
    const started = await startedCommand({ env });
    const warnings = started.lines.filter((text) => text.startsWith('[AA:CFG:WARN] '));
    expect(warnings.map((text) => text.split(' | ').at(-1))).toEqual([
      'AA_TLS_MODE "on" is none of none, tls, mtls: serving plain http',
      'AA_DEFAULT_TTL "5m" is not a whole number: 300 is used',
      'AA_SEED_TOKENS "1" is neither true nor false: no seed tokens are printed',
    ]);
    expect((await started.call('GET', '/v1/health')).status).toBe(200);
  });

  it('does what the variables say', async () => {
    const env = {
      AA_ISSUER: 'https://issuer.example',
      AA_AUDIENCE: 'orders',
      AA_MAX_TTL: '120',
      AA_APP_TOKEN_TTL: '90',
      AA_DEFAULT_TTL: '77',
      AA_ADMIN_TOKEN_TTL: '0',
    };
    const started = await startedCommand({ env });
    const token = await adminToken(started);
    const { json } = await started.call('POST', '/v1/token/validate', { body: { token } });
    const { claims } = json as { claims: { iat: number } };
    expect(claims).toMatchObject({
      iss: 'https://issuer.example',
      aud: ['orders'],
      exp: claims.iat + 77,
    });
    const body = { name: 'orders', scopes: ['read:data:*'] };
    const app = await started.call('POST', '/v1/admin/apps', { token, body });
    expect(app).toMatchObject({ status: 201, json: { token_ttl: 90 } });
  });

  it('limits logins', async () => {
    const started = await startedCommand();
    const statuses: number[] = [];
    while (statuses.length < 4) {
      statuses.push((await started.call('POST', '/v1/app/auth', { body: {} })).status);
    }
    expect(statuses).toEqual([400, 400, 400, 429]);
  });

  it.each([
    { args: [], status: 200 },
    { args: ['--strict'], status: 400 },
  ])('is as strict as its arguments say: $args', async ({ args, status }) => {
    const started = await startedCommand({ args, env: { AA_SEED_TOKENS: 'true' } });
    const token = (await started.line(/^SEED_ADMIN_TOKEN=/)).split('=')[1] ?? '';
    // Locks every operator out for good.
    const body = { level: 'agent', target: 'admin' };
    expect((await started.call('POST', '/v1/revoke', { token, body })).status).toBe(status);
  });

  it('takes its secret from the config file in the home directory', async () => {
    const cwd = emptyFolder();
    const secret = 'from-the-file';
    mkdirSync(join(cwd, '.broker'));
    const text = `MODE=production\nADMIN_SECRET=${await hash(secret, 4)}\n`;
    writeFileSync(join(cwd, '.broker', 'config'), text, { mode: 0o600 });
    const started = await startedCommand({ cwd, env: { AA_ADMIN_SECRET: '' } });
    expect(started.lines.join()).not.toContain('development');
    expect(await isValid(started, await adminToken(started, secret))).toBe(true);
  });

  it('writes nothing without a database', async () => {
    const cwd = emptyFolder();
    const started = await startedCommand({ cwd });
    const token = await adminToken(started);
    await started.call('POST', '/v1/token/release', { token });
    await stopped(started);
    expect(readdirSync(cwd)).toEqual([]);
  });

  it('never prints a secret or a token, whatever it logs', async () => {
    const cwd = emptyFolder();
    const env = { AA_LOG_LEVEL: 'trace', AA_DB_PATH: 'data.db' };
    const started = await startedCommand({ cwd, env });
    const token = await adminToken(started);
    await adminToken(started, 'a-wrong-secret');
    const body = { name: 'orders', scopes: ['read:data:*'] };
    const { json } = await started.call('POST', '/v1/admin/apps', { token, body });
    const { client_secret } = json as { client_secret: string };
    const { json: launch } = await started.call('POST', '/v1/admin/launch-tokens', {
      token,
      body: { agent_name: 'a', allowed_scope: ['read:data:x'] },
    });
    const { launch_token } = launch as { launch_token: string };
    await started.call('GET', `/v1/audit/events?agent_id=${launch_token}`, { token });
    const { stdout, stderr, code } = await stopped(started);
    expect(code).toBe(0);
    for (const secret of [ADMIN_SECRET, 'a-wrong-secret', token, client_secret, launch_token]) {
      expect(secret).not.toBe('');
      expect(stdout + stderr).not.toContain(secret);
    }
    expect(stdout + stderr).not.toMatch(/eyJ|[0-9a-f]{64}|\$2b\$|PRIVATE/);
  });
});

describe('TLS', () => {
  it('lets in who has a certificate, when it is mutual', async () => {
    const cwd = emptyFolder();
    const authority = await createAuthority('a CA');
    const server = await authority.issue('a server', 'server');
    const client = await authority.issue('a client', 'client');
    writeFileSync(join(cwd, 'cert.pem'), server.cert);
    writeFileSync(join(cwd, 'key.pem'), server.key);
    writeFileSync(join(cwd, 'ca.pem'), authority.cert);
    const env = {
      AA_TLS_MODE: 'mtls',
      AA_TLS_CERT: 'cert.pem',
      AA_TLS_KEY: 'key.pem',
      AA_TLS_CLIENT_CA: 'ca.pem',
    };
    const { address } = await startedCommand({ cwd, env });
    const health = (own: object): Promise<unknown> =>
      new Promise((resolve, reject) => {
        const url = `https://${address}/v1/health`;
        const asked = request(url, { ca: authority.cert, agent: false, ...own }, (response) => {
          response.resume();
          resolve({
            status: response.statusCode,
            hsts: response.headers['strict-transport-security'],
          });
        });
        asked.on('error', reject).end();
      });
    expect(await health(client)).toEqual({
      status: 200,
      hsts: 'max-age=63072000; includeSubDomains',
    });
    await expect(health({})).rejects.toThrow();
  });
});
