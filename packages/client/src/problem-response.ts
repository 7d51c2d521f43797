// The broker said no: one class per status that callers treat differently (protocol §10.8).

import type { ProblemDetails } from '@agentwrit/protocol';
import { AgentWritError, type AgentWritErrorCode } from './errors.js';
import { oneLine } from './redaction.js';

export interface ProblemEvidence {
  readonly requestId?: string | undefined;
  readonly retryAfterSeconds?: number | undefined;
  /** Where an answer that is no problem of the broker's came from. */
  readonly url?: string | undefined;
}

// What only this package can know: in somebody else's body such a word means something else, if anything.
const OWN_CODES: ReadonlySet<string> = new Set<AgentWritErrorCode>([
  'released',
  'authority_lost',
  'invalid_token',
  'closed',
  'transport',
  'timeout',
  'malformed_answer',
  'audit_gap',
  'crypto',
]);

/** Any status but 2xx. `code` is the problem's `error_code`, or `problem_response` without one of the broker's. */
export class ProblemResponseError extends AgentWritError {
  override readonly name: string = 'ProblemResponseError';
  /** As sent, with tokens and secrets replaced. */
  readonly problem: ProblemDetails;
  readonly status: number;
  /** Joins this failure to the broker's log. Chosen by whoever answered: untrusted text. */
  readonly requestId: string | undefined;
  /** What `Retry-After` asked for, when it was there and could be read. */
  readonly retryAfterSeconds: number | undefined;

  constructor(problem: ProblemDetails, evidence: ProblemEvidence = {}) {
    const { error_code: code = '' } = problem;
    const isTheirs = code !== '' && !OWN_CODES.has(code);
    super(isTheirs ? code : 'problem_response', summary(problem, evidence.url));
    this.problem = problem;
    this.status = problem.status;
    this.requestId = evidence.requestId;
    this.retryAfterSeconds = evidence.retryAfterSeconds;
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

/** 429: too many authentications; `retryAfterSeconds` if the broker said. */
export class RateLimitError extends ProblemResponseError {
  override readonly name = 'RateLimitError';
}

// The broker's 401 for a token that it was not shown, or not asked whether it is alive (protocol §1.9): something in
// between dropped or changed the header, or the broker's audience is not what it was.
const NOT_ITS_DEATH: ReadonlySet<string> = new Set([
  'missing authorization header',
  'invalid authorization scheme',
  'token audience mismatch',
]);

/**
 * Whether it was the broker that answered 401. Its 401 carries its code (protocol §1.9); one from something
 * between here and there says nothing about the token.
 */
export function isRefusedByBroker(error: unknown): error is AuthenticationError {
  return error instanceof AuthenticationError && error.code === 'unauthorized';
}

/** Whether the broker refused the token itself, for good. */
export function isDeadToken(error: unknown): error is AuthenticationError {
  return isRefusedByBroker(error) && !NOT_ITS_DEATH.has(error.problem.detail);
}

function summary({ title, detail, status }: ProblemDetails, url: string | undefined): string {
  const from = url === undefined ? '' : ` from ${url} (is that the broker?)`;
  const text = `${title || `HTTP ${status}`}${from}${detail === '' ? '' : `: ${detail}`}`;
  return oneLine(text);
}
