import { createTestBroker, type TestBroker } from '@agentwrit/broker/testing';
import { describe, expect, it } from 'vitest';
import { run } from './run.js';

const LIST = ['app', 'list'];
const NOWHERE = 'http://127.0.0.1:9';

describe('the broker and the secret', () => {
  const cases: readonly {
    readonly name: string;
    readonly env: (broker: TestBroker) => Record<string, string>;
    readonly flags?: (broker: TestBroker) => readonly string[];
  }[] = [
    {
      name: 'the environment',
      env: ({ url, adminSecret }) => ({
        AGENTWRIT_BROKER_URL: url,
        AGENTWRIT_ADMIN_SECRET: adminSecret,
        AACTL_BROKER_URL: NOWHERE,
        AACTL_ADMIN_SECRET: 'another',
      }),
    },
    {
      name: 'the older variables where the others are not set',
      env: ({ url, adminSecret }) => ({
        AGENTWRIT_BROKER_URL: '',
        AACTL_BROKER_URL: url,
        AACTL_ADMIN_SECRET: adminSecret,
      }),
    },
    {
      name: 'the flag before the environment',
      env: ({ adminSecret }) => ({
        AGENTWRIT_BROKER_URL: NOWHERE,
        AGENTWRIT_ADMIN_SECRET: adminSecret,
      }),
      flags: ({ url }) => ['--broker', url],
    },
  ];

  it.each(cases)('come from $name', async ({ env, flags }) => {
    await using broker = await createTestBroker();
    const argv = [...LIST, ...(flags?.(broker) ?? [])];
    const outcome = await run(argv, { env: env(broker) });
    expect(outcome).toEqual({ code: 0, stdout: ['no apps'], stderr: [] });
  });

  it.each([
    {
      name: 'no broker',
      env: { AGENTWRIT_ADMIN_SECRET: 'hush' },
      what: 'no broker: give --broker',
    },
    {
      name: 'no secret',
      env: { AGENTWRIT_BROKER_URL: NOWHERE },
      what: 'AGENTWRIT_ADMIN_SECRET is not set',
    },
    {
      name: 'a broker that is no address',
      env: { AGENTWRIT_BROKER_URL: 'hush', AGENTWRIT_ADMIN_SECRET: 'hush' },
      what: '"--broker" must be an absolute http: or https: URL',
    },
    {
      name: 'a broker far away without TLS',
      env: { AGENTWRIT_BROKER_URL: 'http://hush.example.com', AGENTWRIT_ADMIN_SECRET: 'hush' },
      what: '"--broker" must be https: unless the host is loopback: plain http: shows tokens to the network (set "--allow-insecure-http" to accept that)',
    },
  ])('are asked for where there is $name', async ({ env, what }) => {
    const { code, stderr } = await run(LIST, { env });
    expect(code).toBe(2);
    expect(stderr[0]).toContain(`agentwrit: ${what}`);
    expect(stderr.join()).not.toContain('hush');
  });

  it('may be far away without TLS where that is wanted', async () => {
    const env = { AGENTWRIT_BROKER_URL: 'http://broker.invalid', AGENTWRIT_ADMIN_SECRET: 'hush' };
    const { code, stderr } = await run([...LIST, '--allow-insecure-http'], { env });
    expect(code).toBe(3);
    expect(stderr[0]).toContain('broker unreachable at http://broker.invalid');
  });

  it('that do not go together are a refusal that shows no secret', async () => {
    await using broker = await createTestBroker();
    const env = { AGENTWRIT_BROKER_URL: broker.url, AGENTWRIT_ADMIN_SECRET: 'hush-hush' };
    for (const flags of [[], ['--json']]) {
      const { code, stdout, stderr } = await run([...LIST, ...flags], { env });
      expect({ code, stdout }).toEqual({ code: 1, stdout: [] });
      expect(stderr[0]).toContain('invalid credentials');
      expect(stderr.join()).not.toContain('hush');
    }
    const { stderr } = await run(LIST, { env });
    expect(stderr[1]).toBe('is AGENTWRIT_ADMIN_SECRET the secret of this broker?');
  });
});

describe('a fault', () => {
  const envOf = (broker: TestBroker): Record<string, string> => ({
    AGENTWRIT_BROKER_URL: broker.url,
    AGENTWRIT_ADMIN_SECRET: broker.adminSecret,
  });

  it.each([
    { status: 500, code: 'internal_error' },
    { status: 503, code: 'problem_response' },
    { status: 429, code: 'rate_limited' },
    { status: 302, code: 'problem_response' },
    // Not the broker's way to say no.
    { status: 405, code: 'problem_response' },
  ])('is no refusal: $status', async ({ status, code }) => {
    await using broker = await createTestBroker();
    await broker.fail(status, { headers: { 'Retry-After': '100' } });
    const outcome = await run([...LIST, '--json'], { env: envOf(broker) });
    expect(outcome).toMatchObject({ code: 3, stdout: [] });
    expect(JSON.parse(outcome.stderr.join())).toMatchObject({ code, status });
  });

  it('is a document with everything that helps to find it', async () => {
    await using broker = await createTestBroker();
    await broker.fail(500);
    const { stderr } = await run([...LIST, '--json'], { env: envOf(broker) });
    expect(JSON.parse(stderr.join())).toEqual({
      code: 'internal_error',
      message: 'no usable answer: Internal Server Error: injected: 500',
      status: 500,
      request_id: expect.stringMatching(/^[0-9a-f]{16}$/),
      problem: expect.objectContaining({ detail: 'injected: 500', error_code: 'internal_error' }),
    });
  });

  it('is an answer that is none', async () => {
    await using broker = await createTestBroker();
    const headers = { 'content-type': 'application/json' };
    await broker.fail(200, { body: '{"apps":"x"}', headers, path: '/v1/admin/apps' });
    const { code, stderr } = await run(LIST, { env: envOf(broker) });
    expect(code).toBe(3);
    expect(stderr[0]).toContain('malformed answer to /v1/admin/apps');
  });

  it('is no answer in time', async () => {
    await using broker = await createTestBroker();
    await broker.hang();
    const startedAt = performance.now();
    const argv = [...LIST, '--timeout', '0.1', '--json'];
    const { code, stderr } = await run(argv, { env: envOf(broker) });
    expect(code).toBe(3);
    expect(JSON.parse(stderr.join())).toMatchObject({ code: 'timeout' });
    expect(performance.now() - startedAt).toBeLessThan(5000);
  });

  it('cannot steer the terminal, nor fill it', async () => {
    await using broker = await createTestBroker();
    const detail = `\u001b[2J\u202e${'x'.repeat(100_000)}`;
    const body = JSON.stringify({ type: 'urn:x', title: 'T', detail, request_id: detail });
    await broker.fail(400, { body, headers: { 'content-type': 'application/problem+json' } });
    const { code, stderr } = await run(LIST, { env: envOf(broker) });
    expect(code).toBe(1);
    expect(stderr.join()).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(stderr.join().length).toBeLessThan(3000);
  });

  it.each(['0', '0.0', '1e3', 'x', '99999999'])('is not a timeout of %s seconds', async (text) => {
    const env = { AGENTWRIT_BROKER_URL: NOWHERE, AGENTWRIT_ADMIN_SECRET: 'x' };
    const { code, stderr } = await run([...LIST, '--timeout', text], { env });
    expect(code).toBe(2);
    expect(stderr[0]).toContain('"--timeout" must be ');
  });
});
