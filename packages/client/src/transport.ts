// One request to the broker in → status, headers of interest and text of the answer out. Knows nothing of
// what they mean.

import { isUtf8 } from 'node:buffer';
import {
  assertBoolean,
  assertKnownOptions,
  assertNumber,
  parseBrokerUrl,
  readTls,
  type TlsOptions,
} from '@agentwrit/protocol';
import { assertUsableTls } from '@agentwrit/protocol/node';
import { Pool } from 'undici';
import { AgentWritError, TransportError } from './errors.js';

/** How to reach the broker. */
export interface ConnectionOptions {
  /** `https:`, or `http:` to a loopback address. May have a base path. */
  readonly brokerUrl: string;
  /** Deadline of each call, over all its requests, retries and waits. 10,000 when absent. */
  readonly timeoutMs?: number | undefined;
  /** `agentwrit-typescript/VERSION` when absent. */
  readonly userAgent?: string | undefined;
  /** Allows plain `http:` to other hosts. Tokens and secrets then cross the network in the clear. */
  readonly allowInsecureHttp?: boolean | undefined;
  /** For `https:` with a certificate authority of your own, or a client certificate. */
  readonly tls?: TlsOptions | undefined;
}

export const CONNECTION_OPTIONS: readonly (keyof ConnectionOptions)[] = [
  'brokerUrl',
  'timeoutMs',
  'userAgent',
  'allowInsecureHttp',
  'tls',
];

/** All but where the broker is, for what is told that in another way. */
export const CONNECTION_EXTRAS: readonly string[] = CONNECTION_OPTIONS.filter(
  (name) => name !== 'brokerUrl',
);

export interface TransportRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** From `/v1/` on, with the query. */
  readonly path: string;
  readonly bearer?: string | undefined;
  readonly body?: object | undefined;
  /** How much of the answer is read; 1 MiB when absent. */
  readonly maxAnswerBytes?: number | undefined;
  readonly signal: AbortSignal;
}

export interface TransportAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly retryAfter: string | undefined;
  readonly requestId: string | undefined;
  readonly body: string;
  /** The answer went on beyond what was read. */
  readonly truncated: boolean;
  /** Else bytes that are no text were replaced in `body`. */
  readonly isUtf8: boolean;
}

// The broker's own limit for requests (protocol §1.6); its answers are far smaller.
export const MAX_ANSWER_BYTES: number = 1024 * 1024;

// More than an agent team needs at once; a burst beyond it waits, on its deadline, for a free connection.
const CONNECTIONS = 64;

// What a timer can hold.
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** A keep-alive pool of connections to one broker. Redirects are not followed: they are just a status. */
export class Transport {
  /** Normalised, without trailing slash. */
  readonly brokerUrl: string;
  readonly timeoutMs: number;
  readonly #basePath: string;
  readonly #userAgent: string;
  readonly #pool: Pool;
  #closed: Promise<void> | undefined;

  /** Opens no connection. @throws TypeError naming the option that is wrong or unknown */
  constructor(options: ConnectionOptions) {
    assertKnownOptions(options, 'the connection', CONNECTION_OPTIONS);
    const {
      brokerUrl,
      timeoutMs = 10_000,
      userAgent = 'agentwrit-typescript/0.1.0',
      allowInsecureHttp = false,
      tls,
    } = options;
    assertNumber(timeoutMs, 'timeoutMs', { min: 1, max: MAX_TIMEOUT_MS, isWhole: true });
    assertBoolean(allowInsecureHttp, 'allowInsecureHttp');
    if (typeof userAgent !== 'string' || !/^[\x20-\x7e]+$/.test(userAgent)) {
      throw new TypeError('"userAgent" must be printable ASCII');
    }
    const url = parseBrokerUrl(brokerUrl, 'brokerUrl', { allowInsecureHttp });
    const certificates = readTls(tls, url);
    if (certificates !== undefined) assertUsableTls(certificates);
    this.#basePath = url.pathname === '/' ? '' : url.pathname;
    this.brokerUrl = url.origin + this.#basePath;
    this.timeoutMs = timeoutMs;
    this.#userAgent = userAgent;
    this.#pool = new Pool(url.origin, {
      connections: CONNECTIONS,
      // One deadline covers everything; undici's own would cut a long one short.
      connect: { timeout: timeoutMs, ...certificates },
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }

  /**
   * @throws TransportError when no complete answer arrives
   * @throws the signal's reason when it is aborted
   */
  async send(request: TransportRequest): Promise<TransportAnswer> {
    const { method, path, bearer, body, maxAnswerBytes = MAX_ANSWER_BYTES, signal } = request;
    signal.throwIfAborted();
    if (this.#closed !== undefined) {
      throw new AgentWritError('closed', 'the connection to the broker has been closed');
    }
    try {
      const answer = await this.#pool.request({
        method,
        path: this.#basePath + path,
        headers: {
          accept: 'application/json, application/problem+json',
          'user-agent': this.#userAgent,
          ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        body: body === undefined ? null : JSON.stringify(body),
        signal,
      });
      return {
        status: answer.statusCode,
        contentType: single(answer.headers['content-type']) ?? '',
        retryAfter: single(answer.headers['retry-after']),
        requestId: single(answer.headers['x-request-id']),
        ...(await readText(answer.body, maxAnswerBytes)),
      };
    } catch (error) {
      signal.throwIfAborted();
      const isLate = codeOf(error) === 'UND_ERR_CONNECT_TIMEOUT';
      throw new TransportError(isLate ? 'timeout' : 'transport', this.brokerUrl, harmless(error));
    }
  }

  /** Lets requests under way finish, then closes the connections. Later requests are refused. */
  close(): Promise<void> {
    this.#closed ??= this.#pool.close();
    return this.#closed;
  }

  /** Closes the connections at once. */
  destroy(): Promise<void> {
    this.#closed ??= this.#pool.destroy();
    return this.#closed;
  }
}

async function readText(
  stream: AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<Pick<TransportAnswer, 'body' | 'truncated' | 'isUtf8'>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.byteLength;
    // Leaving the loop ends the stream, so the rest is not read.
    if (size > maxBytes) break;
    chunks.push(chunk);
  }
  const bytes = Buffer.concat(chunks);
  return { body: bytes.toString('utf8'), truncated: size > maxBytes, isUtf8: isUtf8(bytes) };
}

// undici's parser error carries the bytes it could not parse, and those can hold a token.
function harmless(error: unknown): Error {
  if (!(error instanceof Error)) return new Error('unknown failure');
  return 'data' in error ? new Error(error.message) : error;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

function single(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0];
}
