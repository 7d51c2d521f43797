// A fetch Request in → answered in process, without a socket → a fetch Response out.

import { collectBody, EMPTY_BODY, exceedsCap } from './request-body.js';
import type { WireBody, WireHandler } from './wire.js';

export type FetchHandler = (request: Request) => Promise<Response>;

export function createFetchHandler(handle: WireHandler): FetchHandler {
  return async (request) => {
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
  };
}

function readBody(request: Request): WireBody | Promise<WireBody> {
  if (exceedsCap(request.headers.get('content-length') ?? '')) return 'too large';
  if (request.body === null) return EMPTY_BODY;
  const chunks: AsyncIterable<Uint8Array> = request.body;
  return collectBody(chunks);
}
