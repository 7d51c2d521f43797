import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { type Broker, type BrokerOptions, createBroker } from '../src/index.js';
import { VECTOR_PEM } from './scene.js';

// Before anything listens.
const GLOBALS = { Request: globalThis.Request, Response: globalThis.Response };

const PEM = '-----BEGIN CERTIFICATE-----';

const brokers: Broker[] = [];
const agents: Agent[] = [];

function startable(options: BrokerOptions = {}): Broker {
  const broker = createBroker({ bcryptCost: 4, ...options });
  brokers.push(broker);
  return broker;
}

afterEach(async () => {
  for (const agent of agents.splice(0)) agent.destroy();
  await Promise.all(brokers.splice(0).map((broker) => broker.close()));
});

async function login(broker: Broker, secret: string): Promise<number> {
  const url = 'http://broker.example/v1/admin/auth';
  const body = JSON.stringify({ secret });
  return (await broker.fetch(new Request(url, { method: 'POST', body }))).status;
}

describe('options', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  const { publicKey } = generateKeyPairSync('ed25519');
  it.each([
    {
      name: 'an unknown name',
      options: { port: 1 },
      message:
        /^unknown option "port": createBroker takes adminSecret, trustDomain, .*strict, log$/,
    },
    {
      name: 'no object',
      options: 'x',
      message: /^createBroker takes a plain options object with adminSecret, /,
    },
    {
      name: 'null',
      options: null,
      message: /^createBroker takes a plain options object with adminSecret, /,
    },
    {
      name: 'an empty secret',
      options: { adminSecret: '' },
      message: /^"adminSecret" must be 1 to 72 bytes$/,
    },
    {
      name: 'a secret bcrypt would cut',
      options: { adminSecret: 'é'.repeat(37) },
      message: /^"adminSecret" must be/,
    },
    {
      name: 'a secret that is no text',
      options: { adminSecret: 5 },
      message: /^"adminSecret" must be a string$/,
    },
    {
      name: 'a bad trust domain',
      options: { trustDomain: 'Example' },
      message: /^"trustDomain" must be/,
    },
    {
      name: 'an issuer that is no text',
      options: { issuer: null },
      message: /^"issuer" must be a string$/,
    },
    {
      name: 'an audience list',
      options: { audience: ['a'] },
      message: /^"audience" must be a string$/,
    },
    {
      name: 'a default lifetime of 0',
      options: { defaultTtl: 0 },
      message: /^"defaultTtl" must be a whole number of at least 1, got 0$/,
    },
    {
      name: 'NaN',
      options: { maxTtl: Number.NaN },
      message: /^"maxTtl" must be a whole number, got NaN$/,
    },
    {
      name: 'infinity',
      options: { maxTtl: Infinity },
      message: /^"maxTtl" must be a whole number/,
    },
    {
      name: 'a fraction',
      options: { appTokenTtl: 1.5 },
      message: /^"appTokenTtl" must be a whole number/,
    },
    {
      name: 'a number as text',
      options: { adminTokenTtl: '300' },
      message: /^"adminTokenTtl" must be a whole number/,
    },
    {
      name: 'a clock that is none',
      options: { clock: 5 },
      message: /^"clock" must be a function$/,
    },
    {
      name: 'a clock of seconds',
      options: { clock: () => 1_771_156_600 },
      message: /^"clock" must return epoch milliseconds, got 1771156600$/,
    },
    {
      name: 'a clock of microseconds',
      options: { clock: () => 1.7e16 },
      message: /^"clock" must return epoch milliseconds, got 17000000000000000$/,
    },
    {
      name: 'a clock that has stopped',
      options: { clock: () => Number.NaN },
      message: /^"clock" must return epoch milliseconds, got NaN$/,
    },
    {
      name: 'a clock of dates',
      options: { clock: () => new Date() },
      message: /^"clock" must return epoch milliseconds, got object$/,
    },
    {
      name: 'too little bcrypt',
      options: { bcryptCost: 3 },
      message: /^"bcryptCost" must be a whole number from 4 to 31, got 3$/,
    },
    {
      name: 'a key of another kind',
      options: { signingKey: rsa },
      message: /^"signingKey" must be an Ed25519 private key/,
    },
    { name: 'a public key', options: { signingKey: publicKey }, message: /^"signingKey" must be/ },
    {
      name: 'a PEM that is none',
      options: { signingKey: 'secret-text' },
      message: /^"signingKey" must be an Ed25519 private key, as KeyObject or PKCS#8 PEM$/,
    },
    {
      name: 'a kept key without what was revoked',
      options: { signingKeyPath: './signing.key' },
      message: /^"signingKeyPath" needs "dbPath": /,
    },
    {
      name: 'two keys',
      options: { signingKeyPath: './signing.key', dbPath: './data.db', signingKey: VECTOR_PEM },
      message: /^"signingKey" and "signingKeyPath" exclude each other$/,
    },
    { name: 'no path', options: { dbPath: '' }, message: /^"dbPath" must be the path of a file$/ },
    {
      name: 'a path that is none',
      options: { dbPath: ':memory:' },
      message: /^"dbPath" must be the path of a file: leave it out to keep all in memory$/,
    },
    {
      name: 'half of TLS',
      options: { tls: { cert: PEM } },
      message: /^"tls.key" must be a string$/,
    },
    {
      name: 'the path of a certificate',
      options: { tls: { cert: './tls.crt', key: PEM } },
      message: /^"tls.cert" must be PEM text, not a path$/,
    },
    {
      name: 'the path of its key',
      options: { tls: { cert: PEM, key: './tls.key' } },
      message: /^"tls.key" must be PEM text, not a path$/,
    },
    {
      name: 'the path of a client CA',
      options: { tls: { cert: PEM, key: PEM, clientCa: '' } },
      message: /^"tls.clientCa" must be PEM text, not a path$/,
    },
    {
      name: 'a path in TLS',
      options: { tls: { certPath: 'x' } },
      message: /^unknown option "certPath": tls takes cert, key, clientCa$/,
    },
    {
      name: 'a strictness between',
      options: { strict: 'yes' },
      message: /^"strict" must be true or false/,
    },
    {
      name: 'a log that is none',
      options: { log: console },
      message: /^"log" must be a function$/,
    },
  ])('refuse $name', ({ options, message }) => {
    const build = (): Broker => createBroker(options as BrokerOptions);
    expect(build).toThrow(TypeError);
    expect(build).toThrow(message);
  });

  it('may be absent, or undefined one by one', () => {
    expect(() => createBroker()).not.toThrow();
    expect(() => createBroker({ issuer: undefined } as unknown as BrokerOptions)).not.toThrow();
    const tls = { cert: PEM, key: PEM, clientCa: undefined };
    expect(() => createBroker({ tls } as unknown as BrokerOptions)).not.toThrow();
  });
});

describe('a broker', () => {
  it('takes the secret it was given, or makes up another each time', async () => {
    const given = startable({ adminSecret: 'given' });
    expect(given.adminSecret).toBe('given');
    expect(await login(given, 'given')).toBe(200);
    const [one, two] = [startable(), startable()];
    expect(one.adminSecret).toMatch(/^[\w-]{43}$/);
    expect(one.adminSecret).not.toBe(two.adminSecret);
    expect(await login(one, one.adminSecret)).toBe(200);
    expect(await login(one, two.adminSecret)).toBe(401);
  });

  it('is no promise, so that awaiting it gives the broker itself', () => {
    expect(startable()).not.toHaveProperty('then');
  });

  it('does not show its secret when it is printed', () => {
    expect(inspect(startable({ adminSecret: 'hush-hush' }))).not.toContain('hush-hush');
  });
});

describe('listen', () => {
  it('serves the broker that fetch serves, with the same answers', async () => {
    const broker = startable();
    const { url, port } = await broker.listen();
    expect(url).toBe(`http://127.0.0.1:${port}`);
    const challenge = await fetch(`${url}/v1/challenge`);
    expect(challenge.status).toBe(200);
    const body = JSON.stringify({ secret: broker.adminSecret });
    const auth = await fetch(`${url}/v1/admin/auth`, { method: 'POST', body });
    const { access_token } = (await auth.json()) as { access_token: string };
    const inProcess = await broker.fetch(
      new Request('http://broker.example/v1/token/validate', {
        method: 'POST',
        body: JSON.stringify({ token: access_token }),
      }),
    );
    expect(await inProcess.json()).toMatchObject({ valid: true });
    const released = await fetch(`${url}/v1/token/release`, {
      method: 'POST',
      headers: { authorization: `Bearer ${access_token}` },
    });
    expect(released.status).toBe(204);
    expect(released.headers.get('content-type')).toBeNull();
  });

  it('leaves the global Request and Response alone', async () => {
    await startable().listen();
    expect(globalThis.Request).toBe(GLOBALS.Request);
    expect(globalThis.Response).toBe(GLOBALS.Response);
  });

  it('counts the bytes of a body without a length', async () => {
    const { url } = await startable().listen();
    const chunk = new Uint8Array(65_536);
    let left = 17;
    const body = new ReadableStream({
      pull(controller) {
        if (left-- > 0) controller.enqueue(chunk);
        else controller.close();
      },
    });
    const init = { method: 'POST', body, duplex: 'half' as const };
    const response = await fetch(`${url}/v1/token/validate`, init);
    expect(response.status).toBe(413);
    await response.body?.cancel();
  });

  it('limits by the address of the connection', async () => {
    const { url } = await startable().listen();
    const statuses: number[] = [];
    for (let i = 0; i < 4; i++) {
      const response = await fetch(`${url}/v1/app/auth`, { method: 'POST', body: '{}' });
      statuses.push(response.status);
    }
    expect(statuses).toEqual([400, 400, 400, 429]);
  });

  it.each([
    { name: 'a fraction', port: 1.5 },
    { name: 'a negative port', port: -1 },
    { name: 'a port too high', port: 65_536 },
    { name: 'a port as text', port: '80' },
  ])('refuses $name', async ({ port }) => {
    const attempt = startable().listen(port as number);
    await expect(attempt).rejects.toThrow(/^"port" must be a whole number from 0 to 65535/);
  });

  it('refuses a second time and after close', async () => {
    const broker = startable();
    await broker.listen();
    await expect(broker.listen()).rejects.toThrow('the broker already listens');
    await broker.close();
    await expect(broker.listen()).rejects.toThrow('the broker is closed');
  });

  it('says that the port is taken, and may be tried again', async () => {
    const { port } = await startable().listen();
    const broker = startable();
    await expect(broker.listen(port)).rejects.toMatchObject({ code: 'EADDRINUSE' });
    expect((await broker.listen()).port).not.toBe(port);
  });
});

describe('close', () => {
  const isRefused = async (port: number): Promise<boolean> => {
    const socket = connect(port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      return false;
    } catch {
      return true;
    } finally {
      socket.destroy();
    }
  };

  it('ends idle keep-alive connections and accepts no more', async () => {
    const broker = startable();
    const { port } = await broker.listen();
    const agent = new Agent({ keepAlive: true });
    agents.push(agent);
    const call = request({ agent, port, path: '/v1/health' }).end();
    const [response] = (await once(call, 'response')) as [NodeJS.ReadableStream];
    response.resume();
    await once(response, 'end');
    const started = performance.now();
    await broker.close();
    // Far less than the idle timeout of the server and the grace of a busy connection.
    expect(performance.now() - started).toBeLessThan(3000);
    expect(await isRefused(port)).toBe(true);
  });

  it('lets a running request finish, and its connection does not hold it up', async () => {
    const broker = startable();
    const { port } = await broker.listen();
    const agent = new Agent({ keepAlive: true });
    agents.push(agent);
    const body = '{"token":"x"}';
    // The server says "continue" when it has the request and wants the body.
    const headers = { 'content-length': body.length, expect: '100-continue' };
    const path = '/v1/token/validate';
    const call = request({ agent, port, method: 'POST', path, headers });
    call.write(body.slice(0, 5));
    await once(call, 'continue');
    const started = performance.now();
    const closed = broker.close();
    call.end(body.slice(5));
    const [response] = (await once(call, 'response')) as [
      NodeJS.ReadableStream & { statusCode: number; headers: NodeJS.Dict<string | string[]> },
    ];
    response.resume();
    expect(response.statusCode).toBe(200);
    // So that the client does not try it again.
    expect(response.headers['connection']).toBe('close');
    await closed;
    expect(performance.now() - started).toBeLessThan(3000);
  });

  it('may be called again, before listening too, and by await using', async () => {
    const broker = startable();
    await broker.close();
    await broker.close();
    const other = startable();
    const { port } = await other.listen();
    await Promise.all([other.close(), other[Symbol.asyncDispose]()]);
    expect(await isRefused(port)).toBe(true);
  });
});
