import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { adminToken, emptyFolder, isValid, startedCommand, stopped } from './child.js';

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
});
