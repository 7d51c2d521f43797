// A reply in → the response the broker would write out (protocol §1.2, §1.5). Headers stand in the order
// of their names, as Go writes them.

import { encodeJson, type ProblemDetails, problemType } from '@agentwrit/protocol';
import type { Refusal, Reply } from './call.js';
import type { WireResponse } from './wire.js';

const TITLES: Readonly<Record<Refusal['status'], string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  413: 'Request Entity Too Large',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
};

/** What every response needs to know of its request. */
export interface RequestFacts {
  /** As its bytes came, one a character. */
  readonly requestId: string;
  /** Percent-decoded, without query. */
  readonly path: string;
}

type Headers = Readonly<Record<string, string>>;

export interface Responder {
  readonly reply: (reply: Reply, facts: RequestFacts) => WireResponse;
  /** For what is refused before the router: no security headers there (protocol §1.1). */
  readonly bareProblem: (refusal: Refusal, facts: RequestFacts) => WireResponse;
  /** What the router itself says: plain text, not a problem (protocol §1.7). */
  readonly plainText: (
    status: 404 | 405,
    text: string,
    requestId: string,
    extra?: { readonly Allow: string },
  ) => WireResponse;
  /** To a cleaned path (protocol §1.7). */
  readonly redirect: (location: string, method: string, requestId: string) => WireResponse;
  /** A target that is none never gets as far as the request id. */
  readonly badTarget: () => WireResponse;
}

export function createResponder({ isTls }: { readonly isTls: boolean }): Responder {
  const security = (requestId: string): Headers => ({
    ...(isTls && { 'Strict-Transport-Security': 'max-age=63072000; includeSubDomains' }),
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'X-Request-Id': requestId,
  });
  const secured = (type: string | undefined, requestId: string, extra: Headers = {}): Headers => ({
    'Cache-Control': 'no-store',
    ...(type !== undefined && { 'Content-Type': type }),
    ...extra,
    ...security(requestId),
  });

  return {
    reply(reply, facts) {
      const { requestId } = facts;
      switch (reply.kind) {
        case 'answer': {
          const headers = secured('application/json', requestId);
          return { status: reply.status, headers, body: jsonText(reply.body) };
        }
        case 'text': {
          const { contentType, contentEncoding, body } = reply;
          const headers = secured(contentType, requestId);
          if (contentEncoding === undefined) return { status: 200, headers, body };
          return {
            status: 200,
            headers: inOrder({ ...headers, 'Content-Encoding': contentEncoding }),
            body,
          };
        }
        case 'no content':
          return { status: 204, headers: secured(undefined, requestId) };
        case 'refusal': {
          const { status, retryAfter } = reply;
          const wait = retryAfter === undefined ? {} : { 'Retry-After': String(retryAfter) };
          const headers = secured('application/problem+json', requestId, wait);
          return { status, headers, body: problemText(reply, facts) };
        }
        default:
          return reply satisfies never;
      }
    },
    bareProblem: (refusal, facts) => ({
      status: refusal.status,
      headers: { 'Content-Type': 'application/problem+json', 'X-Request-Id': facts.requestId },
      body: problemText(refusal, facts),
    }),
    plainText: (status, text, requestId, extra = { Allow: '' }) => ({
      status,
      headers: {
        ...(extra.Allow !== '' && extra),
        ...secured('text/plain; charset=utf-8', requestId),
      },
      body: `${text}\n`,
    }),
    redirect(location, method, requestId) {
      const hasType = method === 'GET' || method === 'HEAD';
      const type = hasType ? 'text/html; charset=utf-8' : undefined;
      const headers = secured(type, requestId, { Location: location });
      const body = `<a href="${escapeHtml(location)}">Moved Permanently</a>.\n\n`;
      return { status: 301, headers, body: hasType ? body : '' };
    },
    badTarget: () => ({
      status: 400,
      headers: { 'Content-Type': 'text/plain; charset=utf-8' },
      body: '400 Bad Request',
    }),
  };
}

function inOrder(headers: Headers): Headers {
  return Object.fromEntries(Object.entries(headers).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function jsonText(body: object): string {
  return `${encodeJson(body)}\n`;
}

function problemText(refusal: Refusal, { requestId, path }: RequestFacts): string {
  return jsonText({
    type: problemType(refusal.code),
    title: TITLES[refusal.status],
    status: refusal.status,
    detail: refusal.detail,
    instance: path,
    error_code: refusal.code,
    // Bytes in the header, text here.
    request_id: Buffer.from(requestId, 'latin1').toString(),
  } satisfies ProblemDetails);
}

const HTML_ESCAPES: Headers = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&#34;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (char) => HTML_ESCAPES[char] ?? char);
}
