// The address of a server that listens in → its port out, and on stdout, where whoever started it reads it.

import type { AddressInfo } from 'node:net';

export function portOf(address: AddressInfo | string | null): number {
  if (typeof address === 'object' && address !== null) return address.port;
  throw new Error('the server does not listen on a port');
}

/** In the words of workerd, which says it so by itself. */
export function announce(port: number): void {
  process.stdout.write(`${JSON.stringify({ event: 'listen', port })}\n`);
}
