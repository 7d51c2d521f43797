// One request to the broker in → status, type and text of the answer out. Knows nothing of what they mean.

import type { CallSignal } from './call-signal.js';
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
    options: { readonly requestId: string; readonly signal: CallSignal },
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
  readonly signal: CallSignal;
  readonly maxBytes: number;
}

export interface PoolOptions {
  /** As many as calls that run at once. */
  readonly connections: number;
  /** How long a connection may take to come about: nobody waits for longer than a call may take. */
  readonly timeoutMs: number;
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

/** What is sent, whatever sends it. */
export interface OutgoingRequest {
  readonly method: 'GET' | 'POST';
  /** From `/v1/` on. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly signal: CallSignal;
  readonly maxBytes: number;
}

/** @param send may reject with anything; what is no fault yet becomes one */
export function operatorTransport(
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

function asFault(error: unknown): BrokerFault {
  if (error instanceof BrokerFault) return error;
  // What `fetch` rejects with has it in its cause.
  const code = codeOf(error) ?? (error instanceof Error ? codeOf(error.cause) : undefined);
  return new BrokerFault(
    'connection',
    `the connection to the broker failed (${code ?? 'unknown'})`,
  );
}

// ECONNREFUSED, UND_ERR_SOCKET, ConnectionRefused. Nothing else of a client's error: it can hold the bytes that
// the client choked on.
const CODE = /^\w{1,60}$/;

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  const { code } = error;
  return typeof code === 'string' && CODE.test(code) ? code : undefined;
}
