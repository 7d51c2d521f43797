// A framework and a variant in → a server with it on a free port out, and what the operating system says it has used.

import { once } from 'node:events';
import { type BuiltServer, KEEP_ALIVE_MS, type ServerSettings } from '../servers/settings.js';
import type { Framework } from '../variants.js';
import { answerCalls, startArgument } from './calls.js';

/** What the server process has used so far. */
export interface Usage {
  /** User and system time of all its threads, microseconds. */
  readonly cpuMicros: number;
  /** Resident set, bytes. */
  readonly rss: number;
  /** Requests that had to wait for the broker; `null` where nobody counts them. */
  readonly waits: number | null;
}

export interface ServerCalls {
  readonly usage: () => Usage;
}

export interface ServerProgram {
  readonly calls: ServerCalls;
  readonly ready: { readonly port: number };
}

// Each server loads its own framework only, so that its memory is its own.
const BUILDERS: Readonly<
  Record<Framework, () => Promise<(settings: ServerSettings) => BuiltServer | Promise<BuiltServer>>>
> = {
  express: async () => (await import('../servers/express.js')).expressServer,
  fastify: async () => (await import('../servers/fastify.js')).fastifyServer,
  hono: async () => (await import('../servers/hono.js')).honoServer,
};

const settings = startArgument() as ServerSettings;
const build = await BUILDERS[settings.framework]();
const { server, waits } = await build(settings);
server.keepAliveTimeout = KEEP_ALIVE_MS;
if (!server.listening) await once(server, 'listening');
const address = server.address();
if (typeof address !== 'object' || address === null) throw new Error('the server has no port');

const calls: ServerCalls = {
  usage() {
    const { user, system } = process.cpuUsage();
    return { cpuMicros: user + system, rss: process.memoryUsage.rss(), waits: waits?.() ?? null };
  },
};
answerCalls(calls, { port: address.port } satisfies ServerProgram['ready']);
