import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createBroker } from '../../src/index.js';
import { createTestBroker, type TestBroker } from '../../src/testing/index.js';
import { start } from './started.js';

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.close();
    await once(server, 'close');
  }
});

/** Somebody else listens where the broker did. */
async function take(port: string): Promise<Server> {
  const server = createServer();
  servers.push(server);
  server.listen(Number(port), '127.0.0.1');
  await once(server, 'listening');
  return server;
}

async function downAndTaken(): Promise<{ broker: TestBroker; port: string; thief: Server }> {
  const broker = await start();
  const { port } = new URL(broker.url);
  await broker.goDown();
  return { broker, port, thief: await take(port) };
}

const FAULTS = {
  goDown: (broker: TestBroker) => broker.goDown(),
  hang: (broker: TestBroker) => broker.hang(),
  slow: (broker: TestBroker) => broker.slow(1),
  fail: (broker: TestBroker) => broker.fail(500),
};

describe('a broker whose port was taken while it was down', () => {
  it.each([
    ['recover', (broker: TestBroker) => broker.recover()],
    ...Object.entries(FAULTS).filter(([name]) => name !== 'goDown'),
  ] as const)('says so at %s, and is still down', async (_name, turn) => {
    const { broker, port, thief } = await downAndTaken();
    await expect(turn(broker)).rejects.toMatchObject({
      message: `port ${port} was taken while the broker was down`,
      cause: { code: 'EADDRINUSE' },
    });
    await expect(broker.fetch(`${broker.url}/v1/health`)).rejects.toThrow('the broker is down');
    servers.splice(0);
    thief.close();
    await once(thief, 'close');
    await broker.recover();
    expect((await fetch(`${broker.url}/v1/health`)).status).toBe(200);
  });

  it('closes all the same, its database included', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'agentwrit-'));
    const dbPath = join(folder, 'broker.db');
    const broker = await createTestBroker({ dbPath });
    await broker.goDown();
    await take(new URL(broker.url).port);
    await broker.close();
    await broker.close();
    // Only one broker at a time can have a database open.
    const next = createBroker({ dbPath });
    await next.close();
    rmSync(folder, { recursive: true });
  });
});

describe('close', () => {
  it('ends a broker in any state', async () => {
    for (const fault of [...Object.values(FAULTS), (broker: TestBroker) => broker.recover()]) {
      const broker = await start();
      await fault(broker);
      const running = fetch(`${broker.url}/v1/health`).catch(() => undefined);
      await broker.close();
      await broker.close();
      await running;
      await expect(fetch(`${broker.url}/v1/health`)).rejects.toBeInstanceOf(TypeError);
    }
  });

  it('breaks off who waits in process', async () => {
    const broker = await start();
    await broker.hang();
    const waiting = broker.fetch(`${broker.url}/v1/health`);
    const rejected = expect(waiting).rejects.toThrow('the broker broke off');
    await broker.close();
    await rejected;
  });

  it.each(Object.entries(FAULTS))('is for good: %s rejects after it', async (_name, fault) => {
    const broker = await start();
    await broker.close();
    await expect(fault(broker)).rejects.toThrow('the broker is closed');
    await expect(broker.fetch(`${broker.url}/v1/health`)).rejects.toThrow('the broker is closed');
    await broker.recover();
    await expect(fetch(`${broker.url}/v1/health`)).rejects.toMatchObject({
      cause: { code: 'ECONNREFUSED' },
    });
  });

  it('rejects in process as soon as it is called', async () => {
    const broker = await start();
    const closed = broker.close();
    await expect(broker.fetch(`${broker.url}/v1/health`)).rejects.toThrow('the broker is closed');
    await closed;
  });

  it('overtakes what was called before and has not begun, so that nothing listens again', async () => {
    const { broker } = await downAndTaken();
    // If it still tried, it would say that the port is taken.
    const turns = [broker.goDown(), broker.recover(), broker.hang()];
    await broker.close();
    await Promise.all(turns);
    await expect(broker.fetch(`${broker.url}/v1/health`)).rejects.toThrow('the broker is closed');
  });
});

describe('a broker that cannot listen', () => {
  it('leaves no database open', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'agentwrit-'));
    const dbPath = join(folder, 'broker.db');
    const pem = '-----BEGIN NOTHING-----';
    await expect(createTestBroker({ dbPath, tls: { cert: pem, key: pem } })).rejects.toThrow();
    await createBroker({ dbPath }).close();
    rmSync(folder, { recursive: true });
  });
});
