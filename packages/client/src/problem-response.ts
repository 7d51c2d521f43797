// The broker said no: one class per status that callers treat differently (protocol §10.8).

import type { ProblemDetails } from '@agentwrit/protocol';
import { AgentWritError } from './errors.js';

/** Any status but 2xx. `code` is the problem's `error_code`, or `problem_response` without one. */
export class ProblemResponseError extends AgentWritError {
  override readonly name: string = 'ProblemResponseError';
  /** As sent, with tokens and secrets replaced. */
  readonly problem: ProblemDetails;
  readonly status: number;
  /** Joins this failure to the broker's log. Chosen by whoever answered: untrusted text. */
  readonly requestId: string | undefined;

  constructor(problem: ProblemDetails, options: { readonly requestId?: string | undefined } = {}) {
    super(problem.error_code || 'problem_response', summary(problem));
    this.problem = problem;
    this.status = problem.status;
    this.requestId = options.requestId;
  }
}

/** 401: wrong credentials, or a token that is expired, released, renewed or revoked (protocol §1.9). */
export class AuthenticationError extends ProblemResponseError {
  override readonly name = 'AuthenticationError';
}

/** 403: `scope_violation`, `forbidden` (the app's ceiling) or `insufficient_scope`. */
export class AuthorizationError extends ProblemResponseError {
  override readonly name = 'AuthorizationError';
}

/** 429: too many authentications. */
export class RateLimitError extends ProblemResponseError {
  override readonly name = 'RateLimitError';
  /** What `Retry-After` asked for, when it was there and could be read. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    problem: ProblemDetails,
    options: {
      readonly requestId?: string | undefined;
      readonly retryAfterSeconds?: number | undefined;
    } = {},
  ) {
    super(problem, options);
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

// One line, whatever was sent: messages end up in logs.
function summary({ title, detail, status }: ProblemDetails): string {
  const text = `${title || `HTTP ${status}`}${detail === '' ? '' : `: ${detail}`}`;
  return text.replace(/\p{Cc}+/gu, ' ');
}
