// A request handler in → a server on a real socket out, plain or with TLS, which writes what Go's server
// would write and can be closed without waiting for idle clients.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import {
  createSecureServer,
  type Http2SecureServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type ServerHttp2Session,
} from 'node:http2';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { TlsSettings } from '../broker-options.js';
import { type Connection, createConnections } from './connections.js';
import { readIncomingBody } from './incoming-body.js';
import { answerBadRequest, writeMissingHost, writeResponse } from './outgoing.js';
import { tlsOptions } from './tls-options.js';
import type { WireHandler } from './wire.js';

export type IncomingRequest = IncomingMessage | Http2ServerRequest;
export type OutgoingResponse = ServerResponse | Http2ServerResponse;

export interface Listener {
  readonly port: number;
  /** Stops accepting, ends idle connections at once and busy ones after their answer. */
  readonly close: () => Promise<void>;
  /** Ends all connections in the middle of whatever they do. */
  readonly abort: () => Promise<void>;
}

export interface ListenerOptions {
  readonly port: number;
  readonly host: string;
  readonly tls: TlsSettings | undefined;
}

// Protocol §1.8.
const SERVER_LIMITS = {
  headersTimeout: 5_000,
  requestTimeout: 15_000,
  keepAliveTimeout: 120_000,
  maxHeaderSize: 1_048_576,
  // How often the first two are looked at.
  connectionsCheckingInterval: 1_000,
  // A request without one is answered below, in Go's words.
  requireHostHeader: false,
};

const HTTP2_LIMITS = {
  handshakeTimeout: 5_000,
  // What Go allows.
  settings: { maxConcurrentStreams: 250 },
};

// A client that has sent its last request may say so, and still wants the answer.
const HALF_OPEN = { httpAllowHalfOpen: true };

// As long as the broker waits for running requests when it stops (protocol §8.3).
const CLOSE_GRACE_MS = 10_000;

/** @throws Error when the port is taken, the address is none of this machine, or a PEM text is none */
export async function startListener(
  handle: WireHandler,
  { port, host, tls }: ListenerOptions,
): Promise<Listener> {
  const connections = createConnections();
  const sessions = new Set<ServerHttp2Session>();
  let closing = false;

  const exchange = async (
    request: IncomingRequest,
    response: OutgoingResponse,
    connection: Connection,
  ): Promise<void> => {
    // What follows the last answer is not looked at, let alone done.
    if (connection.isEnding) return;
    if (request.headers.host === undefined && request.httpVersion === '1.1') {
      writeMissingHost(response, connection);
      return;
    }
    const body = await readIncomingBody(request, connection);
    const answer = await handle({
      method: request.method ?? '',
      target: request.url ?? '',
      header: (name) => firstHeader(request.rawHeaders, name),
      body,
      peer: peerAddress(request),
    });
    const isLast = closing || typeof body === 'string' || request.socket.readableEnded;
    if (isLast) connection.isEnding = true;
    writeResponse(request, response, answer, { isLast });
  };
  const onRequest = (request: IncomingRequest, response: OutgoingResponse): void => {
    const connection = connections.of(request.socket);
    connection.occupy();
    response.once('close', () => {
      connection.release();
      connections.endIfDrained(connection);
    });
    connection
      .inTurn(() => exchange(request, response, connection))
      .catch(() => request.socket.destroy());
  };

  const server = tls
    ? createSecureServer(
        { ...SERVER_LIMITS, ...HTTP2_LIMITS, ...tlsOptions(tls), allowHTTP1: true },
        onRequest,
      )
    : createServer(SERVER_LIMITS, onRequest);
  Object.assign(server, SERVER_LIMITS, HALF_OPEN);
  server.on('connection', tls ? connections.addHandshake : connections.add);
  server.on('secureConnection', (socket: TLSSocket) => {
    connections.secured(socket);
    // An HTTP/2 session counts its streams itself.
    if (socket.alpnProtocol !== 'h2') connections.add(socket);
  });
  server.on('session', (session: ServerHttp2Session) => {
    sessions.add(session);
    session.setTimeout(SERVER_LIMITS.keepAliveTimeout, () => session.close());
    session.once('close', () => sessions.delete(session));
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    const connection = connections.of(socket);
    connection.isBroken = true;
    connection.giveUpBody?.();
    // After the answers to what was sent before it, the last of which may have said it all.
    void connection.inTurn(async () => {
      if (!connection.isEnding) answerBadRequest(socket, badRequestLine(error.code));
    });
  });

  await listening(server, port, host);
  const address = server.address();
  const stopped = (): Promise<void> => new Promise((resolve) => server.close(() => resolve()));
  const abort = (): Promise<void> => {
    const done = stopped();
    for (const session of sessions) session.destroy();
    connections.destroyAll();
    return done;
  };
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    async close() {
      closing = true;
      const force = setTimeout(() => void abort(), CLOSE_GRACE_MS);
      const done = stopped();
      for (const session of sessions) session.close();
      connections.drain();
      await done;
      clearTimeout(force);
    },
    abort,
  };
}

// Headers come as name, value, name, value; Go looks at the first of a name.
function firstHeader(rawHeaders: readonly string[], name: string): string {
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const candidate = rawHeaders[index] ?? '';
    if (candidate.length === name.length && candidate.toLowerCase() === name) {
      return rawHeaders[index + 1] ?? '';
    }
  }
  return '';
}

// A socket for both families names IPv4 clients in IPv6 clothes.
function peerAddress({ socket }: IncomingRequest): string {
  return (socket.remoteAddress ?? '').replace(/^::ffff:(?=\d+\.)/, '');
}

/** `''` when nobody is there to read it: a client that never finished its headers, or went away. */
function badRequestLine(code: string | undefined): string {
  if (code === 'HPE_HEADER_OVERFLOW') return '431 Request Header Fields Too Large';
  return code?.startsWith('HPE_') ? '400 Bad Request' : '';
}

function listening(server: Server | Http2SecureServer, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
