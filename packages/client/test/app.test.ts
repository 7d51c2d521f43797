import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { AgentWritApp, validate } from '../src/index.js';
import {
  AGENT_ID,
  APP_AUTH,
  CHALLENGE,
  deadToken,
  FakeBroker,
  gate,
  HEALTH,
  json,
  LAUNCH,
  NONCE,
  OTHER_ID,
  problem,
  REGISTER,
  rejection,
  VALIDATE,
} from './fake-broker.js';

const WORK = { orchId: 'orch-1', taskId: 'task-1', scope: ['read:data:order-7'] } as const;

function appOf(broker: FakeBroker, options: object = {}): AgentWritApp {
  const credentials = { clientId: 'or-0123456789ab', clientSecret: 'app-secret-of-orders' };
  return new AgentWritApp({ brokerUrl: broker.url, ...credentials, ...options });
}

describe('createAgent', () => {
  test('authenticates, asks for a launch token and a nonce, and registers', async () => {
    await using broker = await FakeBroker.start();
    await using app = appOf(broker);
    expect(broker.seen).toHaveLength(0);
    const before = Date.now();
    const agent = await app.createAgent(WORK);
    expect(broker.seen.map((request) => request.route)).toEqual([
      APP_AUTH,
      LAUNCH,
      CHALLENGE,
      REGISTER,
    ]);
    const [auth, launch, challenge, register] = broker.seen;
    expect(auth?.body).toEqual({
      client_id: 'or-0123456789ab',
      client_secret: 'app-secret-of-orders',
    });
    expect(launch?.headers.authorization).toBe('Bearer access-token-1');
    expect(launch?.body).toEqual({
      agent_name: 'orch-1/task-1',
      allowed_scope: ['read:data:order-7'],
      single_use: true,
    });
    expect(challenge?.headers).not.toHaveProperty('authorization');
    expect(register?.headers).not.toHaveProperty('authorization');
    expect(register?.body).toMatchObject({
      launch_token: 'launch-token-2',
      nonce: NONCE,
      orch_id: 'orch-1',
      task_id: 'task-1',
      requested_scope: ['read:data:order-7'],
    });
    expect(agent).toMatchObject({
      agentId: AGENT_ID,
      ...WORK,
      expiresIn: 300,
      released: false,
      accessToken: 'access-token-4',
      bearerHeader: { authorization: 'Bearer access-token-4' },
    });
    expect(agent.expiresAt.getTime()).toBeGreaterThanOrEqual(before + 300_000);
    expect(agent.expiresAt.getTime()).toBeLessThanOrEqual(Date.now() + 300_000);
  });

  test('passes on label, ttl and key', async () => {
    await using broker = await FakeBroker.start();
    await using app = appOf(broker);
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    await app.createAgent({ ...WORK, label: 'order worker', maxTtl: 60, key: privateKey });
    expect(broker.to(LAUNCH)[0]?.body).toMatchObject({ agent_name: 'order worker', max_ttl: 60 });
    const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
    expect(broker.to(REGISTER)[0]?.body).toMatchObject({ public_key: raw.toString('base64') });
  });

  test('proves a fresh key each time', async () => {
    await using broker = await FakeBroker.start();
    await using app = appOf(broker);
    await app.createAgent(WORK);
    await app.createAgent(WORK);
    const keys = broker.to(REGISTER).map(({ body }) => (body as { public_key: string }).public_key);
    expect(new Set(keys).size).toBe(2);
  });

  test('counts the life of the token from the moment it was asked for', async () => {
    await using broker = await FakeBroker.start();
    await using app = appOf(broker);
    let answeredAt = 0;
    broker.on(REGISTER, async (response, seen) => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      answeredAt = Date.now();
      const issued = { agent_id: AGENT_ID, access_token: 'slow', expires_in: 300 };
      await json(200, issued)(response, seen);
    });
    const agent = await app.createAgent(WORK);
    expect(agent.expiresAt.getTime()).toBeLessThan(answeredAt + 300_000);
  });

  test('does not look at the options again after the call', async () => {
    await using broker = await FakeBroker.start();
    await using app = appOf(broker);
    const scope = ['read:data:order-7'];
    const creation = app.createAgent({ ...WORK, scope });
    scope.push('write:data:*');
    const agent = await creation;
    expect(agent.scope).toEqual(['read:data:order-7']);
    expect(broker.to(REGISTER)[0]?.body).toMatchObject({ requested_scope: agent.scope });
  });

  test('many times at once authenticates once', async () => {
    await using broker = await FakeBroker.start();
    await using app = appOf(broker);
    await Promise.all(Array.from({ length: 25 }, () => app.createAgent(WORK)));
    expect(broker.to(APP_AUTH)).toHaveLength(1);
    expect(broker.to(REGISTER)).toHaveLength(25);
  });

  test('whose app token is refused authenticates again and goes on', async () => {
    await using broker = await FakeBroker.start();
    broker.on(LAUNCH, deadToken, json(201, LAUNCHED));
    await using app = appOf(broker);
    await app.createAgent(WORK);
    expect(broker.to(APP_AUTH)).toHaveLength(2);
    const [first, second] = broker.to(LAUNCH);
    expect(first?.headers.authorization).not.toBe(second?.headers.authorization);
  });

  test('whose registration is refused does not blame the app token', async () => {
    await using broker = await FakeBroker.start();
    broker.on(REGISTER, problem(401, 'unauthorized', 'nonce: nonce not found or expired'));
    await using app = appOf(broker);
    expect(await rejection(app.createAgent(WORK))).toMatchObject({ name: 'AuthenticationError' });
    expect(broker.to(APP_AUTH)).toHaveLength(1);
    expect(broker.to(LAUNCH)).toHaveLength(1);
  });

  test('can be aborted while another call waits for the same authentication', async () => {
    await using broker = await FakeBroker.start();
    const arrived = gate();
    const leave = gate();
    broker.on(APP_AUTH, async (response, seen) => {
      arrived.open();
      await leave.opened;
      const issued = { access_token: 'late', expires_in: 300, token_type: 'Bearer' };
      await json(200, issued)(response, seen);
    });
    await using app = appOf(broker);
    const controller = new AbortController();
    const impatient = rejection(app.createAgent({ ...WORK, signal: controller.signal }));
    const patient = app.createAgent(WORK);
    await arrived.opened;
    controller.abort(new Error('the user left'));
    expect(await impatient).toMatchObject({ message: 'the user left' });
    leave.open();
    expect((await patient).agentId).toBe(AGENT_ID);
    expect(broker.to(APP_AUTH)).toHaveLength(1);
  });

  test.each<{ name: string; options: object }>([
    { name: '"orchId"', options: { orchId: 'a/b' } },
    { name: '"taskId"', options: { taskId: '..' } },
    { name: '"taskId"', options: { taskId: undefined } },
    { name: '"scope"', options: { scope: [] } },
    { name: '"scope"', options: { scope: 'read:data:*' } },
    { name: '"scope[1]"', options: { scope: ['read:data:*', 'read:data'] } },
    { name: '"scope[0]"', options: { scope: ['read:data:1 write:data:2'] } },
    { name: '"scope[0]"', options: { scope: ['read:data:1,write:data:2'] } },
    { name: '"maxTtl"', options: { maxTtl: 0 } },
    { name: '"maxTtl"', options: { maxTtl: Number.NaN } },
    { name: '"maxTtl"', options: { maxTtl: 1.5 } },
    { name: '"label"', options: { label: '' } },
    { name: '"key"', options: { key: 'pem' } },
    { name: '"signal"', options: { signal: {} } },
    { name: 'unknown option "requestedScope"', options: { requestedScope: [] } },
  ])('with a wrong $name sends nothing and names it: $options', async ({ name, options }) => {
    await using broker = await FakeBroker.start();
    await using app = appOf(broker);
    const error = await rejection(app.createAgent({ ...WORK, ...options }));
    expect(error).toBeInstanceOf(TypeError);
    expect(String(error)).toContain(name);
    expect(broker.seen).toHaveLength(0);
  });
});

const LAUNCHED = {
  launch_token: 'launch-token-x',
  expires_at: '2026-02-15T12:00:30Z',
  policy: { allowed_scope: ['read:data:*'], max_ttl: 300 },
};

describe('every failure of a step', () => {
  const plain = (status: number, text: string) =>
    json(status, text, { 'content-type': 'text/plain' });

  test.each([
    { step: APP_AUTH, answer: problem(401, 'unauthorized', 'no'), name: 'AuthenticationError' },
    { step: APP_AUTH, answer: problem(429, 'rate_limited', 'no'), name: 'RateLimitError' },
    { step: LAUNCH, answer: problem(403, 'forbidden', 'no'), name: 'AuthorizationError' },
    { step: CHALLENGE, answer: plain(404, '404 page not found'), name: 'ProblemResponseError' },
    { step: REGISTER, answer: problem(500, 'internal_error', 'no'), name: 'ProblemResponseError' },
    { step: REGISTER, answer: json(307, {}, { location: '/' }), name: 'ProblemResponseError' },
    { step: APP_AUTH, answer: json(200, { access_token: 'x' }), name: 'MalformedAnswerError' },
    { step: LAUNCH, answer: json(201, []), name: 'MalformedAnswerError' },
    { step: CHALLENGE, answer: json(200, { nonce: 'x' }), name: 'MalformedAnswerError' },
    { step: CHALLENGE, answer: plain(200, 'Please log in'), name: 'MalformedAnswerError' },
    { step: REGISTER, answer: json(200, null), name: 'MalformedAnswerError' },
  ])('$step is a $name', async ({ step, answer, name }) => {
    await using broker = await FakeBroker.start();
    broker.on(step, answer);
    await using app = appOf(broker);
    expect(await rejection(app.createAgent(WORK))).toMatchObject({ name });
    expect(broker.to(step)).toHaveLength(1);
  });

  test('that is a log-in too many is waited for as long as that takes, not as long as is said', async () => {
    await using broker = await FakeBroker.start();
    const granted = json(200, { access_token: 'x', expires_in: 300, token_type: 'Bearer' });
    const refused = problem(429, 'rate_limited', 'wait', { 'retry-after': '60' });
    broker.on(APP_AUTH, refused, granted);
    await using app = appOf(broker);
    const startedAt = performance.now();
    expect((await app.createAgent(WORK)).agentId).toBe(AGENT_ID);
    expect(performance.now() - startedAt).toBeGreaterThan(5900);
    expect(broker.to(APP_AUTH)).toHaveLength(2);
  }, 20_000);

  test('that asks to come back later says when', async () => {
    await using broker = await FakeBroker.start();
    broker.on(APP_AUTH, problem(429, 'rate_limited', 'wait', { 'retry-after': '60' }));
    // Not enough to wait for even what the broker means by 60 s.
    await using app = appOf(broker, { timeoutMs: 5000 });
    const error = await rejection(app.createAgent(WORK));
    expect(error).toMatchObject({ code: 'rate_limited', retryAfterSeconds: 60 });
  });
});

describe('a success answer', () => {
  test.each([
    { name: 'that is not JSON', body: 'oops', type: 'application/json', what: 'expected JSON' },
    { name: 'that is HTML', body: '<p>', type: 'text/html', what: 'content-type' },
    { name: 'without a type', body: '{}', type: '', what: 'content-type' },
    { name: 'of another shape', body: '[]', type: 'application/json', what: 'expected an object' },
    {
      name: 'over 1 MiB',
      body: `"${'x'.repeat(2 ** 20)}"`,
      type: 'application/json',
      what: '1 MiB',
    },
  ])('$name is malformed', async ({ body, type, what }) => {
    await using broker = await FakeBroker.start();
    broker.on(HEALTH, (response) => {
      response.writeHead(200, type === '' ? {} : { 'content-type': type }).end(body);
    });
    await using app = appOf(broker);
    const error = await rejection(app.health());
    expect(error).toMatchObject({ code: 'malformed_answer', cause: { name: 'WireError' } });
    expect(String(error)).toContain('/v1/health');
    expect(String(error)).toContain(what);
  });

  test('may name a character set', async () => {
    await using broker = await FakeBroker.start();
    const type = { 'content-type': 'Application/JSON; charset=utf-8' };
    broker.on(VALIDATE, json(200, { valid: false, error: 'no' }, type));
    expect(await validate(broker.url, 'abc')).toEqual({ valid: false, error: 'no' });
  });

  test.each([
    { name: 'another orchestrator', id: AGENT_ID.replace('orch-1', 'orch-2') },
    { name: 'another task', id: OTHER_ID },
    { name: 'nobody', id: `${AGENT_ID}\n2026-02-15 all is well` },
  ])('to a registration that names an agent of $name is malformed', async ({ id }) => {
    await using broker = await FakeBroker.start();
    broker.on(REGISTER, json(200, { agent_id: id, access_token: 'x', expires_in: 300 }));
    await using app = appOf(broker);
    const error = await rejection(app.createAgent(WORK));
    expect(error).toMatchObject({ code: 'malformed_answer' });
    expect(String(error)).toContain('agent_id');
    expect(String(error)).not.toContain(id);
  });

  test('whose token cannot stand in a header is malformed', async () => {
    await using broker = await FakeBroker.start();
    const token = { access_token: 'a\r\nx-evil: 1', expires_in: 300, token_type: 'Bearer' };
    broker.on(APP_AUTH, json(200, token));
    await using app = appOf(broker);
    const error = await rejection(app.createAgent(WORK));
    expect(error).toMatchObject({ code: 'malformed_answer' });
  });
});

describe('an app', () => {
  test('tells the health of the broker', async () => {
    await using broker = await FakeBroker.start();
    await using app = appOf(broker);
    expect(await app.health()).toEqual({
      status: 'ok',
      version: '2.0.0',
      uptime: 7,
      dbConnected: true,
      auditEventsCount: 3,
    });
    expect(broker.to(APP_AUTH)).toHaveLength(0);
  });

  test('that is closed sends nothing, and can be closed again', async () => {
    await using broker = await FakeBroker.start();
    const app = appOf(broker);
    const agent = await app.createAgent(WORK);
    await app.close();
    await app.close();
    const sent = broker.seen.length;
    for (const call of [app.health(), app.createAgent(WORK), app.validate('x'), agent.release()]) {
      expect(await rejection(call)).toMatchObject({ code: 'closed' });
    }
    expect(broker.seen).toHaveLength(sent);
    expect(agent.released).toBe(false);
  });

  test('is made from the environment', async () => {
    await using broker = await FakeBroker.start();
    const env = {
      AGENTWRIT_BROKER_URL: `${broker.url}/`,
      AGENTWRIT_CLIENT_ID: 'from-env',
      AGENTWRIT_CLIENT_SECRET: 'secret-from-env',
    };
    await using app = AgentWritApp.fromEnv({ userAgent: 'shop/1.0' }, env);
    expect(app.brokerUrl).toBe(broker.url);
    await app.createAgent(WORK);
    expect(broker.to(APP_AUTH)[0]).toMatchObject({
      headers: { 'user-agent': 'shop/1.0' },
      body: { client_id: 'from-env', client_secret: 'secret-from-env' },
    });
    for (const name of Object.keys(env)) {
      const make = (): AgentWritApp => AgentWritApp.fromEnv({}, { ...env, [name]: '' });
      expect(make).toThrow(TypeError);
      expect(make).toThrow(name);
    }
  });

  test.each([
    { name: '"clientId"', options: { clientId: '' } },
    { name: '"clientSecret"', options: { clientSecret: undefined } },
    { name: '"brokerUrl"', options: { brokerUrl: 'http://broker.example.com' } },
    { name: '"timeoutMs"', options: { timeoutMs: -1 } },
    { name: 'unknown option "secret"', options: { secret: 'x' } },
  ])('with a wrong $name is not made', async ({ name, options }) => {
    await using broker = await FakeBroker.start();
    expect(() => appOf(broker, options)).toThrow(TypeError);
    expect(() => appOf(broker, options)).toThrow(name);
  });
});

describe('validate', () => {
  const claims = {
    iss: '',
    sub: 'app:app-orders-0a1b2c',
    exp: 2_000_000_300,
    nbf: 2_000_000_000,
    iat: 2_000_000_000,
    jti: '0f'.repeat(16),
    scope: ['app:launch-tokens:*'],
  };

  test('answers with the claims of a valid token, which need no task', async () => {
    await using broker = await FakeBroker.start();
    broker.on(VALIDATE, json(200, { valid: true, claims }));
    const result = await validate(broker.url, 'abc');
    expect(result).toMatchObject({ valid: true, claims });
    expect(broker.to(VALIDATE)[0]?.body).toEqual({ token: 'abc' });
  });

  test('of an empty token is invalid without asking', async () => {
    await using broker = await FakeBroker.start();
    await using app = appOf(broker);
    const invalid = { valid: false, error: 'token is invalid or expired' };
    expect(await validate(broker.url, '')).toEqual(invalid);
    expect(await app.validate('')).toEqual(invalid);
    expect(broker.seen).toHaveLength(0);
  });

  test('of an empty token by a caller who has left rejects all the same', async () => {
    const call = validate('http://localhost', '', { signal: AbortSignal.abort() });
    expect(await rejection(call)).toMatchObject({ name: 'AbortError' });
  });

  test.each([
    { name: 'without claims', answer: { valid: true }, code: 'malformed_answer' },
    { name: 'without valid', answer: { error: 'x' }, code: 'malformed_answer' },
    { name: 'with a word for valid', answer: { valid: 'true', claims }, code: 'malformed_answer' },
  ])('answered $name is a failure, not a verdict', async ({ answer, code }) => {
    await using broker = await FakeBroker.start();
    broker.on(VALIDATE, json(200, answer));
    expect(await rejection(validate(broker.url, 'abc'))).toMatchObject({ code });
  });

  test('leaves no connection open, whatever comes of it', async () => {
    await using broker = await FakeBroker.start();
    const arrived = gate();
    broker.on(VALIDATE, json(200, { valid: false, error: 'x' }), json(500, {}), () =>
      arrived.open(),
    );
    await validate(broker.url, 'abc');
    await rejection(validate(broker.url, 'abc'));
    const controller = new AbortController();
    const aborted = rejection(validate(broker.url, 'abc', { signal: controller.signal }));
    await arrived.opened;
    controller.abort();
    expect(await aborted).toMatchObject({ name: 'AbortError' });
    // The server hears of the end a moment later than the client.
    await expect.poll(() => broker.connections).toBe(0);
  });

  test('takes its own deadline', async () => {
    await using broker = await FakeBroker.start();
    broker.on(VALIDATE, () => {});
    const error = await rejection(validate(broker.url, 'abc', { timeoutMs: 30 }));
    expect(error).toMatchObject({ name: 'TransportError', code: 'timeout' });
  });

  test.each([
    { name: '"token"', token: undefined, options: {} },
    { name: '"signal"', token: 'abc', options: { signal: 'now' } },
    { name: 'unknown option "cache"', token: 'abc', options: { cache: true } },
  ])('with a wrong $name sends nothing', async ({ name, token, options }) => {
    await using broker = await FakeBroker.start();
    await using app = appOf(broker);
    for (const call of [
      validate(broker.url, token as string, options as object),
      app.validate(token as string, options as object),
    ]) {
      const error = await rejection(call);
      expect(error).toBeInstanceOf(TypeError);
      expect(String(error)).toContain(name);
    }
    expect(broker.seen).toHaveLength(0);
  });
});
