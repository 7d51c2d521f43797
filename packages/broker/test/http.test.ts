import { describe, expect, it } from 'vitest';
import { createScene } from './scene.js';

const SECURITY_HEADERS = [
  ['x-content-type-options', 'nosniff'],
  ['cache-control', 'no-store'],
  ['x-frame-options', 'DENY'],
] as const;

function securityOf(headers: Headers): (string | null)[] {
  return SECURITY_HEADERS.map(([name]) => headers.get(name));
}
const SECURE = SECURITY_HEADERS.map(([, value]) => value);
const BARE = SECURITY_HEADERS.map(() => null);

describe('every answer', () => {
  it('has compact JSON with a line feed, the type without charset, and the security headers', async () => {
    const scene = createScene();
    scene.advance(61.9);
    const got = await scene.call('GET', '/v1/health?verbose=1');
    expect(got.text).toBe(
      '{"status":"ok","version":"2.0.0","uptime":61,"db_connected":true,"audit_events_count":0}\n',
    );
    expect(got.headers.get('content-type')).toBe('application/json');
    expect(securityOf(got.headers)).toEqual(SECURE);
  });

  it('counts the events so far in health', async () => {
    const scene = createScene();
    await scene.agent();
    const got = await scene.call('GET', '/v1/health');
    expect(got.json).toMatchObject({ audit_events_count: 4 });
  });

  it('mints a request id, or echoes the one it got', async () => {
    const scene = createScene();
    const minted = await scene.call('GET', '/v1/health');
    expect(minted.headers.get('x-request-id')).toMatch(/^[0-9a-f]{16}$/);
    const id = `"<${'x'.repeat(300)}>"`;
    const echoed = await scene.call('GET', '/v1/health', { headers: { 'x-request-id': id } });
    expect(echoed.headers.get('x-request-id')).toBe(id);
  });
});

describe('a problem', () => {
  it('has the bytes of the protocol', async () => {
    const headers = { 'x-request-id': '9f2c4d1e0a7b6c35' };
    const body = { secret: 'wrong' };
    const got = await createScene().call('POST', '/v1/admin/auth', { body, headers });
    expect(got.text).toBe(
      '{"type":"urn:agentwrit:error:unauthorized","title":"Unauthorized","status":401,"detail":"invalid credentials","instance":"/v1/admin/auth","error_code":"unauthorized","request_id":"9f2c4d1e0a7b6c35"}\n',
    );
    expect(got.headers.get('content-type')).toBe('application/problem+json');
    expect(securityOf(got.headers)).toEqual(SECURE);
  });

  it('escapes what Go escapes and names the decoded path', async () => {
    const scene = createScene();
    const headers = { 'x-request-id': '<a&b>' };
    const token = await scene.adminToken();
    const got = await scene.call('GET', '/v1/admin/apps/%3Ca%2Fb%3E?x', { token, headers });
    expect(got.text).toBe(
      '{"type":"urn:agentwrit:error:not_found","title":"Not Found","status":404,"detail":"app not found","instance":"/v1/admin/apps/\\u003ca/b\\u003e","error_code":"not_found","request_id":"\\u003ca\\u0026b\\u003e"}\n',
    );
  });
});

describe('the router', () => {
  it.each([
    '/',
    '/v1',
    '/v1/nothing',
    '/v1/health/',
    '/V1/health',
    '/v1/admin/apps/',
    '/v1/admin/apps/a/b',
  ])('answers 404 in plain text to %s', async (path) => {
    const got = await createScene().call('GET', path);
    expect(got).toMatchObject({ status: 404, text: '404 page not found\n' });
    expect(got.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(got.headers.get('x-request-id')).toMatch(/^[0-9a-f]{16}$/);
    expect(securityOf(got.headers)).toEqual(SECURE);
  });

  it.each([
    { method: 'POST', path: '/v1/challenge', allow: 'GET, HEAD' },
    { method: 'POST', path: '/v1/health', allow: 'GET, HEAD' },
    { method: 'GET', path: '/v1/token/validate', allow: 'POST' },
    { method: 'HEAD', path: '/v1/register', allow: 'POST' },
    { method: 'OPTIONS', path: '/v1/revoke', allow: 'POST' },
    { method: 'PROPFIND', path: '/v1/admin/auth', allow: 'POST' },
    { method: 'DELETE', path: '/v1/admin/apps', allow: 'GET, HEAD, POST' },
    { method: 'POST', path: '/v1/admin/apps/app-1', allow: 'DELETE, GET, HEAD, PUT' },
  ])('answers 405 to $method $path, before any authentication', async ({ method, path, allow }) => {
    const scene = createScene();
    const got = await scene.call(method, path);
    expect(got.status).toBe(405);
    expect(got.text).toBe(method === 'HEAD' ? '' : 'Method Not Allowed\n');
    expect(got.headers.get('allow')).toBe(allow);
    expect(got.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(scene.events).toEqual([]);
  });

  it('serves HEAD where it serves GET', async () => {
    const got = await createScene().call('HEAD', '/v1/challenge');
    expect(got).toMatchObject({ status: 200, text: '' });
    expect(got.headers.get('content-type')).toBe('application/json');
  });

  it('mints another nonce every time', async () => {
    const scene = createScene();
    const shape = /^\{"nonce":"[0-9a-f]{64}","expires_in":30\}\n$/;
    const [first, second] = [
      await scene.call('GET', '/v1/challenge'),
      await scene.call('GET', '/v1/challenge'),
    ];
    expect(first.text).toMatch(shape);
    expect(second.text).toMatch(shape);
    expect(first.text).not.toBe(second.text);
  });
});

describe('the body cap', () => {
  const size = 1_048_576;
  const announced = { 'content-length': String(size + 1) };

  it.each([
    { name: 'an unknown path', method: 'POST', path: '/nowhere' },
    { name: 'a wrong method', method: 'PUT', path: '/v1/health' },
    { name: 'a bearer route', method: 'POST', path: '/v1/revoke' },
  ])('comes before everything else: $name', async ({ method, path }) => {
    const got = await createScene().call(method, path, { body: 'x'.repeat(size + 1) });
    expect(got).toMatchObject({
      status: 413,
      code: 'payload_too_large',
      detail: 'request body must not exceed 1 MB',
    });
    expect(got.headers.get('content-type')).toBe('application/problem+json');
    expect(got.headers.get('x-request-id')).toMatch(/^[0-9a-f]{16}$/);
    expect(securityOf(got.headers)).toEqual(BARE);
  });

  it('believes an announced length, for any method', async () => {
    const got = await createScene().call('GET', '/v1/health', { headers: announced });
    expect(got.status).toBe(413);
  });

  it('lets the last byte in', async () => {
    const body = `{"token":"${'x'.repeat(size - 12)}"}`;
    expect(Buffer.byteLength(body)).toBe(size);
    expect((await createScene().call('POST', '/v1/token/validate', { body })).status).toBe(200);
  });

  it('stops reading a stream that has no end', async () => {
    const chunk = new Uint8Array(65_536);
    const body = new ReadableStream({ pull: (controller) => controller.enqueue(chunk) });
    const url = 'http://broker.example/v1/token/validate';
    const init = { method: 'POST', body, duplex: 'half' as const };
    expect((await createScene().send(new Request(url, init))).status).toBe(413);
  });

  it('answers 400 when the body breaks off', async () => {
    const body = new ReadableStream({
      pull: (controller) => controller.error(new Error('gone')),
    });
    const url = 'http://broker.example/v1/token/validate';
    const init = { method: 'POST', body, duplex: 'half' as const };
    const response = await createScene().send(new Request(url, init));
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('"detail":"failed to read request body"');
    expect(securityOf(response.headers)).toEqual(BARE);
  });
});

describe('validation', () => {
  it.each([
    { name: 'nothing', body: '' },
    { name: 'blanks', body: ' \n' },
    { name: 'a byte order mark', body: '\uFEFF{"token":"x"}' },
    { name: 'a list', body: '[]' },
    { name: 'a text', body: '"x"' },
    { name: 'a number', body: '1' },
    { name: 'a token that is no text', body: '{"token":1}' },
    { name: 'a token that is a list', body: '{"token":["x"]}' },
  ])('calls $name malformed', async ({ body }) => {
    const got = await createScene().call('POST', '/v1/token/validate', { body });
    expect(got).toMatchObject({
      status: 400,
      code: 'invalid_request',
      detail: 'malformed JSON body',
    });
  });

  it.each([
    { name: 'null', body: 'null' },
    { name: 'an empty object', body: '{}' },
    { name: 'an empty token', body: '{"token":""}' },
    { name: 'a token that is null', body: '{"token":null}' },
    { name: 'other members only', body: '{"__proto__":{"token":"x"},"tokens":"x"}' },
    { name: 'an empty one after a full one', body: '{"token":"x","TOKEN":""}' },
  ])('asks for the token when it gets $name', async ({ body }) => {
    const got = await createScene().call('POST', '/v1/token/validate', { body });
    expect(got).toMatchObject({
      status: 400,
      code: 'invalid_request',
      detail: 'token field is required',
    });
  });

  it.each([
    { name: 'as it is', body: (token: string) => ({ token }) },
    { name: 'with its key in capitals', body: (token: string) => ({ TOKEN: token }) },
    {
      name: 'as the last of two spellings',
      body: (token: string) => ({ token: 'x', Token: token }),
    },
    { name: 'among unknown members', body: (token: string) => ({ a: [1], token, constructor: 1 }) },
  ])('finds the token $name', async ({ body }) => {
    const scene = createScene();
    const { token } = await scene.agent();
    const got = await scene.call('POST', '/v1/token/validate', { body: body(token) });
    expect(got).toMatchObject({ status: 200, json: { valid: true } });
  });

  it.each(['abc', '1'.repeat(1000), "' OR 1=1 --", '..', 'a.b.c', '\u0000', '💥'])(
    'answers 200 to a token that is none: %s',
    async (token) => {
      const scene = createScene();
      const got = await scene.call('POST', '/v1/token/validate', { body: { token } });
      expect(got.status).toBe(200);
      expect(got.text).toBe('{"valid":false,"error":"token is invalid or expired"}\n');
      expect(scene.events).toEqual([]);
    },
  );
});
