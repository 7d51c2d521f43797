import { createTestBroker, type TestBroker } from '@agentwrit/broker/testing';
import { describe, expect, it } from 'vitest';
import { registerAgent } from '../../src/index.js';
import { documentOf, type Outcome, run, type Surroundings } from './run.js';

const MISSING_ID = 'app-none-000000';

/** As the operator of this broker. */
function at(broker: TestBroker, ...argv: string[]): Promise<Outcome> {
  return run(argv, { env: environmentOf(broker) });
}

function environmentOf(broker: TestBroker): NonNullable<Surroundings['env']> {
  return { AGENTWRIT_BROKER_URL: broker.url, AGENTWRIT_ADMIN_SECRET: broker.adminSecret };
}

function register(broker: TestBroker): Promise<Outcome> {
  return at(broker, 'app', 'register', '--name', 'orders', '--scopes', 'read:data:*, write:data:7');
}

interface AppDocument {
  readonly app_id: string;
  readonly client_id: string;
  readonly client_secret: string;
}

async function registered(broker: TestBroker): Promise<AppDocument> {
  const argv = ['app', 'register', '--name=orders', '--scopes=read:data:*', '--json'];
  return documentOf(await at(broker, ...argv)) as AppDocument;
}

describe('app register', () => {
  it('shows what the app needs, its secret included', async () => {
    await using broker = await createTestBroker();
    const { code, stdout, stderr } = await register(broker);
    expect({ code, stderr }).toEqual({ code: 0, stderr: [] });
    const text = stdout.join('\n');
    expect(text).toMatch(/^app id {9}app-orders-[0-9a-f]{6}$/m);
    expect(text).toMatch(/^client id {6}or-[0-9a-f]{12}$/m);
    expect(text).toMatch(/^client secret {2}[0-9a-f]{64}$/m);
    expect(text).toMatch(/^scopes {9}read:data:\*, write:data:7$/m);
    expect(text).toMatch(/^token ttl {6}1800 s$/m);
  });

  it('is one document for programs, under the names of the wire', async () => {
    await using broker = await createTestBroker();
    const argv = ['app', 'register', '--name=orders', '--scopes=read:data:*', '--token-ttl=90'];
    expect(documentOf(await at(broker, ...argv, '--json'))).toEqual({
      app_id: expect.stringMatching(/^app-orders-/),
      name: 'orders',
      client_id: expect.stringMatching(/^or-/),
      client_secret: expect.stringMatching(/^[0-9a-f]{64}$/),
      scopes: ['read:data:*'],
      token_ttl: 90,
    });
  });

  it('says what may be wrong when the name is taken', async () => {
    await using broker = await createTestBroker();
    await register(broker);
    const { code, stdout, stderr } = await register(broker);
    // The broker calls it a failure of its own (protocol §2.14): it cannot be told from one.
    expect({ code, stdout }).toEqual({ code: 3, stdout: [] });
    expect(stderr[1]).toBe('is the name used already? Names are never free again.');
  });

  it.each([
    { flag: '--name', argv: ['--name', 'Orders', '--scopes', 'read:data:*'] },
    { flag: '--scopes', argv: ['--name', 'orders', '--scopes', 'read:data:*,read'] },
    { flag: '--token-ttl', argv: ['--name', 'orders', '--scopes', 'a:b:c', '--token-ttl', '59'] },
  ])('with a wrong $flag sends nothing, and names the flag', async ({ flag, argv }) => {
    await using broker = await createTestBroker();
    const { code, stderr } = await at(broker, 'app', 'register', ...argv);
    expect(code).toBe(2);
    expect(stderr[0]).toMatch(new RegExp(`^agentwrit: "${flag}" must be `));
    expect(stderr[1]).toBe(
      'Usage: agentwrit app register --name NAME --scopes A,B [--token-ttl SECONDS]',
    );
    expect(broker.requestCount()).toBe(0);
  });
});

describe('apps', () => {
  it('are listed in columns, the newest first, and no secret among them', async () => {
    await using broker = await createTestBroker();
    expect((await at(broker, 'app', 'list')).stdout).toEqual(['no apps']);
    const { app_id: id, client_id: clientId, client_secret: secret } = await registered(broker);
    broker.clock.advance(1000);
    await broker.registerApp({ name: 'xy', scopes: ['a:b:c', 'a:b:d'] });
    const { code, stdout } = await at(broker, 'app', 'list');
    expect(code).toBe(0);
    expect(stdout).toHaveLength(3);
    expect(stdout[0]).toMatch(
      /^APP ID {13}CLIENT ID {8}STATUS {2}TOKEN TTL {2}UPDATED {15}SCOPES$/,
    );
    expect(stdout[1]).toMatch(/^app-xy-[0-9a-f]{6} {6}xy-.* active {2}1800 s .*Z {2}a:b:c, a:b:d$/);
    expect(stdout[2]).toContain(`${id}  ${clientId}  active`);
    expect(stdout.join()).not.toContain(secret);
  });

  it('are one document for programs', async () => {
    await using broker = await createTestBroker();
    const { client_secret: secret, ...app } = await registered(broker);
    const outcome = await at(broker, 'app', 'list', '--json');
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    const details = { ...app, status: 'active', created_at: time, updated_at: time };
    expect(documentOf(outcome)).toEqual({ apps: [details], total: 1 });
    expect(outcome.stdout.join()).not.toContain(secret);
    expect(documentOf(await at(broker, 'app', 'get', app.app_id, '--json'))).toEqual(details);
  });

  it('can be shown, changed and removed', async () => {
    await using broker = await createTestBroker();
    const { app_id: id } = await registered(broker);
    const updated = await at(broker, 'app', 'update', '--id', id, '--scopes', 'a:b:c,a:b:d');
    expect(updated.code).toBe(0);
    expect(updated.stdout).toContain('scopes     a:b:c, a:b:d');
    expect(updated.stdout).toContain('token ttl  1800 s');
    expect((await at(broker, 'app', 'update', '--id', id, '--token-ttl', '60')).code).toBe(0);
    const shown = await at(broker, 'app', 'get', id);
    expect(shown.stdout).toContain('scopes     a:b:c, a:b:d');
    expect(shown.stdout).toContain('token ttl  60 s');
    const removed = await at(broker, 'app', 'remove', '--id', id);
    expect(removed.stdout[0]).toBe(`app id  ${id}`);
    expect(removed.stdout[1]).toMatch(/^status {2}inactive since \S+Z$/);
    expect((await at(broker, 'app', 'get', id)).stdout).toContain('status     inactive');
    const again = await at(broker, 'app', 'remove', '--id', id, '--json');
    expect(documentOf(again)).toEqual({
      app_id: id,
      status: 'inactive',
      deregistered_at: expect.stringMatching(/Z$/),
    });
  });

  it.each([
    { argv: ['app', 'get', MISSING_ID] },
    { argv: ['app', 'update', '--id', MISSING_ID, '--token-ttl', '60'] },
    { argv: ['app', 'remove', '--id', MISSING_ID] },
  ])('that do not exist are a refusal: $argv', async ({ argv }) => {
    await using broker = await createTestBroker();
    const { code, stdout, stderr } = await at(broker, ...argv);
    expect({ code, stdout }).toEqual({ code: 1, stdout: [] });
    expect(stderr).toHaveLength(1);
    expect(stderr[0]).toMatch(
      /^agentwrit: Not Found: app not found \(404, not_found, request [0-9a-f]{16}\)$/,
    );
  });

  it('have no id with a slash in it', async () => {
    await using broker = await createTestBroker();
    const { code, stderr } = await at(broker, 'app', 'get', '../launch-tokens');
    expect(code).toBe(2);
    expect(stderr[1]).toBe('Usage: agentwrit app get APP_ID');
    expect(broker.requestCount()).toBe(0);
  });
});

describe('launch-token create', () => {
  it('shows a token that registers one agent', async () => {
    await using broker = await createTestBroker();
    const argv = ['launch-token', 'create', '--name', 'worker', '--scopes', 'read:data:*'];
    const { code, stdout } = await at(broker, ...argv, '--max-ttl', '90', '--ttl', '60');
    expect(code).toBe(0);
    const [, expires = ''] = stdout[1]?.match(/^expires {7}(\S+Z)$/) ?? [];
    // 30 s by default.
    expect(Date.parse(expires) - Date.now()).toBeGreaterThan(45_000);
    const [, launchToken = ''] = stdout[0]?.match(/^launch token {2}([0-9a-f]{64})$/) ?? [];
    expect(stdout).toContain('good for      one agent');
    expect(stdout).toContain('max ttl       90 s');
    const options = {
      brokerUrl: broker.url,
      launchToken,
      orchId: 'orch-1',
      taskId: 'task-1',
      scope: ['read:data:7'],
    };
    const agent = await registerAgent(options);
    expect(agent.expiresIn).toBe(90);
    await expect(registerAgent(options)).rejects.toMatchObject({ code: 'unauthorized' });
    await agent.release();
  });

  it('is one document for programs, and can be for any number of agents', async () => {
    await using broker = await createTestBroker();
    const argv = ['launch-token', 'create', '--name=w', '--scopes=a:b:*,c:d:e', '--reusable'];
    const outcome = await at(broker, ...argv, '--json');
    const { launch_token: launchToken, ...rest } = documentOf(outcome) as { launch_token: string };
    expect(rest).toEqual({
      expires_at: expect.stringMatching(/Z$/),
      policy: { allowed_scope: ['a:b:*', 'c:d:e'], max_ttl: 300 },
    });
    for (const taskId of ['task-1', 'task-2']) {
      const work = { orchId: 'orch-1', taskId, scope: ['a:b:c'] };
      await (await registerAgent({ brokerUrl: broker.url, launchToken, ...work })).release();
    }
  });
});

describe('revoke', () => {
  it.each(['token', 'agent', 'task', 'chain'])('revokes at level %s', async (level) => {
    await using broker = await createTestBroker();
    const argv = ['revoke', '--level', level, '--target', 'some target'];
    const { code, stdout } = await at(broker, ...argv);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: ['revoked  some target', `level    ${level}`],
    });
    expect(broker.auditEvents().at(-1)?.detail).toBe(
      `revoked at level=${level} target=some target`,
    );
    expect(documentOf(await at(broker, ...argv, '--json'))).toEqual({
      revoked: true,
      level,
      target: 'some target',
      count: 1,
    });
  });
});
