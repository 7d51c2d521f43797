import { describe, expect, it } from 'vitest';
import type { FailOptions, TestBroker } from '../../src/testing/index.js';
import { ask, start, validate } from './started.js';

async function failing(status: number, options?: FailOptions): Promise<TestBroker> {
  const broker = await start();
  await broker.fail(status, options);
  return broker;
}

describe('fail', () => {
  it('answers with a status, and with the text and headers that go with it', async () => {
    const broker = await start();
    const { token } = await broker.issueToken({ scope: ['read:data:1'] });
    await broker.fail(503, { body: '<h1>busy</h1>', headers: { 'Retry-After': '7' } });
    const answer = await fetch(ask(broker, token));
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '7']);
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(await answer.text()).toBe('<h1>busy</h1>');
    await broker.recover();
    expect((await validate(broker, token)).valid).toBe(true);
  });

  it.each([
    [400, 'Bad Request', 'invalid_request'],
    [401, 'Unauthorized', 'unauthorized'],
    [403, 'Forbidden', 'forbidden'],
    [404, 'Not Found', 'not_found'],
    [413, 'Request Entity Too Large', 'payload_too_large'],
    [429, 'Too Many Requests', 'rate_limited'],
    [500, 'Internal Server Error', 'internal_error'],
  ])('speaks as the broker does: %d', async (status, title, code) => {
    const broker = await failing(status);
    for (const send of [fetch, broker.fetch]) {
      const headers = { 'x-request-id': 'request-7' };
      const answer = await send(`${broker.url}/v1/challenge%21?x=1`, { headers });
      expect(answer.status).toBe(status);
      expect(answer.headers.get('content-type')).toBe('application/problem+json');
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(answer.headers.get('retry-after')).toBe(status === 429 ? '1' : null);
      expect(await answer.json()).toEqual({
        type: `urn:agentwrit:error:${code}`,
        title,
        status,
        detail: `injected: ${status}`,
        instance: '/v1/challenge!',
        error_code: code,
        request_id: 'request-7',
      });
    }
  });

  it('sends a given body as text, unless its type is given, too', async () => {
    const broker = await failing(500, { body: 'out of order' });
    const answer = await fetch(broker.url);
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(await answer.text()).toBe('out of order');
  });

  it('has a short text for statuses the broker never uses', async () => {
    const broker = await failing(502);
    const answer = await fetch(broker.url);
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(await answer.text()).toBe('injected: 502\n');
  });

  it('sets given headers over its own, in whatever case', async () => {
    const headers = { 'content-TYPE': 'text/html', 'retry-after': '9', 'X-Page': 'über' };
    const broker = await failing(429, { headers, body: 'ü' });
    for (const send of [fetch, broker.fetch]) {
      const answer = await send(broker.url);
      expect(answer.headers.get('content-type')).toBe('text/html');
      expect(answer.headers.get('retry-after')).toBe('9');
      expect(answer.headers.get('x-page')).toBe('über');
      expect(await answer.text()).toBe('ü');
    }
  });

  it.each([204, 205, 304])('has no body with %d', async (status) => {
    const broker = await failing(status, { headers: { 'X-Page': 'none' } });
    for (const send of [fetch, broker.fetch]) {
      const answer = await send(broker.url);
      expect([answer.status, await answer.text()]).toEqual([status, '']);
      expect(answer.headers.get('content-type')).toBeNull();
      expect(answer.headers.get('x-page')).toBe('none');
    }
  });

  it('fails so many times, then works again by itself', async () => {
    const broker = await failing(500, { times: 2 });
    const statuses: number[] = [];
    for (let i = 0; i < 4; i += 1) statuses.push((await fetch(`${broker.url}/v1/health`)).status);
    expect(statuses).toEqual([500, 500, 200, 200]);
  });

  it('fails for one path, and the others neither fail nor count', async () => {
    const broker = await failing(503, { path: '/v1/token/validate', times: 1 });
    const { token } = await broker.issueToken({ scope: ['read:data:1'] });
    expect((await fetch(`${broker.url}/v1/health`)).status).toBe(200);
    expect((await fetch(`${broker.url}/v1/health`)).status).toBe(200);
    expect((await fetch(ask(broker, token))).status).toBe(503);
    expect((await fetch(ask(broker, token))).status).toBe(200);
  });

  it.each([
    ['"status"', 99, {}],
    ['"status"', 600, {}],
    ['"status"', '500', {}],
    ['fail takes a plain options object', 500, null],
    ['unknown option "text"', 500, { text: 'x' }],
    ['"body" must be a string', 500, { body: { error: 'x' } }],
    ['"body" cannot go with status 204', 204, { body: 'x' }],
    ['"headers" must be', 500, { headers: null }],
    ['"headers" must be', 500, { headers: new Headers({ a: 'b' }) }],
    ['"headers" must be', 500, { headers: [['a', 'b']] }],
    ['does not allow: "a b"', 500, { headers: { 'a b': 'x' } }],
    ['does not allow: "x-n"', 500, { headers: { 'x-n': 5 } }],
    ['does not allow: "x-n"', 500, { headers: { 'x-n': 'a\r\nb: c' } }],
    ['does not allow: "x-n"', 500, { headers: { 'x-n': 'a\u0001' } }],
    ['does not allow: "x-n"', 500, { headers: { 'x-n': '€' } }],
    ['cannot have "content-length"', 500, { headers: { 'content-length': '5' } }],
    ['cannot have "Transfer-Encoding"', 500, { headers: { 'Transfer-Encoding': 'chunked' } }],
    ['"times"', 500, { times: 0 }],
    ['"times"', 500, { times: 1.5 }],
    ['"path"', 500, { path: 'v1/health' }],
  ])('refuses %s, and stays as it was', async (message, status, options) => {
    const broker = await start();
    const attempt = broker.fail(status as number, options as FailOptions);
    await expect(attempt).rejects.toBeInstanceOf(TypeError);
    await expect(attempt).rejects.toThrow(message);
    expect((await fetch(`${broker.url}/v1/health`)).status).toBe(200);
  });
});
