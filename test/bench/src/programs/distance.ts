// A server's port and a delay in → a port where everything takes that much longer in each direction out.

import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** On loopback. Bytes keep their order, connections their number. */
export async function farFrom(port: number, delayMs: number): Promise<number> {
  const relay = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    forward(near, far, delayMs);
    forward(far, near, delayMs);
  }).listen(0, '127.0.0.1');
  await once(relay, 'listening');
  const address = relay.address();
  if (typeof address !== 'object' || address === null) throw new Error('the relay has no port');
  return address.port;
}

function forward(from: Socket, to: Socket, delayMs: number): void {
  from.setNoDelay(true);
  from.on('data', (bytes) => setTimeout(() => to.write(bytes), delayMs));
  from.on('close', () => setTimeout(() => to.end(), delayMs));
  // Whoever breaks a connection breaks both halves of it.
  from.on('error', () => to.destroy());
}
