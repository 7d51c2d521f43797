// An answer that is not 2xx in → the error to throw out, cleared of tokens and secrets (protocol §10.8).

import { type ProblemDetails, readProblem } from '@agentwrit/protocol';
import {
  AuthenticationError,
  AuthorizationError,
  ProblemResponseError,
  RateLimitError,
} from './problem-response.js';
import { redact } from './redaction.js';
import type { TransportAnswer } from './transport.js';

// For each text of a problem: more than the broker has to say, and what a log can bear. Whatever answers there may
// send a mebibyte, and where lists are read 32.
const MAX_TEXT_LENGTH = 4096;

export interface RefusedRequest {
  /** From `/v1/` on, with the query. */
  readonly path: string;
  /** The broker's, without trailing slash. */
  readonly url: string;
  /** What the request carried and an answer might echo. */
  readonly secrets: readonly string[];
}

export function readRefusal(
  answer: TransportAnswer,
  request: RefusedRequest,
): ProblemResponseError {
  const clear = (text: string): string => redact(text, request.secrets);
  const readable = (text: string): string => clear(text).slice(0, MAX_TEXT_LENGTH);
  // Once before reading, because reading cuts long text, and a half secret would not be found; and once
  // after, because JSON can spell the same text in many ways.
  const problem = readProblem(clear(answer.body), {
    status: answer.status,
    path: request.path.replace(/\?.*/s, ''),
  });
  const cleared = Object.fromEntries(
    Object.entries(problem).map(([name, value]) => [
      name,
      typeof value === 'string' ? readable(value) : value,
    ]),
  ) as unknown as ProblemDetails;
  const requestId =
    cleared.request_id ?? (answer.requestId === undefined ? undefined : readable(answer.requestId));
  const evidence = {
    requestId,
    retryAfterSeconds: readRetryAfter(answer.retryAfter),
    // Not the broker's way to say no: most likely something else answers there.
    ...(cleared.type === 'about:blank' && { url: request.url + cleared.instance }),
  };
  switch (answer.status) {
    case 401:
      return new AuthenticationError(cleared, evidence);
    case 403:
      return new AuthorizationError(cleared, evidence);
    case 429:
      return new RateLimitError(cleared, evidence);
    default:
      return new ProblemResponseError(cleared, evidence);
  }
}

// RFC 9110 §10.2.3: seconds, as the broker sends, or a date, as a proxy may.
function readRetryAfter(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  const date = /^[A-Z][a-z]{2}, /.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - Date.now()) / 1000));
}
