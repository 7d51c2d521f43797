// What global fetch takes in → answered in process, without a socket → a fetch Response out.

import { collectBody, EMPTY_BODY, exceedsCap } from './request-body.js';
import type { WireBody, WireHandler } from './wire.js';

export type FetchHandler = (input: Request | URL | string, init?: RequestInit) => Promise<Response>;

/** Whatever is wrong with the input is a rejected TypeError. A signal ends the wait, as it does in fetch. */
export function createFetchHandler(handle: WireHandler): FetchHandler {
  return async (input, init) => {
    const request = readRequest(input, init);
    request.signal.throwIfAborted();
    if (request.bodyUsed) throw new TypeError('the body of the request has been read already');
    return abortable(answer(request, handle), request.signal);
  };
}

async function answer(request: Request, handle: WireHandler): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  const { status, headers, body } = await handle({
    method: request.method,
    target: `${pathname}${search}`,
    header: (name) => request.headers.get(name) ?? '',
    body: await readBody(request),
    peer: '',
  });
  const isBodiless = body === undefined || request.method === 'HEAD';
  return new Response(isBodiless ? null : body, { status, headers });
}

function readRequest(input: unknown, init: RequestInit | undefined): Request {
  if (typeof input === 'string' || input instanceof URL) return new Request(input, init);
  if (!isRequest(input)) {
    throw new TypeError('fetch takes a Request, a URL or the text of one');
  }
  return init === undefined ? input : new Request(input, init);
}

// Not `instanceof` alone: frameworks put a class of their own in the place of the global one.
function isRequest(input: unknown): input is Request {
  if (input instanceof Request) return true;
  return Object.prototype.toString.call(input) === '[object Request]';
}

function readBody(request: Request): WireBody | Promise<WireBody> {
  if (exceedsCap(request.headers.get('content-length') ?? '')) return 'too large';
  if (request.body === null) return EMPTY_BODY;
  const chunks: AsyncIterable<Uint8Array> = request.body;
  return collectBody(chunks);
}

/** In process nothing else would end a wait for an answer that never comes. */
function abortable(pending: Promise<Response>, signal: AbortSignal): Promise<Response> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', abort, { once: true });
    pending.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
