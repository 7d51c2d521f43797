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

/** @param request.secrets what the request carried and an answer might echo */
export function readRefusal(
  answer: TransportAnswer,
  request: { readonly path: string; readonly secrets: readonly string[] },
): ProblemResponseError {
  const clear = (text: string): string => redact(text, request.secrets);
  // Once before reading, because reading cuts long text, and a half secret would not be found; and once
  // after, because JSON can spell the same text in many ways.
  const problem = readProblem(clear(answer.body), { status: answer.status, path: request.path });
  const cleared = Object.fromEntries(
    Object.entries(problem).map(([name, value]) => [
      name,
      typeof value === 'string' ? clear(value) : value,
    ]),
  ) as unknown as ProblemDetails;
  const requestId =
    cleared.request_id ?? (answer.requestId === undefined ? undefined : clear(answer.requestId));
  switch (answer.status) {
    case 401:
      return new AuthenticationError(cleared, { requestId });
    case 403:
      return new AuthorizationError(cleared, { requestId });
    case 429:
      return new RateLimitError(cleared, {
        requestId,
        retryAfterSeconds: readRetryAfter(answer.retryAfter),
      });
    default:
      return new ProblemResponseError(cleared, { requestId });
  }
}

// RFC 9110 §10.2.3: seconds, as the broker sends, or a date, as a proxy may.
function readRetryAfter(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  const date = /^[A-Z][a-z]{2}, /.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - Date.now()) / 1000));
}
