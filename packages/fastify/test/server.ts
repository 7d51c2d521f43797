// A server with the plugin on it, over a broker that vouches for every token.

import { request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type FastifyInstance, fastify } from 'fastify';
import { onTestFinished } from 'vitest';
import { ScriptedBroker } from '../../core/test/fixtures.js';
import {
  type AgentWrit,
  type AgentWritOptions,
  createAgentWrit,
  type PluginOptions,
} from '../src/index.js';

/** A server that is closed with the test. */
export function server(): FastifyInstance {
  const app = fastify();
  onTestFinished(async () => {
    await app.close();
  });
  return app;
}

export interface GuardedServer {
  readonly app: FastifyInstance;
  readonly agentwrit: AgentWrit;
  readonly broker: ScriptedBroker;
}

export async function guardedServer(
  pluginOptions: PluginOptions = {},
  options: Omit<AgentWritOptions, 'broker'> = {},
): Promise<GuardedServer> {
  const broker = new ScriptedBroker();
  const agentwrit = createAgentWrit({ broker, ...options });
  const app = server();
  await app.register(agentwrit.plugin, pluginOptions);
  return { app, agentwrit, broker };
}

export interface Sent {
  readonly method?: string;
  readonly path?: string;
  /** Name and value by turns; names may be repeated. */
  readonly headers?: readonly string[];
  readonly body?: string;
}

/** One request over a real socket: the status and the body. */
export async function overSocket(
  app: FastifyInstance,
  { method = 'GET', path = '/', headers = [], body = '' }: Sent = {},
): Promise<{ status: number; body: string }> {
  if (!app.server.listening) await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as AddressInfo;
  const length = body === '' ? [] : ['Content-Length', String(Buffer.byteLength(body))];
  return new Promise((resolve, reject) => {
    const request = httpRequest({
      host: '127.0.0.1',
      port,
      method,
      path,
      headers: ['Host', 'localhost', ...length, ...headers],
      agent: false,
    });
    request.on('error', reject).on('response', (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('error', reject).on('data', (chunk: string) => (text += chunk));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: text }));
    });
    // In two parts, so that the second comes in an event of its own.
    request.write(body.slice(0, 1));
    setImmediate(() => request.end(body.slice(1)));
  });
}
