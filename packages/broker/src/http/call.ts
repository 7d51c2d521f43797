// One request as a handler sees it, and what a handler may say to it. No HTTP library here.

import type { BrokerErrorCode, Claims } from '@agentwrit/protocol';
import type { BrokerState } from '../broker-state.js';
import { type Decoded, type DecodeOptions, decodeJson, type Shape } from '../json-decoder.js';

export interface Call {
  /** Percent-decoded, without query. */
  readonly path: string;
  /** The `{id}` of the path, `''` where the route has none. */
  readonly id: string;
  /** What follows the `?`, as sent; `''` without one. */
  readonly query: string;
  /** The first value of a header, by its name in lower case; `''` when it is absent. */
  readonly header: (name: string) => string;
  /** At most 1 MB. */
  readonly body: Uint8Array;
  /** The address at the other end of the connection, `''` in process. */
  readonly peer: string;
}

/** A call that has passed bearer authentication. */
export interface BearerCall extends Call {
  readonly claims: Claims;
}

export type Answer =
  | { readonly kind: 'answer'; readonly status: 200 | 201; readonly body: object }
  | {
      readonly kind: 'text';
      readonly contentType: string;
      readonly contentEncoding?: 'gzip';
      readonly body: string | Uint8Array;
    }
  | { readonly kind: 'no content' };

export interface Refusal {
  readonly kind: 'refusal';
  readonly status: 400 | 401 | 403 | 404 | 413 | 429 | 500;
  readonly code: BrokerErrorCode;
  readonly detail: string;
  /** Seconds; 429 only. */
  readonly retryAfter?: number;
}

export type Reply = Answer | Refusal;

export type Handler<C extends Call> = (call: C, state: BrokerState) => Reply | Promise<Reply>;

export function answer(body: object, status: 200 | 201 = 200): Answer {
  return { kind: 'answer', status, body };
}

export function refuse(
  status: Exclude<Refusal['status'], 429>,
  code: BrokerErrorCode,
  detail: string,
): Refusal {
  return { kind: 'refusal', status, code, detail };
}

export const MALFORMED_BODY: Refusal = refuse(400, 'invalid_request', 'malformed JSON body');

/**
 * The broker takes most bodies from a stream and stops after the first value (protocol §1.4).
 *
 * @returns `undefined` when the body is not JSON of this shape; the content type is never looked at
 */
export function decodeBody<S extends Shape>(
  call: Call,
  shape: S,
  options: DecodeOptions = { trailing: 'ignored' },
): Decoded<S> | undefined {
  const { buffer, byteOffset, byteLength } = call.body;
  // Not a TextDecoder: that would swallow a byte order mark, which is malformed (protocol §1.4).
  return decodeJson(Buffer.from(buffer, byteOffset, byteLength).toString(), shape, options);
}
