// A server in → an API that runs on a free port of this machine, and can be closed, out.

import { once } from 'node:events';
import type { Server } from 'node:http';

/** An API that an agent can call. `await using` closes it at the end of the block. */
export interface RunningApi extends AsyncDisposable {
  /** Without a final slash. */
  readonly url: string;
  readonly close: () => Promise<void>;
}

/**
 * Lets a server of Node listen, as Express and Hono have one.
 *
 * @param closeGuard what `createAgentWrit()` returns as `close`
 */
export async function listen(server: Server, closeGuard: () => Promise<void>): Promise<RunningApi> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port');
  return runningApi(`http://127.0.0.1:${address.port}`, async () => {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
    await closeGuard();
  });
}

/** For a framework that listens and closes by itself, as Fastify does. */
export function runningApi(url: string, close: () => Promise<void>): RunningApi {
  return { url, close, [Symbol.asyncDispose]: close };
}
