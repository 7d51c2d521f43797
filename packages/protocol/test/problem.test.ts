import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { problemType, problemInstance, readProblem } from '../src/problem.js';

const ANSWER = { status: 401, path: '/v1/token/validate' };
/** What every unreadable body becomes. */
const blank = (detail: string) => ({
  type: 'about:blank',
  title: 'HTTP 401',
  status: 401,
  detail,
  instance: '/v1/token/validate',
});

describe('readProblem', () => {
  test('reads what the broker writes', () => {
    const body =
      '{"type":"urn:agentwrit:error:unauthorized","title":"Unauthorized","status":401,' +
      '"detail":"invalid credentials","instance":"/v1/admin/auth",' +
      '"error_code":"unauthorized","request_id":"9f2c4d1e0a7b6c35"}\n';
    expect(readProblem(body, ANSWER)).toEqual(JSON.parse(body));
  });

  test('keeps a hint', () => {
    expect(readProblem('{"hint":"renew it"}', ANSWER).hint).toBe('renew it');
  });

  test('believes the status line, not the body', () => {
    expect(readProblem('{"status":200}', ANSWER).status).toBe(401);
  });

  test.each([
    { name: 'an empty object', body: '{}' },
    { name: 'members of other types', body: '{"type":1,"title":[],"detail":{},"instance":null}' },
    { name: 'optional members of other types', body: '{"error_code":1,"request_id":[],"hint":{}}' },
    { name: 'members behind __proto__', body: '{"__proto__":{"detail":"x","error_code":"y"}}' },
  ])('takes $name for blanks', ({ body }) => {
    expect(readProblem(body, ANSWER)).toEqual({
      type: '',
      title: '',
      status: 401,
      detail: '',
      instance: '/v1/token/validate',
    });
  });

  test.each([
    { name: 'nothing', body: '', detail: 'No error detail provided.' },
    { name: 'white space', body: ' \n\t ', detail: 'No error detail provided.' },
    {
      name: 'HTML',
      body: '<html>502 Bad Gateway</html>\n',
      detail: '<html>502 Bad Gateway</html>',
    },
    { name: 'an array', body: '[1]', detail: '[1]' },
    { name: 'null', body: 'null', detail: 'null' },
    { name: 'text', body: '"no"', detail: '"no"' },
    { name: 'half an object', body: '{"detail":"x', detail: '{"detail":"x' },
    { name: 'two objects', body: '{}{}', detail: '{}{}' },
    { name: 'a long page', body: 'x'.repeat(9999), detail: 'x'.repeat(500) },
  ])('takes $name for the detail of about:blank', ({ body, detail }) => {
    expect(readProblem(body, ANSWER)).toEqual(blank(detail));
  });

  test('never throws and never loses the status', () => {
    const body = fc.oneof(
      fc.string(),
      fc.json(),
      fc
        .dictionary(
          fc.constantFrom('type', 'title', 'status', 'detail', 'instance', 'error_code', 'hint'),
          fc.jsonValue(),
        )
        .map((value) => JSON.stringify(value)),
    );
    fc.assert(
      fc.property(body, fc.integer({ min: 400, max: 599 }), (text, status) => {
        const problem = readProblem(text, { status, path: '/x' });
        expect(problem.status).toBe(status);
        for (const member of ['type', 'title', 'detail', 'instance'] as const) {
          expect(problem[member]).toBeTypeOf('string');
        }
        for (const member of ['error_code', 'request_id', 'hint'] as const) {
          expect(['string', 'undefined']).toContain(typeof problem[member]);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('survives very deep JSON', () => {
    expect(readProblem('['.repeat(100_000), ANSWER).type).toBe('about:blank');
  });
});

test('problemType puts the code behind the URN prefix', () => {
  expect(problemType('rate_limited')).toBe('urn:agentwrit:error:rate_limited');
});

describe('the instance of a problem', () => {
  test.each([
    ['/data/a%20b', '/data/a b'],
    ['/data/%E0%A4%A', '/data/%E0%A4%A'],
    ['/', '/'],
  ])('at %s is %s', (pathname, instance) => {
    expect(problemInstance(pathname)).toBe(instance);
  });
});
