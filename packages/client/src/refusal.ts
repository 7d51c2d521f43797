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
  // Once before reading, because reading cuts long text, and a half secret would not be found; and once
  // after, because JSON can spell the same text in many ways.
  const problem = readProblem(clear(answer.body), {
    status: answer.status,
    path: request.path.replace(/\?.*/s, ''),
  });
  const cleared = Object.fromEntries(
    Object.entries(problem).map(([name, value]) => [
      name,
      typeof value === 'string' ? clear(value) : value,
    ]),
  ) as unknown as ProblemDetails;
  const requestId =
    cleared.request_id ?? (answer.requestId === undefined ? undefined : clear(answer.requestId));
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
