// A script in → a broker that answers every validation by it out, in this process and on a port.

import { once } from 'node:events';
import type { Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';

/** One answer of the broker. */
export interface Script {
  readonly status: number;
  readonly retryAfter?: string;
  readonly location?: string;
  readonly body: unknown;
}

export class ScriptedBroker {
  /** What it answers from now on; it vouches for what a token says of itself when nothing is said. */
  script: Script | undefined;

  async fetch(request: Request): Promise<Response> {
    const { token } = (await request.json()) as { token: string };
    const { status, retryAfter, location, body } = this.script ?? {
      status: 200,
      body: { valid: true, claims: claimsOf(token) },
    };
    return new Response(JSON.stringify(body), {
      status,
      headers: {
        'content-type': 'application/json',
        ...(retryAfter !== undefined && { 'retry-after': retryAfter }),
        ...(location !== undefined && { location }),
      },
    });
  }

  /** Serves on a port of its own until disposed of. */
  async listen(): Promise<AsyncDisposable & { readonly url: string }> {
    // An HTTP/1 server, as nothing else is asked for.
    const server = createAdaptorServer({
      fetch: (request) => this.fetch(request),
      overrideGlobalObjects: false,
    }) as Server;
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    return {
      url: `http://127.0.0.1:${port}`,
      async [Symbol.asyncDispose]() {
        server.close();
        server.closeAllConnections();
        await once(server, 'close');
      },
    };
  }
}

function claimsOf(token: string): unknown {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
}
