// A refusal in → status, headers and body out. The only file that knows HTTP status codes.
// RFC 6750 §3 for the challenge, RFC 9457 for the body.

import {
  encodeJson,
  type ProblemDetails,
  problemInstance,
  problemType,
  type RefusalReason,
} from '@agentwrit/protocol';
import type { Refused } from './decision.js';

/** A whole HTTP answer; adapters send it as it is. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Refusal extends HttpAnswer {
  readonly reason: RefusalReason;
  /** What the body says. */
  readonly problem: RefusalProblem;
}

/** What a refused caller is told: the broker's fields, and what it would take. */
export interface RefusalProblem extends ProblemDetails {
  readonly error_code: RefusalReason;
  readonly required_scope?: readonly string[];
  /** One of them is enough; absent where all are needed. */
  readonly required_scope_match?: 'any';
  /** What a good token holds instead. */
  readonly granted_scope?: readonly string[];
}

interface Form {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  /** The `error` of the challenge; absent where no credentials were given (RFC 6750 §3.1). */
  readonly error?: string;
  readonly isChallenged: boolean;
  /** Where it says what the route needs. In the challenge only where more scope, or any, is the remedy. */
  readonly saysScope: 'nowhere' | 'body' | 'body and challenge';
}

const FORMS: Readonly<Record<RefusalReason, Form>> = {
  missing_token: {
    status: 401,
    title: 'Unauthorized',
    detail: 'this resource needs an agent token: send "Authorization: Bearer <token>"',
    isChallenged: true,
    saysScope: 'body and challenge',
  },
  invalid_request: {
    status: 400,
    title: 'Bad Request',
    detail: 'send exactly one Authorization header: "Bearer", one space, one token',
    error: 'invalid_request',
    isChallenged: true,
    saysScope: 'nowhere',
  },
  invalid_token: {
    status: 401,
    title: 'Unauthorized',
    detail: 'the token is malformed, expired, revoked or not meant for this resource',
    error: 'invalid_token',
    isChallenged: true,
    saysScope: 'body',
  },
  insufficient_scope: {
    status: 403,
    title: 'Forbidden',
    detail: 'the token is good, but its scope does not cover what this request needs',
    error: 'insufficient_scope',
    isChallenged: true,
    saysScope: 'body and challenge',
  },
  policy_denied: {
    status: 403,
    title: 'Forbidden',
    detail: 'the token is good, but its delegation or its task is not accepted for this request',
    // The field's word for it (RFC 6750 §3.1); more scope is not the remedy, so none is named.
    error: 'insufficient_scope',
    isChallenged: true,
    saysScope: 'nowhere',
  },
  broker_unavailable: {
    status: 503,
    title: 'Service Unavailable',
    detail: 'the token could not be checked just now; it has not been refused: try again',
    isChallenged: false,
    saysScope: 'nowhere',
  },
  overloaded: {
    status: 503,
    title: 'Service Unavailable',
    detail: 'too many tokens are being checked just now; this one has not been refused: try again',
    isChallenged: false,
    saysScope: 'nowhere',
  },
  audit_unavailable: {
    status: 503,
    title: 'Service Unavailable',
    detail: 'this request could not be recorded just now, so it was not let in: try again',
    isChallenged: false,
    saysScope: 'nowhere',
  },
  internal_error: {
    status: 500,
    title: 'Internal Server Error',
    detail: 'what this request needs could not be worked out, so it was not let in',
    isChallenged: false,
    saysScope: 'nowhere',
  },
};

// Long enough for a broker to be restarted or a breaker to look again, short against a token's life.
const DEFAULT_RETRY_AFTER_SECONDS = 1;

export interface RefusedRequest {
  /** Names the protected space in challenges. */
  readonly realm: string;
  /** Where the metadata of the protected resource is (RFC 9728 §5.1). */
  readonly metadataUrl: string | undefined;
  readonly url: string;
  readonly requestId: string;
}

export function refuse(decision: Refused, request: RefusedRequest): Refusal {
  const form = FORMS[decision.reason];
  const { realm, metadataUrl, url, requestId } = request;
  const needed = form.saysScope === 'nowhere' ? undefined : decision.needed;
  const scopes = needed?.scopes.map(({ scope }) => scope) ?? [];
  const problem: RefusalProblem = {
    type: problemType(decision.reason),
    title: form.title,
    status: form.status,
    detail: form.detail,
    instance: requestPath(url),
    error_code: decision.reason,
    request_id: requestId,
    ...(scopes.length > 0 && { required_scope: scopes }),
    ...(needed?.match === 'any' && scopes.length > 1 && { required_scope_match: 'any' as const }),
    // Only of a token that is good here: of any other, nothing is said.
    ...(decision.reason === 'insufficient_scope' &&
      decision.agent && { granted_scope: decision.agent.scope }),
  };
  const headers: Record<string, string> = {
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
    'x-request-id': requestId,
  };
  if (form.isChallenged) {
    const parameters = [`realm=${quoted(realm)}`];
    if (form.error !== undefined) parameters.push(`error=${quoted(form.error)}`);
    const scope = form.saysScope === 'body and challenge' ? challengedScope(scopes) : undefined;
    if (scope !== undefined) parameters.push(`scope=${quoted(scope)}`);
    if (decision.reason === 'missing_token' && metadataUrl !== undefined) {
      parameters.push(`resource_metadata=${quoted(metadataUrl)}`);
    }
    headers['www-authenticate'] = `Bearer ${parameters.join(', ')}`;
  }
  if (form.status === 503) {
    headers['retry-after'] = String(decision.retryAfterSeconds ?? DEFAULT_RETRY_AFTER_SECONDS);
  }
  const body = `${encodeJson(problem)}\n`;
  // Programs are shown it: what they do to it must not reach anybody else.
  return {
    status: form.status,
    reason: decision.reason,
    headers,
    problem: Object.freeze(problem),
    body,
  };
}

// A path can be long, and stands in here once for each scope made of it. Proxies give headers a few thousand
// characters, and take an answer with more for a sick server.
const MAX_CHALLENGED_SCOPE = 1000;

// scope-token of RFC 6749 §3.3: anything else cannot stand in a challenge at all.
const SCOPE_TOKEN = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

/** Scopes as one text, where they can be told in a header; the body has them whatever they are. */
function challengedScope(scopes: readonly string[]): string | undefined {
  if (scopes.length === 0) return undefined;
  const text = scopes.join(' ');
  // A scope with a space, a quote or a control character (a path parameter can bring one) would read as
  // something else.
  return text.length <= MAX_CHALLENGED_SCOPE && scopes.every((scope) => SCOPE_TOKEN.test(scope))
    ? text
    : undefined;
}

/** A quoted-string (RFC 9110 §5.6.4): the only way any text gets into a header here. */
function quoted(text: string): string {
  const printable = text.replace(/[^\x20-\x7e]/g, '?');
  return `"${printable.replace(/["\\]/g, '\\$&')}"`;
}

/** The path of a request target, percent-decoded, without query: as the broker writes `instance`. */
export function requestPath(url: string): string {
  // Origin-form first: "//host/x" is a path here, not a host.
  const whole = url.startsWith('/') ? `http://localhost${url}` : url;
  return problemInstance(URL.canParse(whole) ? new URL(whole).pathname : '/');
}
