import { once } from 'node:events';
import { connect, createConnection, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type Broker, type BrokerOptions, createBroker } from '../src/index.js';
import { createAuthority } from './certificates.js';

const brokers: Broker[] = [];
afterEach(async () => {
  await Promise.all(brokers.splice(0).map((broker) => broker.close()));
});

async function start(options: BrokerOptions = {}): Promise<{ broker: Broker; port: number }> {
  const broker = createBroker({ bcryptCost: 4, adminSecret: 'a-secret', ...options });
  brokers.push(broker);
  return { broker, port: (await broker.listen()).port };
}

/** Sends bytes and resolves to all that comes back until the connection ends. */
async function talk(port: number, text: string, { thenEnd = false } = {}): Promise<string> {
  const socket = createConnection({ port, host: '127.0.0.1', allowHalfOpen: thenEnd });
  socket.write(text);
  if (thenEnd) socket.end();
  let answer = '';
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => {
    answer += chunk;
  });
  await once(socket, 'close');
  return answer;
}

function post(path: string, body: object, token?: string, ...headers: readonly string[]): string {
  const text = JSON.stringify(body);
  const all = [
    `POST ${path} HTTP/1.1`,
    'Host: broker.test',
    ...(token === undefined ? [] : [`Authorization: Bearer ${token}`]),
    `Content-Length: ${text.length}`,
    ...headers,
  ];
  return `${all.join('\r\n')}\r\n\r\n${text}`;
}

async function adminToken({ broker }: { broker: Broker }): Promise<string> {
  const body = JSON.stringify({ secret: 'a-secret' });
  const request = new Request('http://broker.test/v1/admin/auth', { method: 'POST', body });
  const answer = (await (await broker.fetch(request)).json()) as { access_token: string };
  return answer.access_token;
}

async function isValid({ broker }: { broker: Broker }, token: string): Promise<boolean> {
  const body = JSON.stringify({ token });
  const request = new Request('http://broker.test/v1/token/validate', { method: 'POST', body });
  return ((await (await broker.fetch(request)).json()) as { valid: boolean }).valid;
}

function statuses(answer: string): readonly string[] {
  return [...answer.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map(([, status = '']) => status);
}

const LAST = 'Connection: close';

describe('a connection', () => {
  it('serves what was sent in one go in its order, one after the other', async () => {
    const scene = await start();
    const token = await adminToken(scene);
    const renewal = post('/v1/token/renew', {}, token);
    // Were they served at once, this one would still find the token alive.
    const second = post('/v1/token/validate', { token }, undefined, LAST);
    const answer = await talk(scene.port, renewal + second);
    expect(statuses(answer)).toEqual(['200', '200']);
    expect(answer).toMatch(/"access_token":"[^"]+"[\s\S]*"valid":false/);
  });

  it('answers a client that has already said that it sends no more', async () => {
    const scene = await start();
    const token = await adminToken(scene);
    const answer = await talk(scene.port, post('/v1/token/renew', {}, token), { thenEnd: true });
    expect(statuses(answer)).toEqual(['200']);
    expect(answer).toContain('\r\nConnection: close\r\n');
  });

  it('answers a good request before it complains of what comes after it', async () => {
    const scene = await start();
    const token = await adminToken(scene);
    for (const [after, complaint] of [
      ['\x16 garbage\r\n\r\n', '400 Bad Request'],
      ['GET /v1/health HTTP/1.1\r\n\r\n', '400 Bad Request: missing required Host header'],
    ]) {
      const good = post('/v1/token/validate', { token });
      const answer = await talk(scene.port, good + after);
      expect(statuses(answer)).toEqual(['200', '400']);
      expect(answer).toContain('"valid":true');
      expect(answer.endsWith(complaint ?? '')).toBe(true);
    }
  });

  it('takes a body that is complete, whatever byte follows it', async () => {
    const scene = await start();
    const token = await adminToken(scene);
    const good = post('/v1/token/validate', { token }, undefined, LAST);
    const answer = await talk(scene.port, `${good}\0`);
    expect(statuses(answer)[0]).toBe('200');
    expect(answer).toContain('"valid":true');
  });

  it('does nothing that comes after its last answer', async () => {
    const scene = await start();
    const token = await adminToken(scene);
    const tooLarge = post('/v1/token/validate', { token: 'x'.repeat(1_048_576) });
    const answer = await talk(scene.port, tooLarge + post('/v1/token/release', {}, token));
    expect(statuses(answer)).toEqual(['413']);
    expect(await isValid(scene, token)).toBe(true);
  });

  it('serves many requests one after another', async () => {
    const scene = await start();
    const token = await adminToken(scene);
    const one = post('/v1/token/validate', { token });
    const last = post('/v1/token/validate', { token }, undefined, LAST);
    expect(statuses(await talk(scene.port, one.repeat(50) + last))).toHaveLength(51);
  });
});

describe('close', () => {
  const DEADLINE_MS = 5000;

  async function timeToClose(broker: Broker): Promise<number> {
    const started = performance.now();
    await broker.close();
    return performance.now() - started;
  }

  async function open(port: number): Promise<Socket> {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    return socket;
  }

  it('does not wait for connections that never say anything', async () => {
    const { broker, port } = await start();
    const socket = await open(port);
    expect(await timeToClose(broker)).toBeLessThan(DEADLINE_MS);
    socket.destroy();
  });

  it('does not wait for handshakes that never come', async () => {
    const { cert, key } = await (await createAuthority('Test CA')).issue('localhost', 'server');
    const { broker, port } = await start({ tls: { cert, key } });
    const socket = await open(port);
    expect(await timeToClose(broker)).toBeLessThan(DEADLINE_MS);
    socket.destroy();
  });

  it('answers a request that was on its way on a new connection', async () => {
    const { broker, port } = await start();
    const socket = await open(port);
    const closing = broker.close();
    socket.write(post('/v1/token/validate', { token: 'x' }));
    let answer = '';
    for await (const chunk of socket) answer += String(chunk);
    await closing;
    expect(answer).toContain('"valid":false');
  });
});
