// Sockets in → what happens on each of them, one request after the other, and which are idle, so that a
// server can stop without waiting for clients that keep a connection for later, out.

import type { Socket } from 'node:net';

/** One HTTP/1.1 connection. */
export class Connection {
  readonly #socket: Socket;
  #running = 0;
  #isUsed = false;
  #turn: Promise<unknown> | undefined;
  /** A response has said that it is the last: what comes after it is not looked at. */
  isEnding = false;
  /** What arrives is no HTTP any more: a body that is not complete will never be. */
  isBroken = false;
  /** Gives up the body that is being read. */
  giveUpBody: (() => void) | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Nothing runs on it; one that has just been opened may have a request on its way. */
  get isIdle(): boolean {
    return this.#running === 0 && this.#isUsed;
  }

  get isUnused(): boolean {
    return !this.#isUsed;
  }

  occupy(): void {
    this.#running += 1;
    this.#isUsed = true;
  }

  release(): void {
    this.#running -= 1;
  }

  /** Requests that were sent in one go are served in their order, each after the one before is done. */
  inTurn<T>(run: () => Promise<T>): Promise<T> {
    const before = this.#turn;
    const done = before === undefined ? run() : before.then(run, run);
    this.#turn = done;
    const leave = (): void => {
      if (this.#turn === done) this.#turn = undefined;
    };
    done.then(leave, leave);
    return done;
  }

  end(): void {
    this.#socket.destroySoon();
  }
}

export interface Connections {
  readonly add: (socket: Socket) => void;
  /** A connection whose TLS handshake has begun; {@link Connections.secured} when it is done. */
  readonly addHandshake: (socket: Socket) => void;
  readonly secured: (socket: Socket) => void;
  /** A new one for sockets that are not followed: HTTP/2 keeps its streams apart itself. */
  readonly of: (socket: Socket) => Connection;
  readonly endIfDrained: (connection: Connection) => void;
  /** From now on every connection ends as soon as nothing happens on it. */
  readonly drain: () => void;
  readonly destroyAll: () => void;
}

// For the first request of a connection that was opened just before, and is still on its way.
const FIRST_REQUEST_MS = 100;

export function createConnections(): Connections {
  const connections = new Map<Socket, Connection>();
  // By the client's address: the socket that comes out of a handshake is another object.
  const handshakes = new Map<string, Socket>();
  let isDraining = false;

  const followed = new WeakSet<Connection>();

  const endIfDrained = (connection: Connection): void => {
    if (isDraining && connection.isIdle && followed.has(connection)) connection.end();
  };

  return {
    add(socket) {
      const connection = new Connection(socket);
      connections.set(socket, connection);
      followed.add(connection);
      socket.once('close', () => connections.delete(socket));
    },
    addHandshake(socket) {
      const client = clientOf(socket);
      handshakes.set(client, socket);
      socket.once('close', () => {
        if (handshakes.get(client) === socket) handshakes.delete(client);
      });
    },
    secured(socket) {
      handshakes.delete(clientOf(socket));
    },
    of: (socket) => connections.get(socket) ?? new Connection(socket),
    endIfDrained,
    drain() {
      isDraining = true;
      for (const connection of connections.values()) endIfDrained(connection);
      setTimeout(() => {
        for (const connection of connections.values()) if (connection.isUnused) connection.end();
        for (const socket of handshakes.values()) socket.destroy();
      }, FIRST_REQUEST_MS);
    },
    destroyAll() {
      for (const socket of connections.keys()) socket.destroy();
      for (const socket of handshakes.values()) socket.destroy();
    },
  };
}

function clientOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
