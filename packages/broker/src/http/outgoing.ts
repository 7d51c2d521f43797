// A response as the protocol has it in → its bytes on a connection out.

import { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Connection } from './connections.js';
import type { IncomingRequest, OutgoingResponse } from './listener.js';
import type { WireResponse } from './wire.js';

// The ones Go has other words for than Node.
const REASONS: Readonly<Record<number, string>> = { 413: 'Request Entity Too Large' };

// How long what a client still sends is read and dropped: closing at once would throw the answer away.
const LINGER_MS = 500;

export interface WriteOptions {
  /** The connection ends with this response. */
  readonly isLast: boolean;
}

export function writeResponse(
  request: IncomingRequest,
  response: OutgoingResponse,
  { status, headers, body }: WireResponse,
  { isLast }: WriteOptions,
): void {
  const length = body === undefined ? undefined : String(Buffer.byteLength(body));
  const framing = {
    Date: new Date().toUTCString(),
    ...(length !== undefined && { 'Content-Length': length }),
  };
  const text = isAscii(headers) ? (body ?? '') : Buffer.from(body ?? '');
  if (!(response instanceof ServerResponse)) {
    response.writeHead(status, { ...headers, ...framing });
    response.end(request.method === 'HEAD' ? '' : text);
    // A client that is still sending learns that nobody reads on.
    const { stream } = response;
    if (!request.complete) setTimeout(() => stream.close(), LINGER_MS).unref();
    return;
  }
  response.sendDate = false;
  // Go keeps a connection without saying so.
  response.removeHeader('connection');
  const closes = isLast || !response.shouldKeepAlive || request.httpVersion === '1.0';
  const reason = REASONS[status] ?? '';
  const all = { ...headers, ...framing, ...(closes && { Connection: 'close' }) };
  if (reason === '') response.writeHead(status, all);
  else response.writeHead(status, reason, all);
  if (request.complete || !isLast) response.end(text);
  else endAfterRequest(request, response, text);
}

// Node writes headers and a text body in one piece, in the encoding of the body; beside bytes, headers keep
// theirs. Only an echoed request id can have bytes beyond ASCII.
function isAscii({ 'X-Request-Id': requestId = '' }: WireResponse['headers']): boolean {
  return /^[\x20-\x7e]*$/.test(requestId);
}

/** As Go's server says it, in its turn. */
export function writeMissingHost(response: OutgoingResponse, connection: Connection): void {
  const reason = 'Bad Request: missing required Host header';
  connection.isEnding = true;
  if (!(response instanceof ServerResponse)) return;
  response.sendDate = false;
  response.writeHead(400, reason, {
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': String(reason.length + 4),
    Connection: 'close',
  });
  response.end(`400 ${reason}`);
}

/** What the HTTP server says about a request that never becomes one: plain text (protocol §1.7). */
export function answerBadRequest(socket: Socket, line: string): void {
  if (line === '' || !socket.writable) {
    socket.destroy();
    return;
  }
  socket.end(
    `HTTP/1.1 ${line}\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n${line}`,
    () => socket.destroy(),
  );
}

function endAfterRequest(
  request: IncomingRequest,
  response: ServerResponse,
  text: string | Uint8Array,
): void {
  const end = (): void => {
    clearTimeout(timer);
    response.end();
  };
  const timer = setTimeout(end, LINGER_MS);
  response.write(text);
  request.once('end', end);
  request.once('close', end);
  request.resume();
}
