// One request to the broker in → status, type and text of the answer out. Knows nothing of what they mean.

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

/** Reads as well: what only an operator's credential opens. */
export interface OperatorTransport extends BrokerTransport {
  /** Rejects with {@link OversizedAnswer} when the answer is larger than `maxBytes`. */
  get(path: string, options: GetOptions): Promise<BrokerAnswer>;
}

export interface GetOptions {
  /** Sent as `Authorization: Bearer …`. */
  readonly token: string;
  readonly requestId: string;
  readonly signal: AbortSignal;
  readonly maxBytes: number;
}

/** Apart from other faults: to ask for less may help. */
export class OversizedAnswer extends BrokerFault {
  constructor(maxBytes: number) {
    super('malformed_answer', `the answer exceeds ${maxBytes} bytes`);
  }
}

/** A broker in this process: anything that answers a `Request`, such as `createBroker()`. */
export interface InProcessBroker {
  fetch(request: Request): Response | Promise<Response>;
}

// Claims of the longest token that a guard looks at, each character escaped in six, stay below this.
const MAX_ANSWER_BYTES = 512 * 1024;

export interface PoolOptions {
  /** As many as calls that run at once. */
  readonly connections: number;
  /** How long a connection may take to come about: nobody waits for longer than a call may take. */
  readonly timeoutMs: number;
}

interface OutgoingRequest {
  readonly method: 'GET' | 'POST';
  /** From `/v1/` on. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly signal: AbortSignal;
  readonly maxBytes: number;
}

function operatorTransport(
  send: (request: OutgoingRequest) => Promise<BrokerAnswer>,
  close: () => Promise<void>,
): OperatorTransport {
  const deliver = (request: OutgoingRequest): Promise<BrokerAnswer> =>
    send(request).catch((error: unknown) => {
      throw asFault(error);
    });
  return {
    post: (path, body, { requestId, signal }) =>
      deliver({
        method: 'POST',
        path,
        headers: {
          'content-type': 'application/json',
          accept: 'application/json',
          'x-request-id': requestId,
        },
        body,
        signal,
        maxBytes: MAX_ANSWER_BYTES,
      }),
    get: (path, { token, requestId, signal, maxBytes }) =>
      deliver({
        method: 'GET',
        path,
        headers: {
          authorization: `Bearer ${token}`,
          accept: 'application/json',
          'x-request-id': requestId,
        },
        body: null,
        signal,
        maxBytes,
      }),
    close,
  };
}

/**
 * A keep-alive pool of connections to one broker. Redirects are not followed: they are just a status.
 */
export function createPoolTransport(
  brokerUrl: URL,
  { connections, timeoutMs }: PoolOptions,
): OperatorTransport {
  const pool = new Pool(brokerUrl.origin, { connections, connectTimeout: timeoutMs });
  const basePath = brokerUrl.pathname.replace(/\/+$/, '');
  return operatorTransport(
    async ({ path, maxBytes, ...request }) => {
      const answer = await pool.request({ path: basePath + path, ...request });
      return {
        status: answer.statusCode,
        contentType: single(answer.headers['content-type']) ?? '',
        retryAfter: single(answer.headers['retry-after']),
        body: await readText(answer.body, maxBytes),
      };
    },
    // Calls that are still running are given up: their callers are answered 503, not kept waiting.
    () => pool.destroy(),
  );
}

/** Calls a broker object in this process; the wire format is the same, only the socket is missing. */
export function createInProcessTransport(broker: InProcessBroker): OperatorTransport {
  return operatorTransport(
    async ({ path, maxBytes, ...request }) => {
      const answer = await broker.fetch(new Request(`http://broker.invalid${path}`, request));
      const { signal } = request;
      return {
        status: answer.status,
        contentType: answer.headers.get('content-type') ?? '',
        retryAfter: answer.headers.get('retry-after') ?? undefined,
        // Through a pipe that the signal cuts: reading must end with the call, though nobody waits for it.
        body: await readText(
          answer.body?.pipeThrough(new TransformStream(), { signal }) ?? [],
          maxBytes,
        ),
      };
    },
    // Whoever made the broker closes it.
    () => Promise.resolve(),
  );
}

async function readText(
  body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  maxBytes: number,
): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    // Leaving the loop ends the stream, so the rest is not read.
    if (size > maxBytes) throw new OversizedAnswer(maxBytes);
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
