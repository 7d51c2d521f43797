// A reply in → the response the broker would write out (protocol §1.2, §1.5).

import { encodeJson, type ProblemDetails, problemType } from '@agentwrit/protocol';
import type { Refusal, Reply } from './call.js';

const TITLES: Readonly<Record<Refusal['status'], string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  413: 'Request Entity Too Large',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
};

const SECURITY_HEADERS = {
  'X-Content-Type-Options': 'nosniff',
  'Cache-Control': 'no-store',
  'X-Frame-Options': 'DENY',
};

/** What every response needs to know of its request. */
export interface RequestFacts {
  readonly requestId: string;
  /** Percent-decoded, without query. */
  readonly path: string;
}

export function toResponse(reply: Reply, facts: RequestFacts): Response {
  const headers = { 'X-Request-Id': facts.requestId, ...SECURITY_HEADERS };
  switch (reply.kind) {
    case 'answer':
      return jsonResponse(reply.status, reply.body, 'application/json', headers);
    case 'no content':
      return new Response(null, { status: 204, headers });
    case 'refusal':
      return problemResponse(reply, facts, headers);
    default:
      return reply satisfies never;
  }
}

/** For what is refused before the router: no security headers there (protocol §1.1). */
export function bareProblem(refusal: Refusal, facts: RequestFacts): Response {
  return problemResponse(refusal, facts, { 'X-Request-Id': facts.requestId });
}

/** What the router itself says: plain text, not a problem (protocol §1.7). */
export function plainText(
  status: 404 | 405,
  text: string,
  requestId: string,
  extra: Readonly<Record<string, string>> = {},
): Response {
  return new Response(`${text}\n`, {
    status,
    headers: {
      'Content-Type': 'text/plain; charset=utf-8',
      'X-Request-Id': requestId,
      ...SECURITY_HEADERS,
      ...extra,
    },
  });
}

function problemResponse(
  refusal: Refusal,
  { requestId, path }: RequestFacts,
  headers: Readonly<Record<string, string>>,
): Response {
  const problem: ProblemDetails = {
    type: problemType(refusal.code),
    title: TITLES[refusal.status],
    status: refusal.status,
    detail: refusal.detail,
    instance: path,
    error_code: refusal.code,
    request_id: requestId,
  };
  return jsonResponse(refusal.status, problem, 'application/problem+json', {
    ...headers,
    ...(refusal.retryAfter !== undefined && { 'Retry-After': String(refusal.retryAfter) }),
  });
}

function jsonResponse(
  status: number,
  body: object,
  contentType: string,
  headers: Readonly<Record<string, string>>,
): Response {
  return new Response(`${encodeJson(body)}\n`, {
    status,
    headers: { 'Content-Type': contentType, ...headers },
  });
}
