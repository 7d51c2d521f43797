// One POST to the broker in → status, type and text of the answer out. Knows nothing of what they mean.

import { Pool } from 'undici';
import { BrokerFault } from './fault.js';

export interface BrokerAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly retryAfter: string | undefined;
  readonly body: string;
}

/** Sends one request to the broker. Rejects with a {@link BrokerFault} when no whole answer arrives. */
export interface BrokerTransport {
  post(
    path: string,
    body: string,
    options: { readonly requestId: string; readonly signal: AbortSignal },
  ): Promise<BrokerAnswer>;
  close(): Promise<void>;
}

/** A broker in this process: anything that answers a `Request`, such as `createBroker()`. */
export interface InProcessBroker {
  fetch(request: Request): Response | Promise<Response>;
}

// The largest real answer, five delegation records deep with long scope lists, stays far below this.
const MAX_ANSWER_BYTES = 256 * 1024;

// Enough for thousands of validations a second at loopback or data-centre latency.
const CONNECTIONS = 32;

function headers(requestId: string): Record<string, string> {
  return {
    'content-type': 'application/json',
    accept: 'application/json',
    'x-request-id': requestId,
  };
}

/** A keep-alive pool of connections to one broker. Redirects are not followed: they are just a status. */
export function createPoolTransport(brokerUrl: URL): BrokerTransport {
  const pool = new Pool(brokerUrl.origin, { connections: CONNECTIONS });
  const basePath = brokerUrl.pathname.replace(/\/+$/, '');
  return {
    async post(path, body, { requestId, signal }) {
      try {
        const answer = await pool.request({
          method: 'POST',
          path: basePath + path,
          headers: headers(requestId),
          body,
          signal,
        });
        return {
          status: answer.statusCode,
          contentType: single(answer.headers['content-type']) ?? '',
          retryAfter: single(answer.headers['retry-after']),
          body: await readText(answer.body),
        };
      } catch (error) {
        throw asFault(error);
      }
    },
    // Calls that are still running are given up: their callers are answered 503, not kept waiting.
    close: () => pool.destroy(),
  };
}

/** Calls a broker object in this process; the wire format is the same, only the socket is missing. */
export function createInProcessTransport(broker: InProcessBroker): BrokerTransport {
  return {
    async post(path, body, { requestId, signal }) {
      try {
        const request = new Request(`http://broker.invalid${path}`, {
          method: 'POST',
          headers: headers(requestId),
          body,
          signal,
        });
        const answer = await broker.fetch(request);
        return {
          status: answer.status,
          contentType: answer.headers.get('content-type') ?? '',
          retryAfter: answer.headers.get('retry-after') ?? undefined,
          // Through a pipe that the signal cuts: reading must end with the call, though nobody waits for it.
          body: await readText(answer.body?.pipeThrough(new TransformStream(), { signal }) ?? []),
        };
      } catch (error) {
        throw asFault(error);
      }
    },
    // Whoever made the broker closes it.
    close: () => Promise.resolve(),
  };
}

async function readText(body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    // Leaving the loop ends the stream, so the rest is not read.
    if (size > MAX_ANSWER_BYTES) {
      throw new BrokerFault('malformed_answer', `the answer exceeds ${MAX_ANSWER_BYTES} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function single(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0];
}

function asFault(error: unknown): BrokerFault {
  if (error instanceof BrokerFault) return error;
  // Only its code, ECONNREFUSED say: the rest of a client's error can hold the bytes it choked on.
  const code =
    error instanceof Error && 'code' in error ? String(error.code).slice(0, 60) : 'unknown';
  return new BrokerFault('connection', `the connection to the broker failed (${code})`);
}
