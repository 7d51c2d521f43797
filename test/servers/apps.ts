// The name of an app in → what makes it out. An app is loaded only where it is served.

import type { GuardOptions } from '@agentwrit/core';

type Broker = GuardOptions['broker'];

/** An app for any runtime. On Node, `env` is what @hono/node-server adds. */
export type CreateFetch = (
  broker: Broker,
) => (request: Request, env?: object) => Response | Promise<Response>;

/** An app for Node only: it listens by itself and resolves to its port. */
export type NodeApp = (broker: Broker) => Promise<number>;

type Table<App> = Readonly<Record<string, () => Promise<App>>>;

// Each in a file of its name: a worker is bundled from that file alone.
export const fetchApps: Table<CreateFetch> = {
  echo: async () => (await import('./echo.js')).createFetch,
  fetch: async () => (await import('./fetch.js')).createFetch,
  hono: async () => (await import('./hono.js')).createFetch,
};

export const nodeApps: Table<NodeApp> = {
  express5: async () =>
    (await import('./express.js')).expressApp((await import('express')).default),
  express4: async () =>
    (await import('./express.js')).expressApp((await import('express4')).default),
  fastify: async () => (await import('./fastify.js')).fastifyApp,
};

/** The one of `fetchApps` that the arguments of a program name, with the broker they name. */
export async function fetchAppOf([name = '', broker = '']: readonly string[]): Promise<
  ReturnType<CreateFetch>
> {
  const load = fetchApps[name];
  if (load === undefined) throw new Error(`there is no app "${name}"`);
  return (await load())(broker);
}
