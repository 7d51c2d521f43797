// Guards on what comes over the wire: repeated fields, HTTP/2, and methods.

import { connect } from 'node:http2';
import { fastify } from 'fastify';
import { describe, expect, it } from 'vitest';
import { bearer, ScriptedBroker } from '../../core/test/fixtures.js';
import { createAgentWrit } from '../src/index.js';
import { guardedServer, overSocket } from './server.js';

describe('a guard', () => {
  it('refuses two Authorization fields, whichever is good, over a real socket', async () => {
    const { app, agentwrit } = await guardedServer();
    app.get('/', { onRequest: agentwrit.requireScope('read:data:7') }, () => 'in');
    const { authorization } = bearer();
    const send = (...values: string[]): Promise<{ status: number }> =>
      overSocket(app, { headers: values.flatMap((value) => ['Authorization', value]) });
    expect((await send(authorization)).status).toBe(200);
    expect((await send(authorization, authorization)).status).toBe(400);
    expect((await send(authorization, '')).status).toBe(400);
    expect((await send('Basic eDp5', authorization)).status).toBe(400);
  });

  it('works over HTTP/2', async () => {
    const agentwrit = createAgentWrit({ broker: new ScriptedBroker() });
    const app = fastify({ http2: true });
    await app.register(agentwrit.plugin, { denyByDefault: true });
    app.get('/', { config: { scope: 'read:data:7' } }, (request) => request.agent?.id);
    await app.listen({ port: 0, host: '127.0.0.1' });
    const session = connect(app.listeningOrigin);
    const get = (headers = {}): Promise<number> =>
      new Promise((resolve, reject) => {
        const stream = session.request({ ':path': '/', ...headers });
        stream.on('response', (fields) => resolve(fields[':status'] ?? 0)).on('error', reject);
        stream.resume().end();
      });
    expect([await get(), await get(bearer())]).toEqual([401, 200]);
    session.close();
    await app.close();
  });

  it('guards HEAD as GET, and OPTIONS where there is such a route', async () => {
    const { app, agentwrit } = await guardedServer();
    const preHandler = agentwrit.requireScope('read:data:7');
    app.get('/', { preHandler }, () => 'in');
    app.options('/', { preHandler }, () => 'in');
    for (const method of ['GET', 'HEAD', 'OPTIONS'] as const) {
      const refused = await app.inject({ method, url: '/' });
      expect([refused.statusCode, refused.body === ''], method).toEqual([401, method === 'HEAD']);
      expect((await app.inject({ method, url: '/', headers: bearer() })).statusCode).toBe(200);
    }
    expect((await app.inject({ method: 'OPTIONS', url: '/none' })).statusCode).toBe(404);
  });
});
