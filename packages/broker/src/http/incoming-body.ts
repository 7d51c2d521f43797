// A request on a connection in → its body out, read to its end or to the cap (protocol §1.6).

import type { Connection } from './connections.js';
import type { IncomingRequest } from './listener.js';
import { EMPTY_BODY, exceedsCap, joined, MAX_BODY_BYTES } from './request-body.js';
import type { WireBody } from './wire.js';

// Protocol §1.8. For HTTP/1.1 the server itself sees to it.
const HTTP2_REQUEST_MS = 15_000;

export function readIncomingBody(
  request: IncomingRequest,
  connection: Connection,
): WireBody | Promise<WireBody> {
  const { 'content-length': declared, 'transfer-encoding': encoding } = request.headers;
  const isHttp2 = request.httpVersionMajor === 2;
  if (exceedsCap(declared ?? '')) return endingWith('too large', connection);
  const hasBody = isHttp2 || encoding !== undefined;
  if (!hasBody && (declared === undefined || declared === '0')) return EMPTY_BODY;
  if (connection.isBroken && !request.complete) return endingWith('unreadable', connection);

  return new Promise((resolve) => {
    const chunks: Uint8Array[] = [];
    let length = 0;
    let isDone = false;
    const finish = (body: WireBody): void => {
      if (isDone) return;
      isDone = true;
      request.off('data', collect);
      clearTimeout(timer);
      connection.giveUpBody = undefined;
      resolve(typeof body === 'string' ? endingWith(body, connection) : body);
    };
    const collect = (chunk: Uint8Array): void => {
      length += chunk.length;
      if (length <= MAX_BODY_BYTES) chunks.push(chunk);
      else {
        // What else a stream brings must not be taken in; a connection is read on, to be able to answer.
        if (isHttp2) request.pause();
        finish('too large');
      }
    };
    const timer = isHttp2
      ? setTimeout(() => finish('unreadable'), HTTP2_REQUEST_MS).unref()
      : undefined;
    connection.giveUpBody = () => {
      // What is wrong may be what comes after a body that is complete.
      if (!request.complete) finish('unreadable');
    };
    request.on('data', collect);
    request.once('end', () => finish(joined(chunks, length)));
    // A client that goes away ends here.
    request.once('error', () => finish('unreadable'));
    request.once('close', () => finish('unreadable'));
  });
}

// At once, and not when the answer is written: the next request may be in the same packet.
function endingWith(body: WireBody, connection: Connection): WireBody {
  connection.isEnding = true;
  return body;
}
