// Ways in which a broker can be broken, as answers, each with what has to come of it.

import type { ServerResponse } from 'node:http';
import { type Answer, json, problem } from './fake-broker.js';

export interface Fault {
  readonly name: string;
  readonly answer: Answer;
  /** What the call rejects with. */
  readonly error: {
    readonly name: string;
    readonly code: string;
    readonly [member: string]: unknown;
  };
  /** How often the request is sent: when it may be done twice, and when not. 1 when absent. */
  readonly tries?: { readonly safe: number; readonly unsafe: number };
  /** Whether nothing but the deadline ends it. */
  readonly isEndless?: true;
}

const HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n';
const BROKEN = `${HEAD}Content-Length: 99\r\n\r\n{"access_token":"access-token-9",`;
const TWICE = { safe: 2, unsafe: 1 };

function raw(text: string, then: (response: ServerResponse) => void = () => {}): Answer {
  return (response) => void response.socket?.write(text, () => then(response));
}

const reset = ({ socket }: ServerResponse): void => void socket?.resetAndDestroy();
const end = ({ socket }: ServerResponse): void => void socket?.end();

/** A success of this body, which is called JSON. */
function text(body: string | Buffer): Answer {
  return (response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(body);
  };
}

const TIMEOUT = { name: 'TransportError', code: 'timeout' };
const TRANSPORT = { name: 'TransportError', code: 'transport' };
const MALFORMED = { name: 'MalformedAnswerError', code: 'malformed_answer' };
const page =
  (status: number): Answer =>
  (response) => {
    response.writeHead(status, { 'content-type': 'text/html' });
    response.end('<!doctype html><title>Please log in</title>');
  };
const refused = (status: number): Fault['error'] => ({
  name: 'ProblemResponseError',
  code: 'problem_response',
  status,
});

const silent: readonly Fault[] = [
  { name: 'accepts and never answers', answer: () => {}, error: TIMEOUT, isEndless: true },
  { name: 'stalls in its headers', answer: raw(HEAD), error: TIMEOUT, isEndless: true },
  { name: 'stalls in its body', answer: raw(BROKEN), error: TIMEOUT, isEndless: true },
  {
    name: 'goes on for ever',
    answer: (response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const timer = setInterval(() => response.write(' '), 20);
      response.once('close', () => clearInterval(timer));
    },
    error: TIMEOUT,
    isEndless: true,
  },
];

const broken: readonly Fault[] = [
  { name: 'resets before it answers', answer: reset, error: TRANSPORT, tries: TWICE },
  { name: 'resets in its headers', answer: raw(HEAD, reset), error: TRANSPORT, tries: TWICE },
  { name: 'resets in its body', answer: raw(BROKEN, reset), error: TRANSPORT, tries: TWICE },
  { name: 'ends before it answers', answer: end, error: TRANSPORT, tries: TWICE },
  { name: 'ends before its body does', answer: raw(BROKEN, end), error: TRANSPORT, tries: TWICE },
  { name: 'speaks something else', answer: raw('220 ESMTP\r\n', end), error: TRANSPORT },
  {
    name: 'sends a header of 64 kB',
    answer: raw(`${HEAD}X: ${'x'.repeat(65_536)}\r\n\r\n`),
    error: TRANSPORT,
  },
];

const limited = { name: 'RateLimitError', code: 'rate_limited', status: 429 };

const refusing: readonly Fault[] = [
  {
    name: 'asks to come back, and does not say when',
    answer: problem(429, 'rate_limited', 'later'),
    error: { ...limited, retryAfterSeconds: undefined },
  },
  {
    name: 'asks to come back after the deadline',
    answer: problem(429, 'rate_limited', 'later', { 'retry-after': '30' }),
    error: { ...limited, retryAfterSeconds: 30 },
  },
  {
    name: 'answers 500',
    answer: problem(500, 'internal_error', 'no', { 'retry-after': '0' }),
    error: { ...refused(500), code: 'internal_error' },
  },
  { name: 'answers 503', answer: page(503), error: refused(503) },
  {
    name: 'answers 503 and asks to come back after the deadline',
    answer: json(503, {}, { 'retry-after': '30' }),
    error: { ...refused(503), retryAfterSeconds: 30 },
  },
  {
    name: 'answers 500 with a problem of other types',
    answer: json(500, { error_code: 7, detail: [] }),
    error: refused(500),
  },
  { name: 'answers 502 with 2 MB', answer: json(502, 'x'.repeat(2_000_000)), error: refused(502) },
  {
    name: 'redirects with 301',
    answer: json(301, {}, { location: '/v1/health' }),
    error: refused(301),
  },
  {
    name: 'redirects with 307',
    answer: json(307, {}, { location: '/v1/health' }),
    error: refused(307),
  },
];

const malformed: readonly Fault[] = (
  [
    ['answers with a page', page(200)],
    ['answers with a page that is called JSON', text('<!doctype html>')],
    ['answers with 2 MB', json(200, { access_token: 'access-token-9', x: 'x'.repeat(2_000_000) })],
    ['answers with an array', text('[{"access_token":"access-token-9"}]')],
    ['answers null', text('null')],
    ['answers true', text('true')],
    ['answers with nothing', text('')],
    ['answers with JSON that breaks off', text('{"access_token":"access-token-9","expires_in":3')],
    ['answers with an object of something else', text('{"access-token-9":"access-token-9"}')],
  ] as const
).map(([name, answer]) => ({ name, answer, error: MALFORMED }));

export const BROKER_FAULTS: readonly Fault[] = [...silent, ...broken, ...refusing, ...malformed];
