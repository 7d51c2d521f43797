// The table of hosts: every app on every runtime it runs on, each a process with a port, and Hono in memory as well.

import { type Answer, type Exchange, send } from './raw-client.js';
import { nodes, others, type Runtime } from './runtimes/runtimes.js';
import type { ScriptedBroker } from './scripted-broker.js';
import { createFetch } from './servers/hono.js';

/** A running application. */
export interface Host {
  readonly send: (exchange: Exchange) => Promise<Answer>;
  readonly close: () => Promise<void>;
}

export interface HostEntry {
  readonly name: string;
  /** Not, where npm has no package of the runtime for this machine. */
  readonly isInstalled: boolean;
  /** Whether `currentAgent()` works there. */
  readonly tracksAgent: boolean;
  readonly start: (broker: ScriptedBroker) => Promise<Host>;
}

// The apps of servers/apps.ts, by their names there.
const FETCH_APPS = { fetch: 'Plain fetch', hono: 'Hono 4' };
const NODE_APPS = { express5: 'Express 5', express4: 'Express 4', fastify: 'Fastify 5' };

function entriesOf(runtime: Runtime, apps: Readonly<Record<string, string>>): HostEntry[] {
  return Object.entries(apps).map(([app, title]) => ({
    name: `${title} on ${runtime.name}`,
    isInstalled: runtime.program !== undefined,
    tracksAgent: runtime.name !== 'workerd without nodejs_compat',
    async start(scriptedBroker) {
      const broker = await scriptedBroker.listen();
      const server = await runtime.serve(app, broker.url).catch(async (error: unknown) => {
        await broker[Symbol.asyncDispose]();
        throw error;
      });
      return {
        send: (exchange) => send(server.port, exchange),
        async close() {
          await server.stop();
          await broker[Symbol.asyncDispose]();
        },
      };
    },
  }));
}

/** The broker is called in this process too: no socket anywhere. */
const inMemory: HostEntry = {
  name: 'Hono 4 in memory',
  isInstalled: true,
  tracksAgent: true,
  start(broker) {
    const fetch = createFetch(broker);
    return Promise.resolve({
      async send({ method, target, headers }) {
        const received = new Headers();
        for (const [name, value] of headers) received.append(name, value);
        const url = `http://localhost${target}`;
        const answer = await fetch(new Request(url, { method, headers: received }));
        return {
          status: answer.status,
          headers: Object.fromEntries(answer.headers),
          body: await answer.text(),
        };
      },
      close: () => Promise.resolve(),
    });
  },
};

export const hosts: readonly HostEntry[] = [
  inMemory,
  ...nodes.flatMap((node) => entriesOf(node, { ...NODE_APPS, ...FETCH_APPS })),
  ...others.flatMap((runtime) => entriesOf(runtime, FETCH_APPS)),
];
