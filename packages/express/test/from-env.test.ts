import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import express from 'express';
import { afterEach, describe, expect, it } from 'vitest';
import { bearer, vouch } from '../../core/test/fixtures.js';
import { fromEnv } from '../src/index.js';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function urlOf(server: Server): Promise<string> {
  servers.push(server);
  if (!server.listening) await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('fromEnv', () => {
  it('takes the broker from AGENTWRIT_BROKER_URL, and the rest as options', async () => {
    const broker = createServer((req, res) => {
      void (async () => {
        const { token } = JSON.parse(await text(req)) as { token: string };
        const answer = await vouch(token).text();
        res.setHeader('content-type', 'application/json').end(answer);
      })();
    });
    const env = { AGENTWRIT_BROKER_URL: await urlOf(broker.listen(0, '127.0.0.1')) };
    const { requireScope, close } = fromEnv({ maxAge: 0, realm: 'orders' }, env);
    const app = express();
    app.get('/', requireScope('read:data:1'), (_req, res) => void res.end());
    const url = await urlOf(app.listen(0, '127.0.0.1'));
    expect((await fetch(url, { headers: bearer() })).status).toBe(200);
    expect((await fetch(url)).headers.get('www-authenticate')).toContain('realm="orders"');
    await close();
  });

  it('reads the environment of the process where none is given', () => {
    const before = process.env['AGENTWRIT_BROKER_URL'];
    process.env['AGENTWRIT_BROKER_URL'] = 'http://127.0.0.1:1';
    try {
      expect(() => fromEnv()).not.toThrow();
      delete process.env['AGENTWRIT_BROKER_URL'];
      expect(() => fromEnv()).toThrow('AGENTWRIT_BROKER_URL');
    } finally {
      if (before !== undefined) process.env['AGENTWRIT_BROKER_URL'] = before;
    }
  });

  it('does not take the broker as an option as well', () => {
    // @ts-expect-error the environment says it
    expect(() => fromEnv({ broker: 'http://127.0.0.1:1' }, {})).toThrow('"broker"');
  });
});
