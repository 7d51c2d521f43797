// What an answer should say in → the whole response, from status line to last byte, out (protocol §1.2,
// §1.3, §1.5). Written from the protocol; it shares no code with the broker.

import { filled, sample } from './placeholders.js';

/** What a response says about its request. */
export interface Asked {
  readonly method: string;
  /** As sent, with its query. */
  readonly target: string;
  readonly requestId: string;
  /** Whether the request asks for the end of its connection. */
  readonly closes: boolean;
}

export interface Expected {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** May hold placeholders; absent where there is neither a body nor a length. */
  readonly body?: string;
  /** Where the protocol leaves it open whether the connection ends. */
  readonly mayClose?: true;
}

export type Expectation = (asked: Asked) => Expected;

const REASONS: Readonly<Record<number, string>> = {
  200: 'OK',
  201: 'Created',
  204: 'No Content',
  301: 'Moved Permanently',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  413: 'Request Entity Too Large',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
};

const SECURITY = {
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
};

/** JSON as Go's encoder writes it: compact, members in the order given. */
export function goJson(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll('<', '\\u003c')
    .replaceAll('>', '\\u003e')
    .replaceAll('&', '\\u0026')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
}

/** A list as Go's `%v` prints it. */
export function goList(list: readonly string[]): string {
  return `[${list.join(' ')}]`;
}

export function json(status: 200 | 201, body: object): Expectation {
  const headers = { ...SECURITY, 'Content-Type': 'application/json' };
  return () => ({ status, headers, body: `${goJson(body)}\n` });
}

export function noContent(): Expectation {
  return () => ({ status: 204, headers: SECURITY });
}

export function plain(
  status: 200 | 301 | 404 | 405,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): Expectation {
  const type = { 'Content-Type': 'text/plain; charset=utf-8' };
  return () => ({ status, headers: { ...SECURITY, ...type, ...headers }, body });
}

/** A redirect of anything but GET and HEAD: neither a body nor a type. */
export function moved(location: string): Expectation {
  return () => ({ status: 301, headers: { ...SECURITY, Location: location }, body: '' });
}

export function problem(
  status: number,
  code: string,
  detail: string,
  extra: Readonly<Record<string, string>> = {},
): Expectation {
  return (asked) => ({
    status,
    headers: { ...SECURITY, 'Content-Type': 'application/problem+json', ...extra },
    body: problemBody(status, code, detail, asked),
  });
}

/** A refusal from before the security headers (protocol §1.1). */
export function bareProblem(status: 400 | 413, code: string, detail: string): Expectation {
  return (asked) => ({
    status,
    headers: { 'Content-Type': 'application/problem+json' },
    body: problemBody(status, code, detail, asked),
    mayClose: true,
  });
}

function problemBody(status: number, code: string, detail: string, asked: Asked): string {
  const [path = ''] = asked.target.split('?');
  const body = {
    type: `urn:agentwrit:error:${code}`,
    title: REASONS[status],
    status,
    detail,
    instance: decodeURIComponent(path),
    error_code: code,
    request_id: asked.requestId,
  };
  return `${goJson(body)}\n`;
}

/** The response as it should be, its random parts taken from the one received. */
export function wholeText(expectation: Expectation, asked: Asked, received: Received): string {
  const { status, headers, body, mayClose = false } = expectation(asked);
  const known = { ...headers, 'X-Request-Id': asked.requestId };
  const text = body === undefined ? '' : filled(body, received.body);
  const isHead = asked.method === 'HEAD';
  const lines = [
    `HTTP/1.1 ${status} ${REASONS[status] ?? ''}`,
    ...Object.entries(known)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => `${name}: ${value}`),
    'Date: ⟨date⟩',
    ...(body === undefined
      ? []
      : [`Content-Length: ${Buffer.byteLength(isHead ? sample(body) : text)}`]),
    ...(asked.closes || (mayClose && received.text.includes('\r\nConnection: close\r\n'))
      ? ['Connection: close']
      : []),
  ];
  return filled(`${lines.join('\r\n')}\r\n\r\n${isHead ? '' : text}`, received.text);
}

export interface Received {
  readonly text: string;
  readonly body: string;
}
