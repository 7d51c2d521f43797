// The bytes of one request in → the bytes of its response out, over a TCP connection of its own.

import { connect } from 'node:net';

export interface RawResponse {
  /** Status line and header lines with their CRLF, without the empty line. */
  readonly head: string;
  readonly body: Buffer;
}

export interface RawRequest {
  readonly bytes: Buffer;
  /** HEAD: the response has a length but no body. */
  readonly isHead?: boolean;
  /** Half-closes after the bytes, as a client does that gives up but still listens. */
  readonly thenEnd?: boolean;
}

// Only a broker that never answers meets it.
const DEADLINE_MS = 10_000;

/** @throws Error when the response is cut short, has bytes too many, or stays open after `Connection: close` */
export function exchange(port: number, { bytes, ...request }: RawRequest): Promise<RawResponse> {
  return new Promise((resolve, reject) => {
    let received = Buffer.alloc(0);
    const socket = connect(port, '127.0.0.1');
    const settle = (ended: boolean): void => {
      try {
        const response = readResponse(received, request.isHead ?? false, ended);
        if (response === undefined) return;
        resolve(response);
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
      socket.destroy();
    };
    socket.setTimeout(DEADLINE_MS, () => {
      reject(new Error(`no complete response, only: ${received.toString().slice(0, 300)}`));
      socket.destroy();
    });
    // A server that refuses a long body may close before it has read all of it.
    socket.on('error', () => settle(true));
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      settle(false);
    });
    socket.on('end', () => settle(true));
    if (request.thenEnd) socket.end(bytes);
    else socket.write(bytes);
  });
}

// `undefined` while more must come.
function readResponse(received: Buffer, isHead: boolean, ended: boolean): RawResponse | undefined {
  const end = received.indexOf('\r\n\r\n');
  if (end < 0) {
    if (ended) throw new Error(`the connection ended within the head: ${received.toString()}`);
    return undefined;
  }
  const head = received.subarray(0, end + 2).toString();
  const rest = received.subarray(end + 4);
  const body = isHead || / 204 /.test(head) ? Buffer.alloc(0) : readBody(head, rest, ended);
  // A connection that is announced to end is watched to its end.
  if (body === undefined || (header(head, 'Connection') === 'close' && !ended)) return undefined;
  if (body.length !== rest.length && header(head, 'Transfer-Encoding') === undefined) {
    throw new Error(`${rest.length - body.length} bytes after the response to ${head}`);
  }
  return { head, body };
}

function readBody(head: string, rest: Buffer, ended: boolean): Buffer | undefined {
  if (header(head, 'Transfer-Encoding') === 'chunked') return readChunks(rest);
  const length = header(head, 'Content-Length');
  if (length === undefined) return ended ? rest : undefined;
  if (rest.length >= Number(length)) return rest.subarray(0, Number(length));
  if (ended) throw new Error(`only ${rest.length} bytes of the body of ${head}`);
  return undefined;
}

function readChunks(rest: Buffer): Buffer | undefined {
  const chunks: Buffer[] = [];
  for (let at = 0; ; ) {
    const line = rest.indexOf('\r\n', at);
    if (line < 0) return undefined;
    const size = Number.parseInt(rest.subarray(at, line).toString(), 16);
    if (rest.length < line + 2 + size + 2) return undefined;
    if (size === 0) return Buffer.concat(chunks);
    chunks.push(rest.subarray(line + 2, line + 2 + size));
    at = line + 2 + size + 2;
  }
}

function header(head: string, name: string): string | undefined {
  return new RegExp(`^${name}: (.*)\r$`, 'im').exec(head)?.[1];
}
