import { describe, expect, test } from 'vitest';
import { AgentWritError } from '../src/errors.js';
import {
  AuthenticationError,
  AuthorizationError,
  ProblemResponseError,
  RateLimitError,
} from '../src/problem-response.js';
import { readRefusal } from '../src/refusal.js';

const URL = 'https://broker.example.com';
const PATH = '/v1/delegate';
const FROM = ` from ${URL}${PATH} (is that the broker?)`;

function answer(status: number, body: string, headers: object = {}) {
  return {
    status,
    body,
    contentType: 'application/problem+json',
    retryAfter: undefined,
    requestId: undefined,
    truncated: false,
    isUtf8: true,
    ...headers,
  };
}

const read = (
  status: number,
  body: string,
  headers: object = {},
  secrets: readonly string[] = [],
): ProblemResponseError =>
  readRefusal(answer(status, body, headers), { path: PATH, url: URL, secrets });

const PROBLEM = JSON.stringify({
  type: 'urn:agentwrit:error:scope_violation',
  title: 'Forbidden',
  status: 403,
  detail: 'delegated scope exceeds delegator scope',
  instance: PATH,
  error_code: 'scope_violation',
  request_id: '9f2c4d1e0a7b6c35',
});

describe('the class of a refusal follows the status alone', () => {
  test.each([
    [301, ProblemResponseError],
    [400, ProblemResponseError],
    [401, AuthenticationError],
    [403, AuthorizationError],
    [404, ProblemResponseError],
    [405, ProblemResponseError],
    [413, ProblemResponseError],
    [429, RateLimitError],
    [500, ProblemResponseError],
    [503, ProblemResponseError],
  ] as const)('%i', (status, Class) => {
    for (const body of [PROBLEM, 'text', '']) {
      const error = read(status, body);
      expect(error.constructor).toBe(Class);
      expect(error).toBeInstanceOf(AgentWritError);
      expect(error).toMatchObject({ name: Class.name, status, problem: { status } });
    }
  });
});

describe('a refusal', () => {
  test('with a problem body exposes every member of it', () => {
    const error = read(403, PROBLEM);
    expect(error.code).toBe('scope_violation');
    expect(error.message).toBe('Forbidden: delegated scope exceeds delegator scope');
    expect(error.requestId).toBe('9f2c4d1e0a7b6c35');
    expect(error.problem).toEqual(JSON.parse(PROBLEM));
  });

  test.each(['released', 'closed', 'timeout', 'authority_lost', 'malformed_answer'])(
    'does not pass for "%s", which only this package says',
    (code) => {
      const error = read(503, JSON.stringify({ title: 'No', error_code: code }));
      expect(error.code).toBe('problem_response');
      expect(error.problem.error_code).toBe(code);
    },
  );

  test('is no longer than a log can bear, and holds no half secret where it is cut', () => {
    const long = `${'x'.repeat(4090)}sesame-0123456789${'x'.repeat(900_000)}`;
    const body = { title: long, detail: long, error_code: long, request_id: long, type: long };
    const error = read(500, JSON.stringify(body), {}, ['sesame-0123456789']);
    expect(JSON.stringify([error.code, error.requestId, error.problem]).length).toBeLessThan(
      30_000,
    );
    expect(error.message.length).toBeLessThan(10_000);
    expect(JSON.stringify(error)).not.toContain('sesam');
  });

  test('names the path without its query', () => {
    const request = { path: '/v1/audit/events?task_id=x', url: URL, secrets: [] };
    const error = readRefusal(answer(404, 'no'), request);
    expect(error.problem.instance).toBe('/v1/audit/events');
    expect(error.message).toBe(`HTTP 404 from ${URL}/v1/audit/events (is that the broker?): no`);
  });

  test('with another body becomes about:blank with the text', () => {
    const error = read(404, '404 page not found\n', { requestId: 'abc' });
    expect(error.code).toBe('problem_response');
    expect(error.message).toBe(`HTTP 404${FROM}: 404 page not found`);
    expect(error.requestId).toBe('abc');
    expect(error.problem).toEqual({
      type: 'about:blank',
      title: 'HTTP 404',
      status: 404,
      detail: '404 page not found',
      instance: PATH,
    });
  });

  test.each([
    { name: 'an empty object', body: '{}', message: 'HTTP 500' },
    { name: 'an array', body: '[]', message: `HTTP 500${FROM}: []` },
    { name: 'null', body: 'null', message: `HTTP 500${FROM}: null` },
    { name: 'nothing', body: '', message: `HTTP 500${FROM}: No error detail provided.` },
    { name: 'lines', body: 'a\r\nb\u001b[2J', message: `HTTP 500${FROM}: a b [2J` },
    { name: 'an empty code', body: '{"error_code":""}', message: 'HTTP 500' },
  ])('with $name as body has a code and a message of one line', ({ body, message }) => {
    const error = read(500, body);
    expect(error.code).toBe('problem_response');
    expect(error.message).toBe(message);
    expect(error.requestId).toBeUndefined();
  });

  test.each([
    ['60', 60],
    ['0', 0],
    [undefined, undefined],
    ['-1', undefined],
    ['soon', undefined],
    ['99999999999', undefined],
    ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
    ['01 Jan 2999', undefined],
  ])('429 with Retry-After %s says when to come back: %s', (retryAfter, seconds) => {
    const error = read(429, PROBLEM, { retryAfter });
    expect(error).toMatchObject({ retryAfterSeconds: seconds });
  });

  test('429 with a date to come says how many seconds that is', () => {
    const retryAfter = new Date(Date.now() + 90_000).toUTCString();
    const error = read(429, PROBLEM, { retryAfter }) as RateLimitError;
    expect(error.retryAfterSeconds).toBeGreaterThan(80);
    expect(error.retryAfterSeconds).toBeLessThanOrEqual(90);
  });
});

describe('a secret of the request that is echoed is replaced', () => {
  const SECRET = 'p<ss"w\\rd-0123456789';
  const show = (error: ProblemResponseError): string =>
    JSON.stringify([error.message, error.code, error.requestId, error.problem]);

  test.each([
    { name: 'in plain text', body: `no such token: ${SECRET}` },
    { name: 'in text, as JSON writes it', body: `body was ${JSON.stringify({ s: SECRET })}` },
    { name: 'in text, as the broker writes JSON', body: 'got p\\u003css\\"w\\\\rd-0123456789' },
    { name: 'where long text is cut', body: `${'x'.repeat(490)}${SECRET}` },
    { name: 'in a URL', body: 'p%3Css%22w%5Crd-0123456789' },
    { name: 'in a page', body: '<p>p&lt;ss&quot;w\\rd-0123456789</p>' },
    { name: 'in a detail', body: JSON.stringify({ detail: SECRET }) },
    {
      name: 'in a detail spelt in escapes',
      body: `{"detail":"${SECRET.replace(/./g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`)}"}`,
    },
    { name: 'in a title', body: JSON.stringify({ title: `x ${SECRET}` }) },
    { name: 'in a code', body: JSON.stringify({ error_code: SECRET }) },
    { name: 'in a request id', body: JSON.stringify({ request_id: SECRET }) },
  ])('$name', ({ body }) => {
    const shown = show(read(500, body, {}, ['other', SECRET]));
    expect(shown).toContain('[redacted');
    expect(shown).not.toMatch(/p<s|\\u003c|w\\+rd-0|%5Crd-0|ss&quot;/);
  });

  test('in the request id header', () => {
    expect(read(500, '', { requestId: `r-${SECRET}` }, [SECRET]).requestId).toBe('r-[redacted]');
  });

  test('also when it is another token', () => {
    const jwt = 'eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJhZG1pbiJ9.c2ln-bmF0_dXJl';
    const shown = show(read(500, `Authorization: Bearer ${jwt}, bye`));
    expect(shown).toContain('Bearer [redacted], bye');
  });

  test('also when it is another token in a URL', () => {
    const jwt = 'eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJhZG1pbiJ9.c2ln-bmF0_dXJl';
    const shown = show(read(500, `?authorization=Bearer%20${jwt}&x=1`));
    expect(shown).toContain('Bearer%20[redacted]&x=1');
  });

  test('also when it has no UTF-8', () => {
    expect(read(500, 'x \ud800y x', {}, ['\ud800y']).problem.detail).toBe('x [redacted] x');
  });

  test('also when one secret contains another', () => {
    expect(read(500, 'abcdef', {}, ['abc', 'abcdef']).problem.detail).toBe('[redacted]');
  });

  test('in time linear in hostile text', () => {
    const start = performance.now();
    read(500, 'eyJ'.repeat(300_000));
    read(500, '%20eyJ'.repeat(150_000));
    expect(performance.now() - start).toBeLessThan(1000);
  });
});
