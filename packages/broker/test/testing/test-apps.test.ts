import { describe, expect, it } from 'vitest';
import { start } from './started.js';

describe('registerApp', () => {
  it('makes an app that can log in, and that the audit log knows', async () => {
    const broker = await start();
    const scopes = ['read:data:*'];
    const app = await broker.registerApp({ name: 'orders', scopes, tokenTtl: 90 });
    expect(app.appId).toMatch(/^app-orders-[0-9a-f]{6}$/);
    const answer = await broker.fetch(`${broker.url}/v1/app/auth`, {
      method: 'POST',
      body: JSON.stringify({ client_id: app.clientId, client_secret: app.clientSecret }),
    });
    expect([answer.status, await answer.json()]).toMatchObject([200, { expires_in: 90 }]);
    expect(broker.auditEvents()).toMatchObject([
      {
        event_type: 'app_registered',
        detail: `app=orders client_id=${app.clientId} scopes=[read:data:*] token_ttl=90`,
      },
      { event_type: 'app_authenticated' },
    ]);
  });

  it("takes the broker's lifetime when it is given none", async () => {
    const broker = await start({ appTokenTtl: 30 });
    await broker.registerApp({ name: 'orders', scopes: ['read:data:*'] });
    expect(broker.auditEvents()[0]?.detail).toContain('token_ttl=30');
  });

  it.each([
    ['"name"', { name: 'Orders' }],
    ['"name"', { name: undefined }],
    ['"scopes"', { scopes: [] }],
    ['"scopes[1]"', { scopes: ['read:data:*', 'read:data'] }],
    ['"tokenTtl"', { tokenTtl: 59 }],
    ['"tokenTtl"', { tokenTtl: 86_401 }],
    ['"ttl"', { ttl: 60 }],
    ['"name" is taken: taken', { name: 'taken' }],
  ])('names what cannot be: %s', async (message, change) => {
    const broker = await start();
    await broker.registerApp({ name: 'taken', scopes: ['read:data:*'] });
    const options = { name: 'orders', scopes: ['read:data:*'], ...change };
    const attempt = broker.registerApp(options as never);
    await expect(attempt).rejects.toBeInstanceOf(TypeError);
    await expect(attempt).rejects.toThrow(message);
    expect(broker.auditEvents()).toHaveLength(1);
  });
});
