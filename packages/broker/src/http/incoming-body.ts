// A request on a socket in → its body out, read to its end or to the cap (protocol §1.6).

import type { Socket } from 'node:net';
import type { IncomingRequest } from './listener.js';
import { EMPTY_BODY, exceedsCap, MAX_BODY_BYTES } from './request-body.js';
import type { WireBody } from './wire.js';

/** Requests whose body is being read, by their connection: what a parser error on it then ends. */
export type UnreadBodies = WeakMap<Socket, () => void>;

export function readIncomingBody(
  request: IncomingRequest,
  unread: UnreadBodies,
): WireBody | Promise<WireBody> {
  const { headers, socket } = request;
  const { 'content-length': declared, 'transfer-encoding': encoding } = headers;
  if (exceedsCap(declared ?? '')) return 'too large';
  const hasBody = request.httpVersionMajor === 2 || encoding !== undefined;
  if (!hasBody && (declared === undefined || declared === '0')) return EMPTY_BODY;

  return new Promise((resolve) => {
    const chunks: Uint8Array[] = [];
    let length = 0;
    const finish = (body: WireBody): void => {
      request.off('data', collect);
      unread.delete(socket);
      resolve(body);
    };
    const collect = (chunk: Uint8Array): void => {
      length += chunk.length;
      if (length > MAX_BODY_BYTES) finish('too large');
      else chunks.push(chunk);
    };
    unread.set(socket, () => finish('unreadable'));
    request.on('data', collect);
    request.once('end', () => {
      const [first] = chunks;
      finish(chunks.length === 1 && first ? first : Buffer.concat(chunks, length));
    });
    // A client that goes away ends here; when the body is complete nothing is left to resolve.
    request.once('error', () => finish('unreadable'));
    request.once('close', () => finish('unreadable'));
  });
}
