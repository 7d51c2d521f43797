import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { get } from 'node:https';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Broker, createBroker, type TlsSettings } from '../src/index.js';
import { type Authority, type Certificate, createAuthority } from './certificates.js';

let authority: Authority;
let server: Certificate;
const brokers: Broker[] = [];

beforeAll(async () => {
  authority = await createAuthority('Test CA');
  server = await authority.issue('localhost', 'server');
});

afterAll(async () => {
  await Promise.all(brokers.map((broker) => broker.close()));
});

async function start(tls: TlsSettings): Promise<{ url: string; port: number }> {
  const broker = createBroker({ tls });
  brokers.push(broker);
  return broker.listen();
}

interface Got {
  readonly status: number | undefined;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
}

function health(url: string, options: object = {}): Promise<Got> {
  return new Promise((resolve, reject) => {
    const request = get(
      `${url}/v1/health`,
      { ca: authority.cert, agent: false, ...options },
      (response) => {
        let body = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          body += chunk;
        });
        response.on('end', () => {
          resolve({ status: response.statusCode, headers: response.headers, body });
        });
      },
    );
    request.on('error', reject);
  });
}

/** Resolves to what became of the handshake: `undefined` when the server keeps the connection. */
function handshake(port: number, options: ConnectionOptions): Promise<unknown> {
  return new Promise((resolve) => {
    const socket: TLSSocket = connect({ port, host: '127.0.0.1', ca: authority.cert, ...options });
    // With TLS 1.3 a client certificate is refused after the client thinks it is done: ask for something.
    socket.once('secureConnect', () =>
      socket.write('GET /v1/health HTTP/1.1\r\nHost: localhost\r\n\r\n'),
    );
    socket.once('data', () => {
      socket.destroy();
      resolve(undefined);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code));
    socket.once('close', () => resolve('closed'));
  });
}

describe('tls', () => {
  it('serves https with the header that keeps browsers there, and plain http without it', async () => {
    const { url } = await start(server);
    expect(url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    const got = await health(url);
    expect(got.status).toBe(200);
    expect(got.headers['strict-transport-security']).toBe('max-age=63072000; includeSubDomains');
    expect(JSON.parse(got.body)).toMatchObject({ status: 'ok' });

    const plain = await createBroker().fetch(new Request('http://broker.example/v1/health'));
    expect(plain.headers.get('strict-transport-security')).toBeNull();
  });

  it('offers HTTP/2', async () => {
    const { url } = await start(server);
    const session = connectHttp2(url, { ca: authority.cert });
    const stream = session.request({ ':method': 'POST', ':path': '/v1/token/validate' });
    stream.end('{"token":"x"}');
    const headers = await new Promise<NodeJS.Dict<string | string[]>>((resolve, reject) => {
      stream.once('response', (got) => resolve(got));
      session.once('error', reject);
    });
    let body = '';
    for await (const chunk of stream) body += String(chunk);
    session.close();
    expect(headers[':status']).toBe(200);
    expect(headers['x-frame-options']).toBe('DENY');
    expect(body).toBe('{"valid":false,"error":"token is invalid or expired"}\n');
  });

  it('bounds what one HTTP/2 client may open and send', async () => {
    const { url } = await start(server);
    const session = connectHttp2(url, { ca: authority.cert });
    await once(session, 'remoteSettings');
    expect(session.remoteSettings.maxConcurrentStreams).toBe(250);

    const stream = session.request({ ':method': 'POST', ':path': '/v1/token/validate' });
    stream.on('error', () => undefined);
    const chunk = Buffer.alloc(65_536, 'x');
    let sent = 0;
    const send = (): void => {
      while (!stream.closed && stream.write(chunk)) sent += chunk.length;
    };
    stream.on('drain', send);
    send();
    const [headers] = (await once(stream, 'response')) as [NodeJS.Dict<string | string[]>];
    expect(headers[':status']).toBe(413);
    await once(stream.resume(), 'close');
    // The cap, and what was on its way.
    expect(sent).toBeLessThan(4 * 1_048_576);
    session.close();
  });

  it.each([
    ['TLS 1.1', { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }],
    ['a cipher without forward secrecy', { maxVersion: 'TLSv1.2', ciphers: 'AES128-GCM-SHA256' }],
    ['a cipher in CBC mode', { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA256' }],
  ] as const)('refuses %s', async (_name, options) => {
    const { port } = await start(server);
    expect(await handshake(port, options)).toMatch(/^ERR_SSL_/);
  });

  it('takes TLS 1.2 with ECDHE and AES-GCM', async () => {
    const { port } = await start(server);
    const options = { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' } as const;
    expect(await handshake(port, options)).toBeUndefined();
  });

  it('closes with idle connections of either protocol, and ends no stream before its answer', async () => {
    const broker = createBroker({ tls: server });
    const { url, port } = await broker.listen();
    const idle = connect({ port, host: '127.0.0.1', ca: authority.cert });
    await once(idle, 'secureConnect');
    const session = connectHttp2(url, { ca: authority.cert });
    await once(session, 'connect');
    const stream = session.request({ ':method': 'POST', ':path': '/v1/token/validate' });
    stream.write('{"token":');
    // The answer to a ping says that the server has what was sent before it.
    await new Promise((resolve) => session.ping(resolve));
    const started = performance.now();
    const closed = broker.close();
    stream.end('"x"}');
    let body = '';
    for await (const chunk of stream) body += String(chunk);
    await closed;
    expect(body).toContain('"valid":false');
    // Far less than the grace of a busy connection.
    expect(performance.now() - started).toBeLessThan(5000);
  });

  it('says at listen that a certificate is none', async () => {
    const cert = '-----BEGIN CERTIFICATE-----\nnone\n-----END CERTIFICATE-----\n';
    const broker = createBroker({ tls: { cert, key: server.key } });
    await expect(broker.listen()).rejects.toThrow(/^error:/);
    await broker.close();
  });
});

describe('mtls', () => {
  it('serves a client whose certificate its CA issued', async () => {
    const { url } = await start({ ...server, clientCa: authority.cert });
    const client = await authority.issue('an agent', 'client');
    expect((await health(url, client)).status).toBe(200);
  });

  it('ends the handshake without a certificate, and with one of another CA', async () => {
    const { port, url } = await start({ ...server, clientCa: authority.cert });
    const stranger = await (await createAuthority('Test CA')).issue('an agent', 'client');
    await expect(health(url)).rejects.toThrow(/alert|ECONNRESET|socket hang up/);
    expect(await handshake(port, {})).toMatch(/^ERR_SSL_|ECONNRESET|closed/);
    expect(await handshake(port, stranger)).toMatch(/^ERR_SSL_|ECONNRESET|closed/);
  });
});
