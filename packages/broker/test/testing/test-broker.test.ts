import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createTestBroker, type TestBrokerOptions } from '../../src/testing/index.js';
import { start, validate } from './started.js';

describe('a test broker', () => {
  it('listens on a loopback port and answers in process, too', async () => {
    const broker = await start();
    expect(broker.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const over = await fetch(`${broker.url}/v1/health`);
    const within = await broker.fetch(new Request(`${broker.url}/v1/health`));
    expect([over.status, within.status]).toEqual([200, 200]);
  });

  it.each([{}, { rateLimits: undefined } as unknown as TestBrokerOptions])(
    'lets suites log in as often as they like',
    async (options) => {
      const broker = await start(options);
      const login = (): Promise<Response> =>
        fetch(`${broker.url}/v1/admin/auth`, {
          method: 'POST',
          body: JSON.stringify({ secret: broker.adminSecret }),
        });
      for (let attempt = 0; attempt < 15; attempt += 1) expect((await login()).status).toBe(200);
    },
  );

  it('does not show its secret when it is printed', async () => {
    const broker = await start({ adminSecret: 'a-marked-secret' });
    expect(inspect(broker, { depth: 9 })).not.toContain('a-marked-secret');
  });
});

describe('the options of a test broker', () => {
  it('are those of a broker', async () => {
    const broker = await start({ audience: 'orders-api', strict: true });
    const { claims } = await broker.issueToken({ scope: ['read:data:1'] });
    expect(claims.aud).toEqual(['orders-api']);
  });

  it.each([
    {
      name: 'an unknown name',
      options: { adience: 'x' },
      message:
        /^unknown option "adience": createTestBroker takes adminSecret, (?!.*clock).*, strict, log$/,
    },
    {
      name: 'a clock',
      options: { clock: Date.now },
      message: /^createTestBroker takes no "clock": it has its own/,
    },
    { name: 'null', options: null, message: /^createTestBroker takes a plain options object/ },
    { name: 'a text', options: 'x', message: /^createTestBroker takes a plain options object/ },
    { name: 'a bad value', options: { issuer: 5 }, message: /^"issuer" must be a string$/ },
  ])('refuse $name', async ({ options, message }) => {
    const attempt = createTestBroker(options as unknown as TestBrokerOptions);
    await expect(attempt).rejects.toBeInstanceOf(TypeError);
    await expect(attempt).rejects.toThrow(message);
  });
});

describe('requestCount', () => {
  it('counts the requests that arrive, whatever becomes of them', async () => {
    const broker = await start();
    const { token } = await broker.issueToken({ scope: ['read:data:1'] });
    await validate(broker, token);
    await broker.fail(500);
    await fetch(`${broker.url}/v1/health?from=test`);
    await broker.goDown();
    await validate(broker, token).catch(() => undefined);
    await broker.fetch(`${broker.url}/v1/health`).catch(() => undefined);
    expect(broker.requestCount()).toBe(2);
    expect(broker.requestCount('/v1/token/validate')).toBe(1);
    expect(broker.requestCount('/v1/health')).toBe(1);
    expect(broker.requestCount('/v1/revoke')).toBe(0);
  });

  it.each(['v1/health', '', '/v1/health?x=1', 5])('refuses %j, which is no path', async (path) => {
    const broker = await start();
    expect(() => broker.requestCount(path as string)).toThrow(TypeError);
    expect(() => broker.requestCount(path as string)).toThrow(/^"path" must begin with \//);
  });
});

describe('auditEvents', () => {
  it('gives what has been recorded so far, and it can change nothing', async () => {
    const broker = await start();
    const before = broker.auditEvents();
    broker.revoke({ level: 'task', target: 'task-7' });
    expect(before).toEqual([]);
    const events = broker.auditEvents();
    expect(events).toMatchObject([{ id: 'evt-000001', event_type: 'token_revoked' }]);
    expect(Object.isFrozen(events) && Object.isFrozen(events[0])).toBe(true);
    broker.revoke({ level: 'task', target: 'task-8' });
    expect(broker.auditEvents()).toHaveLength(2);
  });
});
