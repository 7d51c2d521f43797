import { fastify, type FastifyServerOptions } from 'fastify';
import { describe, expect, it, onTestFinished } from 'vitest';
import { bearer, ScriptedBroker } from '../../core/test/fixtures.js';
import { createAgentWrit } from '../src/index.js';

/** Asks a server on a port, as a proxy for another, and says what the events say. */
async function addressesOf(
  options: FastifyServerOptions,
  { listensOn = '127.0.0.1', asks = '127.0.0.1' } = {},
): Promise<(string | undefined)[]> {
  const addresses: (string | undefined)[] = [];
  const { plugin, requireScope } = createAgentWrit({
    broker: new ScriptedBroker(),
    onDecision: (event) => addresses.push(event.clientAddress),
  });
  const app = fastify(options);
  onTestFinished(async () => {
    await app.close();
  });
  await app.register(plugin);
  app.get('/', { onRequest: requireScope('read:data:x') }, () => 'in');
  const url = new URL(await app.listen({ port: 0, host: listensOn }));
  const headers = { ...bearer(), 'x-forwarded-for': '198.51.100.9', connection: 'close' };
  expect((await fetch(`http://${asks}:${url.port}/`, { headers })).status).toBe(200);
  return addresses;
}

describe('the address of a client of Fastify', () => {
  it('is that of the connection, whatever a header says', async () => {
    expect(await addressesOf({})).toEqual(['127.0.0.1']);
  });

  it('is as it is on a socket for both families', async () => {
    const both = { listensOn: '::' };
    expect(await addressesOf({}, both)).toEqual(['::ffff:127.0.0.1']);
    expect(await addressesOf({}, { ...both, asks: '[::1]' })).toEqual(['::1']);
  });

  it('is what a proxy says, where the application trusts it', async () => {
    expect(await addressesOf({ trustProxy: 'loopback' })).toEqual(['198.51.100.9']);
  });

  it('is missing, and nothing else, where the trust of the application cannot be asked', async () => {
    const trustProxy = (): never => {
      throw new Error('no list of proxies');
    };
    expect(await addressesOf({ trustProxy })).toEqual([undefined]);
  });
});
