// A request in → its body, read up to the cap, out (protocol §1.6).

import { type Refusal, refuse } from './call.js';

const MAX_BODY_BYTES = 1_048_576;

const TOO_LARGE = refuse(413, 'payload_too_large', 'request body must not exceed 1 MB');
const UNREADABLE = refuse(400, 'invalid_request', 'failed to read request body');
const EMPTY = new Uint8Array();

export async function readBody(request: Request): Promise<Uint8Array | Refusal> {
  const declared = request.headers.get('content-length');
  if (Number(declared) > MAX_BODY_BYTES) return TOO_LARGE;
  // A fetch Request cannot carry a body with these.
  if (request.method === 'GET' || request.method === 'HEAD') return EMPTY;
  try {
    const body =
      declared === null ? await readCapped(request) : new Uint8Array(await request.arrayBuffer());
    return body !== undefined && body.length <= MAX_BODY_BYTES ? body : TOO_LARGE;
  } catch {
    return UNREADABLE;
  }
}

// The length was not announced, so it is counted: chunked on a socket, and every body in process.
async function readCapped(request: Request): Promise<Uint8Array | undefined> {
  if (request.body === null) return EMPTY;
  const chunks: Uint8Array[] = [];
  let length = 0;
  const stream: AsyncIterable<Uint8Array> = request.body;
  for await (const chunk of stream) {
    length += chunk.length;
    if (length > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}
