// The two versions of Express, and applications of theirs on loopback ports for the length of one test.

import { once } from 'node:events';
import { type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAgentWrit, type ExpressRoutes, listRequirements } from '@agentwrit/express';
import express5, { type Express } from 'express';
import express4 from 'express4';
import { afterEach } from 'vitest';
import { ScriptedBroker } from '../../packages/core/test/fixtures.js';

export const versions: readonly { readonly name: string; readonly express: typeof express5 }[] = [
  { name: 'Express 5', express: express5 },
  // In the types of the newer one, as far as both have them.
  { name: 'Express 4', express: express4 as unknown as typeof express5 },
];

/** Guards of a broker that vouches for any token, with the claims it carries. */
export const { requireScope, requireAnyScope, authenticate } = createAgentWrit({
  broker: new ScriptedBroker(),
});

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** @returns its URL, without a slash at the end */
export async function serve(app: Express): Promise<string> {
  const server = app.listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Over a socket, header fields as they are given: fetch would join or normalise them. */
export async function send(
  url: string,
  options: { method?: string; headers?: readonly string[]; body?: readonly string[] } = {},
): Promise<RawAnswer> {
  const { method = 'GET', headers = [], body = [] } = options;
  const { host, hostname, port, pathname } = new URL(url);
  const outgoing = request({
    hostname,
    port,
    path: pathname,
    method,
    headers: ['Host', host, ...headers],
    agent: false,
  });
  const answered = once(outgoing, 'response') as Promise<[IncomingMessage]>;
  for (const chunk of body) {
    outgoing.write(chunk);
    // Each in a packet of its own.
    await new Promise((resolve) => setImmediate(resolve));
  }
  outgoing.end();
  const [answer] = await answered;
  let text = '';
  for await (const chunk of answer) text += String(chunk);
  return { status: answer.statusCode ?? 0, headers: answer.headers, body: text };
}

/** What is listed, one text per route: `GET /x read:data:1`. */
export function linesOf(app: ExpressRoutes): string[] {
  return listRequirements(app).map(({ method, path, needs, isPublic }) =>
    [method, path, ...needs.flatMap(({ scopes }) => scopes), ...(isPublic ? ['public'] : [])].join(
      ' ',
    ),
  );
}
