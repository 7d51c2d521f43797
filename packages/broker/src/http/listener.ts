// A request handler in → a server on a real socket out, which can be closed without waiting for idle
// clients.

import { createServer, type IncomingMessage, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { RequestHandler } from './router.js';

export interface Listener {
  readonly port: number;
  /** Stops accepting, ends idle connections at once and busy ones after their answer. */
  close(): Promise<void>;
}

// Protocol §1.8.
const SERVER_LIMITS = {
  headersTimeout: 5_000,
  requestTimeout: 15_000,
  keepAliveTimeout: 120_000,
  maxHeaderSize: 1_048_576,
};

// As long as the broker waits for running requests when it stops (protocol §8.3).
const CLOSE_GRACE_MS = 10_000;

export async function startListener(
  handle: RequestHandler,
  { port, host }: { readonly port: number; readonly host: string },
): Promise<Listener> {
  const listener = getRequestListener(
    (request, { incoming }) => handle(request, peerOf(incoming)),
    // The host process keeps its own Request and Response.
    { overrideGlobalObjects: false },
  );
  let closing = false;
  const server = createServer(SERVER_LIMITS, (request, response) => {
    // A connection that was busy when the server closed would otherwise stay until its idle timeout.
    response.once('close', () => {
      if (closing) setImmediate(() => server.closeIdleConnections());
    });
    void listener(request, response);
  });
  await listening(server, port, host);
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    close() {
      closing = true;
      return closed(server);
    },
  };
}

function peerOf(incoming: object): string {
  return (incoming as IncomingMessage).socket.remoteAddress ?? '';
}

function listening(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const force = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS);
    server.close(() => {
      clearTimeout(force);
      resolve();
    });
    server.closeIdleConnections();
  });
}
