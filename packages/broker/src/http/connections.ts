// Sockets in → which of them are idle, so that a server can stop without waiting for clients that keep a
// connection for later, out.

import type { Socket } from 'node:net';

export interface Connections {
  readonly add: (socket: Socket) => void;
  /** An exchange begins on it. Call the result when it is over. */
  readonly occupy: (socket: Socket) => () => void;
  /** From now on every connection ends as soon as nothing happens on it. */
  readonly drain: () => void;
  readonly destroyAll: () => void;
}

export function createConnections(): Connections {
  const exchanges = new Map<Socket, number>();
  let draining = false;

  const endIfIdle = (socket: Socket): void => {
    if (draining && exchanges.get(socket) === 0) socket.destroySoon();
  };
  const count = (socket: Socket, change: 1 | -1): void => {
    const running = exchanges.get(socket);
    if (running !== undefined) exchanges.set(socket, running + change);
  };

  return {
    add(socket) {
      exchanges.set(socket, 0);
      socket.once('close', () => exchanges.delete(socket));
      endIfIdle(socket);
    },
    occupy(socket) {
      count(socket, 1);
      return () => {
        count(socket, -1);
        endIfIdle(socket);
      };
    },
    drain() {
      draining = true;
      for (const socket of exchanges.keys()) endIfIdle(socket);
    },
    destroyAll() {
      for (const socket of exchanges.keys()) socket.destroy();
    },
  };
}
