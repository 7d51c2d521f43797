import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';
import { describe, expect, it } from 'vitest';
import {
  ADMIN_SECRET,
  adminToken,
  command,
  emptyFolder,
  isValid,
  startedCommand,
  stopped,
} from './child.js';

describe('a database', () => {
  it('keeps apps, revocations, events and the key for the next start', async () => {
    const cwd = emptyFolder();
    const env = { AA_DB_PATH: './data.db' };
    const first = await startedCommand({ cwd, env });
    const [kept, revoked] = [await adminToken(first), await adminToken(first)];
    const body = { name: 'orders', scopes: ['read:data:*'] };
    const app = await first.call('POST', '/v1/admin/apps', { token: kept, body });
    const { client_id, client_secret } = app.json as Record<string, string>;
    await first.call('POST', '/v1/token/release', { token: revoked });
    expect(await stopped(first)).toMatchObject({ code: 0, stderr: '' });
    // Closed: nothing of the database is left beside it.
    expect(readdirSync(cwd).toSorted()).toEqual(['data.db', 'signing.key']);
    for (const file of ['data.db', 'signing.key']) {
      expect(statSync(join(cwd, file)).mode & 0o777).toBe(0o600);
    }

    const database = new Database(join(cwd, 'data.db'));
    expect(database.prepare('SELECT secret_hash FROM apps').all()).toEqual([
      { secret_hash: expect.stringMatching(/^\$2[ab]\$12\$/) },
    ]);
    database.close();

    const second = await startedCommand({ cwd, env });
    expect(await isValid(second, kept)).toBe(true);
    expect(await isValid(second, revoked)).toBe(false);
    const login = await second.call('POST', '/v1/app/auth', { body: { client_id, client_secret } });
    expect(login.status).toBe(200);
    const events = await second.call('GET', '/v1/audit/events', { token: kept });
    expect(events.json).toMatchObject({
      events: [
        { event_type: 'admin_auth' },
        { event_type: 'admin_auth' },
        { event_type: 'app_registered' },
        { event_type: 'token_released' },
        { event_type: 'app_authenticated' },
      ],
    });
  });

  it('goes with the key that the operator names', async () => {
    const cwd = emptyFolder();
    const env = { AA_DB_PATH: 'data.db', AA_SIGNING_KEY_PATH: 'keys/one.key' };
    await stopped(await startedCommand({ cwd, env }));
    expect(existsSync(join(cwd, 'keys', 'one.key'))).toBe(true);
    expect(existsSync(join(cwd, 'signing.key'))).toBe(false);
  });

  it('without the key that it had is told as the end of all earlier tokens', async () => {
    const cwd = emptyFolder();
    const env = { AA_DB_PATH: 'data.db' };
    const warning = / \| new signing key: all earlier tokens are invalid$/;
    const isWarned = ({ lines }: { readonly lines: readonly string[] }): boolean =>
      lines.some((line) => line.startsWith('[AA:CFG:WARN] ') && warning.test(line));

    const first = await startedCommand({ cwd, env });
    const token = await adminToken(first);
    await stopped(first);
    const second = await startedCommand({ cwd, env });
    await stopped(second);
    rmSync(join(cwd, 'signing.key'));
    const third = await startedCommand({ cwd, env });
    expect([first, second, third].map(isWarned)).toEqual([false, false, true]);
    expect(await isValid(third, token)).toBe(false);
  });

  it('may be empty and yet have had a key', async () => {
    const cwd = emptyFolder();
    writeFileSync(join(cwd, 'data.db'), '');
    const { lines } = await startedCommand({ cwd, env: { AA_DB_PATH: 'data.db' } });
    expect(lines.join('\n')).toContain('| new signing key: all earlier tokens are invalid');
  });

  it.each([
    {
      step: 'load audit events',
      damage: 'UPDATE audit_events SET deleg_depth = 9223372036854775807',
    },
    {
      step: 'load revocations',
      damage: "INSERT INTO revocations (level, target) VALUES ('planet', 'x')",
    },
    { step: 'init database', damage: 'PRAGMA user_version = 99' },
  ])('that is damaged is not used: $step', async ({ step, damage }) => {
    const cwd = emptyFolder();
    const env = { AA_DB_PATH: 'data.db', AA_SEED_TOKENS: 'true' };
    await stopped(await startedCommand({ cwd, env }));
    const database = new Database(join(cwd, 'data.db'));
    database.exec(damage);
    database.close();
    const again = { ...env, AA_ADMIN_SECRET: ADMIN_SECRET, AA_PORT: '0' };
    const { code, stdout, stderr } = await command([], { cwd, env: again }).finished;
    expect(stderr).toMatch(new RegExp(`^FATAL: ${step}: [^\n]+\n$`, 'm'));
    expect(code).toBe(1);
    expect(stdout).not.toMatch(/SEED|listening/);
  });

  it('belongs to one broker at a time', async () => {
    const cwd = emptyFolder();
    const env = { AA_DB_PATH: 'data.db', AA_ADMIN_SECRET: ADMIN_SECRET, AA_PORT: '0' };
    const first = await startedCommand({ cwd, env });
    const { code, stderr } = await command([], { cwd, env }).finished;
    expect(stderr).toMatch(/^FATAL: init database: [^\n]+\n$/);
    expect(code).toBe(1);
    expect(await stopped(first)).toMatchObject({ code: 0 });
  });
});
