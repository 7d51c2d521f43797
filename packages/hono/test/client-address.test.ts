import { once } from 'node:events';
import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Hono } from 'hono';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { bearer, ScriptedBroker } from '../../core/test/fixtures.js';
import { createAgentWrit } from '../src/index.js';

/** An application, and the addresses that its events have told. */
function setUp(): { app: Hono; addresses: (string | undefined)[] } {
  const addresses: (string | undefined)[] = [];
  const { requireScope } = createAgentWrit({
    broker: new ScriptedBroker(),
    onDecision: (event) => addresses.push(event.clientAddress),
  });
  const app = new Hono();
  app.get('/', requireScope('read:data:x'), (c) => c.text('in'));
  return { app, addresses };
}

const headers = { ...bearer(), 'x-forwarded-for': '198.51.100.9' };

afterEach(() => {
  Reflect.deleteProperty(globalThis, 'Bun');
});

describe('the address of a client of Hono', () => {
  it.each([
    { listensOn: '127.0.0.1', asks: '127.0.0.1', address: '127.0.0.1' },
    { listensOn: '::', asks: '127.0.0.1', address: '::ffff:127.0.0.1' },
    { listensOn: '::', asks: '::1', address: '::1' },
  ])('is on Node that of the connection: $address', async ({ listensOn, asks, address }) => {
    const { app, addresses } = setUp();
    // What @hono/node-server hands on as the environment.
    const server = createServer((incoming, outgoing) => {
      const request = new Request('http://localhost/', { headers });
      void Promise.resolve(app.fetch(request, { incoming, outgoing })).then(({ status }) =>
        outgoing.writeHead(status).end(),
      );
    });
    onTestFinished(() => void server.close());
    server.listen(0, listensOn);
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const asked = httpRequest({ host: asks, port, agent: false }).end();
    await once(asked, 'response');
    expect(addresses).toEqual([address]);
  });

  it('is on Deno what the server hands on as the environment', async () => {
    const { app, addresses } = setUp();
    const info = { remoteAddr: { transport: 'tcp', hostname: '192.0.2.7', port: 50_123 } };
    await app.request('/', { headers }, info);
    expect(addresses).toEqual(['192.0.2.7']);
  });

  it('is on Bun what the server says, which is the environment or in it', async () => {
    Reflect.defineProperty(globalThis, 'Bun', { value: {}, configurable: true });
    const { app, addresses } = setUp();
    const server = {
      requestIP: (request: unknown) => ({
        address: request instanceof Request ? '192.0.2.7' : 'not asked of the request',
      }),
      upgrade: () => false,
      stop: () => undefined,
    };
    for (const env of [server, { server }]) await app.request('/', { headers }, env);
    expect(addresses).toEqual(['192.0.2.7', '192.0.2.7']);
  });

  it('is not known where nobody says so, and never taken from a header', async () => {
    const { app, addresses } = setUp();
    for (const env of [undefined, {}, { incoming: {} }, { server: 'here' }]) {
      await app.request('/', { headers }, env);
    }
    expect(addresses).toEqual([undefined, undefined, undefined, undefined]);
  });
});
