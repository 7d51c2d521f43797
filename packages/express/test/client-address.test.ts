import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  request as httpRequest,
  type RequestListener,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { describe, expect, it, onTestFinished } from 'vitest';
import { bearer, ScriptedBroker } from '../../core/test/fixtures.js';
import { type AgentWrit, createAgentWrit } from '../src/index.js';

/** Asks a server on a port, as a proxy for another, and says what the events say. */
async function addressesOf(
  createListener: (guard: ReturnType<AgentWrit['requireScope']>) => RequestListener,
  { listensOn = '127.0.0.1', asks = '127.0.0.1' } = {},
): Promise<(string | undefined)[]> {
  const addresses: (string | undefined)[] = [];
  const { requireScope } = createAgentWrit({
    broker: new ScriptedBroker(),
    onDecision: (event) => addresses.push(event.clientAddress),
  });
  const server = createServer(createListener(requireScope('read:data:x')));
  onTestFinished(() => void server.close());
  server.listen(0, listensOn);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const headers = { ...bearer(), 'x-forwarded-for': '198.51.100.9' };
  const asked = httpRequest({ host: asks, port, headers, agent: false }).end();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  answer.resume();
  expect(answer.statusCode).toBe(200);
  return addresses;
}

/** An application that trusts proxies so. */
function trusting(trust?: unknown): Parameters<typeof addressesOf>[0] {
  return (guard) => {
    const app = express();
    if (trust !== undefined) app.set('trust proxy', trust);
    app.get('/', guard, (_req, res) => void res.end());
    return app;
  };
}

describe('the address of a client of Express', () => {
  it('is that of the connection, whatever a header says', async () => {
    expect(await addressesOf(trusting())).toEqual(['127.0.0.1']);
  });

  it('is as it is on a socket for both families', async () => {
    const both = { listensOn: '::' };
    expect(await addressesOf(trusting(), both)).toEqual(['::ffff:127.0.0.1']);
    expect(await addressesOf(trusting(), { ...both, asks: '::1' })).toEqual(['::1']);
  });

  it('is what a proxy says, where the application trusts it', async () => {
    expect(await addressesOf(trusting('loopback'))).toEqual(['198.51.100.9']);
  });

  it('is that of the connection where the trust of the application cannot be asked', async () => {
    const fails = (): never => {
      throw new Error('no list of proxies');
    };
    expect(await addressesOf(trusting(fails))).toEqual(['127.0.0.1']);
  });

  it('is that of the connection on a server that has no such setting', async () => {
    const listener: Parameters<typeof addressesOf>[0] = (guard) => (req, res) =>
      Reflect.apply(guard, undefined, [req, res, () => res.end()]);
    expect(await addressesOf(listener)).toEqual(['127.0.0.1']);
  });
});
