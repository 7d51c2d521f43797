// Any request in → the headers and the JSON text of its answer out (protocol §1.2, §1.3, §1.5).

import { describe, expect, it } from 'vitest';
import { startBroker } from './broker-under-test.js';
import { json, plain, problem } from './wire-text.js';

const HEALTH = json(200, {
  status: 'ok',
  version: '2.0.0',
  uptime: 0,
  db_connected: true,
  audit_events_count: 0,
});
const INVALID = json(200, { valid: false, error: 'token is invalid or expired' });
const REFUSED = problem(401, 'unauthorized', 'missing authorization header');

describe('a response', () => {
  it('is this, to the last byte, when it succeeds', async () => {
    const broker = await startBroker();
    const { text } = await broker.call('GET /v1/health', { requestId: '9f2c4d1e0a7b6c35' });
    expect(text.replace(/^Date: .*\r$/m, 'Date: now\r')).toBe(
      [
        'HTTP/1.1 200 OK',
        'Cache-Control: no-store',
        'Content-Type: application/json',
        'X-Content-Type-Options: nosniff',
        'X-Frame-Options: DENY',
        'X-Request-Id: 9f2c4d1e0a7b6c35',
        'Date: now',
        'Content-Length: 88',
        '',
        '{"status":"ok","version":"2.0.0","uptime":0,"db_connected":true,"audit_events_count":0}',
        '',
      ]
        .join('\r\n')
        .replace(/\r\n$/, '\n'),
    );
  });

  it('is this, to the last byte, when it is a problem', async () => {
    const broker = await startBroker();
    const given = { requestId: '9f2c4d1e0a7b6c35', body: { secret: 'wrong' } };
    const { text } = await broker.call(
      'POST /v1/admin/auth',
      given,
      problem(401, 'unauthorized', 'invalid credentials'),
    );
    expect(text.slice(text.indexOf('\r\n\r\n') + 4)).toBe(
      '{"type":"urn:agentwrit:error:unauthorized","title":"Unauthorized","status":401,"detail":"invalid credentials","instance":"/v1/admin/auth","error_code":"unauthorized","request_id":"9f2c4d1e0a7b6c35"}\n',
    );
    expect(text).toContain('\r\nContent-Length: 199\r\n');
  });
});

describe('the request id', () => {
  it.each([
    ['long', 'x'.repeat(5000)],
    ['full of signs', `"<&>'\\/ %0a é \u2028 {}`],
    ['one character', '0'],
  ])('is echoed verbatim: %s', async (_, requestId) => {
    const broker = await startBroker();
    await broker.call('GET /v1/health', { requestId }, HEALTH);
    await broker.call('POST /v1/revoke', { requestId }, REFUSED);
    await broker.call('GET /nothing', { requestId }, plain(404, '404 page not found\n'));
  });

  it('is found whatever the case of its name', async () => {
    const broker = await startBroker();
    const headers = [['x-rEQUEST-iD', 'mine']] as const;
    const { text } = await broker.call('GET /v1/health', { requestId: null, headers });
    expect(text).toContain('\r\nX-Request-Id: mine\r\n');
  });

  it.each([
    ['absent', []],
    ['empty', [['X-Request-ID', '']]],
  ] as const)('is minted when it is %s, and is the one in the problem', async (_, headers) => {
    const broker = await startBroker();
    await broker.call('GET /v1/health', { requestId: null, headers }, HEALTH);
    const given = { requestId: null, headers };
    const [first, second] = [
      await broker.call('POST /v1/revoke', given, REFUSED),
      await broker.call('POST /v1/revoke', given, REFUSED),
    ];
    expect(first.text).toContain(`\r\nX-Request-Id: ${first.member('request_id')}\r\n`);
    expect(second.member('request_id')).not.toBe(first.member('request_id'));
  });
});

describe('the content type of a request', () => {
  it.each([
    'text/xml',
    'application/x-www-form-urlencoded',
    'application/json; charset=latin1',
    ';',
  ])('is ignored: %s', async (type) => {
    const broker = await startBroker();
    const given = { headers: [['Content-Type', type]] as const, body: '{"token":"x"}' };
    await broker.call('POST /v1/token/validate', given, INVALID);
  });
});

describe('a text in JSON', () => {
  // Left: what the caller sends as the level. Right: how the detail's text is written.
  it.each([
    ['<&>', '\\u003c\\u0026\\u003e'],
    ['\u2028\u2029', '\\u2028\\u2029'],
    ['\n\r\t\b\f', '\\n\\r\\t\\b\\f'],
    ['\u0000\u0001\u000b\u001f', '\\u0000\\u0001\\u000b\\u001f'],
    ['"\\/', '\\"\\\\/'],
    ['\u007f\u0080\u00a0\ufeff', '\u007f\u0080\u00a0\ufeff'],
    ['é漢😀', 'é漢😀'],
  ])('is escaped as Go does it: %j', async (level, written) => {
    const broker = await startBroker();
    const { body } = await broker.call(
      'POST /v1/revoke',
      { token: broker.operator, body: { level, target: 't' } },
      problem(400, 'invalid_request', `invalid revocation level: ${level}`),
    );
    expect(body).toBe(
      `{"type":"urn:agentwrit:error:invalid_request","title":"Bad Request","status":400,"detail":"invalid revocation level: ${written}","instance":"/v1/revoke","error_code":"invalid_request","request_id":"transcript-1"}\n`,
    );
  });

  it('names the path percent-decoded, without its query', async () => {
    const broker = await startBroker();
    const { body } = await broker.call(
      'GET /v1/admin/apps/%3Ca%26b%3E%C3%A9%25?%3C=1',
      { token: broker.operator },
      problem(404, 'not_found', 'app not found'),
    );
    expect(body).toContain('"instance":"/v1/admin/apps/\\u003ca\\u0026b\\u003eé%"');
  });
});
