import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { AgentWritApp, AgentWritOperator, validate } from '../src/index.js';
import {
  ADMIN_AUTH,
  type Answer,
  APP_AUTH,
  CHALLENGE,
  DELEGATE,
  FakeBroker,
  gate,
  HEALTH,
  json,
  LAUNCH,
  OTHER_ID,
  REGISTER,
  REGISTER_APP,
  rejection,
  RELEASE,
  RENEW,
  REVOKE,
  VALIDATE,
} from './fake-broker.js';
import { shown } from './shown.js';

const SECRETS =
  /access-token-\d|launch-token-\d|app-secret-of-orders|admin-secret-of-ops|client-secret-of-orders|held-token/;

async function fixture() {
  const broker = await FakeBroker.start();
  const app = new AgentWritApp({
    brokerUrl: broker.url,
    clientId: 'or-0123456789ab',
    clientSecret: 'app-secret-of-orders',
    timeoutMs: 2000,
  });
  const operator = new AgentWritOperator({
    brokerUrl: broker.url,
    adminSecret: 'admin-secret-of-ops',
  });
  const scope = ['read:data:*'];
  const create = () => app.createAgent({ orchId: 'orch-1', taskId: 'task-1', scope });
  return {
    broker,
    app,
    operator,
    create,
    scope,
    async [Symbol.asyncDispose]() {
      await Promise.all([app.close(), operator.close()]);
      await broker[Symbol.asyncDispose]();
    },
  };
}

describe('printing shows who, never the secret', () => {
  test('of an app and its agent, before and after renewal and release', async () => {
    await using f = await fixture();
    expect(shown(f.app)).not.toMatch(SECRETS);
    expect(inspect(f.app)).toContain('or-0123456789ab');
    const agent = await f.create();
    expect(agent.accessToken).toMatch(SECRETS);
    expect(shown(agent)).not.toMatch(SECRETS);
    expect(inspect(agent)).toMatch(/^Agent \{/);
    expect(inspect(agent)).toContain('expiresIn: 300');
    expect(JSON.parse(JSON.stringify(agent))).toMatchObject({
      agentId: agent.agentId,
      released: false,
    });
    await agent.renew();
    expect(shown(agent)).not.toMatch(SECRETS);
    await agent.release();
    expect(shown(agent)).not.toMatch(SECRETS);
    expect(shown(f.app)).not.toMatch(SECRETS);
  });

  test('of a delegated token', async () => {
    await using f = await fixture();
    const token = await (await f.create()).delegate({ to: OTHER_ID, scope: f.scope });
    expect(token.accessToken).toMatch(SECRETS);
    expect(shown(token)).not.toMatch(SECRETS);
    expect(inspect(token)).toMatch(/^DelegatedToken \{/);
  });

  test('of an operator and the app it registers', async () => {
    await using f = await fixture();
    const registered = await f.operator.registerApp({ name: 'orders', scopes: f.scope });
    expect(registered.clientSecret).toMatch(SECRETS);
    expect(shown(f.operator)).not.toMatch(SECRETS);
    expect(shown(registered)).not.toMatch(SECRETS);
    expect(inspect(registered)).toMatch(/^RegisteredApp \{/);
  });

  test('of options that are refused', () => {
    const secret = 'app-secret-of-orders';
    for (const options of [
      { clientId: [secret], clientSecret: secret, brokerUrl: 'http://localhost' },
      { clientId: 'x', clientSecret: [secret], brokerUrl: 'http://localhost' },
      { clientId: 'x', clientSecret: secret, brokerUrl: `http://x:${secret}@localhost` },
      { clientId: 'x', clientSecret: secret, brokerUrl: `nonsense ${secret}` },
    ]) {
      let error: unknown;
      try {
        error = new AgentWritApp(
          options as unknown as ConstructorParameters<typeof AgentWritApp>[0],
        );
      } catch (thrown) {
        error = thrown;
      }
      expect(error).toBeInstanceOf(TypeError);
      expect(shown(error)).not.toMatch(SECRETS);
    }
  });
});

/** Everything the request carried, back in the answer. */
function echo(status: number, type: string): Answer {
  return (response, { headers, body }) => {
    const text = `${headers.authorization} ${JSON.stringify(body)}`;
    response.writeHead(status, {
      'content-type': type,
      'x-request-id': headers.authorization ?? 'none',
    });
    const problem = { title: text, detail: text, error_code: text, request_id: text, hint: text };
    response.end(type.endsWith('json') ? JSON.stringify(problem) : text);
  };
}

describe('an error never holds what the request carried', () => {
  const answers: { name: string; answer: Answer }[] = [
    { name: '400 with a JSON echo', answer: echo(400, 'application/problem+json') },
    { name: '401 with a JSON echo', answer: echo(401, 'application/problem+json') },
    { name: '403 with a JSON echo', answer: echo(403, 'application/problem+json') },
    { name: '429 with a JSON echo', answer: echo(429, 'application/problem+json') },
    { name: '500 with an echo in text', answer: echo(500, 'text/plain') },
    { name: '302 with an echo in text', answer: echo(302, 'text/html') },
    { name: '200 with an echo in text', answer: echo(200, 'text/plain') },
    { name: '200 with an echo that calls itself JSON', answer: echo(200, 'application/jsonx') },
    { name: '200 with an echo of another shape', answer: echo(200, 'application/json') },
    {
      name: '200 that is broken JSON around a token',
      answer: (response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end('{"access_token":"access-token-9",');
      },
    },
    {
      name: '200 with a token and a wrong member',
      answer: json(200, { access_token: 'access-token-9', expires_in: 'access-token-9' }),
    },
    { name: 'a broken connection', answer: (response) => void response.destroy() },
  ];

  test.each(answers)('$name', async ({ answer }) => {
    await using f = await fixture();
    const agent = await f.create();
    await f.operator.revoke({ level: 'task', target: 'task-1' });
    const routes = [LAUNCH, CHALLENGE, REGISTER, RENEW, RELEASE, DELEGATE, REVOKE, VALIDATE];
    for (const route of [...routes, HEALTH, REGISTER_APP]) f.broker.on(route, answer);
    const failures = [
      await rejection(f.create()),
      await rejection(f.app.health()),
      await rejection(f.app.validate('held-token')),
      await rejection(validate(f.broker.url, 'held-token')),
      await rejection(agent.delegate({ to: OTHER_ID, scope: f.scope })),
      await rejection(agent.renew()),
      await rejection(agent.release()),
      await rejection(f.operator.registerApp({ name: 'orders', scopes: f.scope })),
      await rejection(f.operator.revoke({ level: 'task', target: 'task-1' })),
    ];
    for (const route of [APP_AUTH, ADMIN_AUTH]) f.broker.on(route, answer);
    for (const route of [LAUNCH, CHALLENGE]) f.broker.on(route);
    const fresh = await fixtureAt(f.broker.url);
    failures.push(
      await rejection(fresh.app.createAgent({ orchId: 'a', taskId: 'b', scope: f.scope })),
      await rejection(fresh.operator.revoke({ level: 'task', target: 'x' })),
    );
    await fresh.close();
    for (const failure of failures) {
      expect(failure).toBeInstanceOf(Error);
      expect(shown(failure)).not.toMatch(SECRETS);
    }
  });

  test('a registration that fails does not show the launch token', async () => {
    await using f = await fixture();
    f.broker.on(REGISTER, echo(500, 'text/plain'));
    const error = await rejection(f.create());
    expect(shown(error)).toContain('[redacted]');
    expect(shown(error)).not.toMatch(SECRETS);
  });

  test('a token that is not good does not show in what is said of it, which is one short line', async () => {
    await using f = await fixture();
    f.broker.on(VALIDATE, (response, seen) => {
      const { token } = seen.body as { token: string };
      const text = `bad\r\n\u001b[2J${token} ${'x'.repeat(100_000)}`;
      return json(200, { valid: false, error: text })(response, seen);
    });
    const said = [
      await f.app.validate('held-token'),
      await f.operator.validate('held-token'),
      await validate(f.broker.url, 'held-token'),
    ].map((result) => (result.valid ? '' : result.error));
    const failure = await rejection(f.app.acceptDelegation('held-token'));
    expect(failure).toMatchObject({ code: 'invalid_token' });
    for (const text of [...said, (failure as Error).message]) {
      expect(text).toMatch(/^bad \[2J\[redacted\] x+$/);
      expect(text.length).toBeLessThan(1000);
    }
    expect(shown(failure)).not.toMatch(SECRETS);
  });

  test('an answer that is not HTTP', async () => {
    // The parser's error keeps the bytes it failed on.
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', (data) => socket.end(`oops ${data.toString()}`));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const error = await rejection(validate(url, 'held-token'));
    expect(String(error)).toContain('does not match the HTTP/1.1 protocol');
    expect(shown(error)).not.toMatch(SECRETS);
    await new Promise((resolve) => server.close(resolve));
  });

  test('an abort and a deadline', async () => {
    await using f = await fixture();
    const arrived = gate();
    f.broker.on(VALIDATE, () => arrived.open());
    const late = await rejection(validate(f.broker.url, 'held-token', { timeoutMs: 30 }));
    expect(late).toMatchObject({ code: 'timeout' });
    expect(shown(late)).not.toMatch(SECRETS);
    const controller = new AbortController();
    const aborted = rejection(f.app.validate('held-token', { signal: controller.signal }));
    await arrived.opened;
    controller.abort();
    expect(shown(await aborted)).not.toMatch(SECRETS);
  });
});

async function fixtureAt(brokerUrl: string) {
  const app = new AgentWritApp({
    brokerUrl,
    clientId: 'or-0123456789ab',
    clientSecret: 'app-secret-of-orders',
  });
  const operator = new AgentWritOperator({ brokerUrl, adminSecret: 'admin-secret-of-ops' });
  return { app, operator, close: () => Promise.all([app.close(), operator.close()]) };
}
