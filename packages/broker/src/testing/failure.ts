// A status and how to fail with it in → for each request the response out: the one the broker would give
// with that status, unless the test wants another.

import { randomBytes } from 'node:crypto';
import { validateHeaderName, validateHeaderValue } from 'node:http';
import {
  assertKnownOptions,
  assertNumber,
  type BrokerErrorCode,
  problemInstance,
} from '@agentwrit/protocol';
import type { Refusal } from '../http/call.js';
import { createResponder } from '../http/response.js';
import type { WireRequest, WireResponse } from '../http/wire.js';
import { assertPath, pathOf } from './request-counts.js';

export interface FailOptions {
  /**
   * Sent as it is, as `text/plain` unless `headers` say otherwise. Default: the broker's own problem for the
   * statuses it uses (protocol §1.5), a short text for others. 204, 205 and 304 cannot have one.
   */
  readonly body?: string;
  /** Set over the default ones, in whatever case. By default 429 has `Retry-After: 1`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The next so many requests, then it works again. Default: all, until `recover`. */
  readonly times?: number;
  /** The requests of this path, such as `/v1/token/validate`, and the others work. Default: all. */
  readonly path?: string;
}

export interface Failure {
  readonly times: number;
  readonly concerns: (request: WireRequest) => boolean;
  readonly answer: (request: WireRequest) => WireResponse;
}

const CODES: Readonly<Record<Refusal['status'], BrokerErrorCode>> = {
  400: 'invalid_request',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  413: 'payload_too_large',
  429: 'rate_limited',
  500: 'internal_error',
};

const BODILESS: ReadonlySet<number> = new Set([204, 205, 304]);

const TEXT = { 'Content-Type': 'text/plain; charset=utf-8' };

// They say where a message ends; a server that lies about that is another fault than a status.
const FRAMING: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'date',
  'keep-alive',
  'proxy-connection',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** @throws TypeError naming what is unknown or has a value it cannot have */
export function readFailure(
  status: number,
  options: FailOptions = {},
  isTls: boolean = false,
): Failure {
  assertNumber(status, 'status', { min: 200, max: 599, isWhole: true });
  assertKnownOptions(options, 'fail', ['body', 'headers', 'times', 'path']);
  const { body, headers = {}, times = Infinity, path } = options;
  if (body !== undefined && typeof body !== 'string') {
    throw new TypeError('"body" must be a string');
  }
  if (body && BODILESS.has(status)) throw new TypeError(`"body" cannot go with status ${status}`);
  assertHeaders(headers);
  if (times !== Infinity) assertNumber(times, 'times', { min: 1, isWhole: true });
  if (path !== undefined) assertPath(path);

  const standard = standardAnswer(status, isTls);
  return {
    times,
    concerns: (request) => path === undefined || pathOf(request) === path,
    answer(request) {
      const own = standard(request);
      if (BODILESS.has(status)) return { status, headers: merged({}, headers) };
      return {
        status,
        headers: merged({ ...own.headers, ...(body !== undefined && TEXT) }, headers),
        // As bytes: with a text Node would write the headers in its encoding, too.
        body: Buffer.from(body ?? own.body ?? ''),
      };
    },
  };
}

function standardAnswer(status: number, isTls: boolean): (request: WireRequest) => WireResponse {
  const detail = `injected: ${status}`;
  if (!isRefusal(status)) return () => ({ status, headers: TEXT, body: `${detail}\n` });
  const responder = createResponder({ isTls });
  const refusal = { kind: 'refusal', status, code: CODES[status], detail } as const;
  const reply = status === 429 ? { ...refusal, retryAfter: 1 } : refusal;
  return (request) =>
    responder.reply(reply, {
      requestId: request.header('x-request-id') || randomBytes(8).toString('hex'),
      path: problemInstance(pathOf(request)),
    });
}

function isRefusal(status: number): status is Refusal['status'] {
  return Object.hasOwn(CODES, status);
}

function assertHeaders(headers: Readonly<Record<string, unknown>>): void {
  if (typeof headers !== 'object' || headers === null || Symbol.iterator in headers) {
    throw new TypeError('"headers" must be an object of header names and values');
  }
  for (const [name, value] of Object.entries(headers)) {
    if (FRAMING.has(name.toLowerCase())) {
      throw new TypeError(`"headers" cannot have "${name}": it is the server's to set`);
    }
    if (!isHeader(name, value)) {
      throw new TypeError(`"headers" has a name or a value that HTTP does not allow: "${name}"`);
    }
  }
}

// Node's own check is stricter than that of `Headers`, and the one a socket makes.
function isHeader(name: string, value: unknown): boolean {
  if (typeof value !== 'string') return false;
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return true;
  } catch {
    return false;
  }
}

function merged(
  defaults: WireResponse['headers'],
  given: WireResponse['headers'],
): WireResponse['headers'] {
  const byName = new Map<string, readonly [string, string]>();
  for (const header of [...Object.entries(defaults), ...Object.entries(given)]) {
    byName.set(header[0].toLowerCase(), header);
  }
  return Object.fromEntries(byName.values());
}
