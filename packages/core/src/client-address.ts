// What a server hands on beside a request in → where the request came from out, for servers that speak fetch.

import { memberOf } from './member.js';

/**
 * The address of the connection, from `Deno.serve`'s info or `Bun.serve`'s server; `undefined` from anything else.
 * No header is read: what a proxy wrote there and what a caller did look the same.
 */
export function findClientAddress(origin: unknown, request: unknown): string | undefined {
  return textOf(memberOf(memberOf(origin, 'remoteAddr'), 'hostname')) ?? askBun(origin, request);
}

/** Only one that is what Bun documents, and only there: to call what somebody else has named so could do anything. */
function askBun(server: unknown, request: unknown): string | undefined {
  if (!('Bun' in globalThis) || !isBunServer(server)) return undefined;
  return textOf(memberOf(server.requestIP(request), 'address'));
}

interface BunServer {
  readonly requestIP: (request: unknown) => unknown;
}

function isBunServer(value: unknown): value is BunServer {
  return ['requestIP', 'upgrade', 'stop'].every(
    (name) => typeof memberOf(value, name) === 'function',
  );
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
