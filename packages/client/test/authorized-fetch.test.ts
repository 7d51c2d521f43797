import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { AgentWritApp, type AuthorityLostError } from '../src/index.js';
import { FakeBroker, gate, json, rejection, RELEASE, RENEW, VALIDATE } from './fake-broker.js';

const API = 'https://orders.example.com/orders/7';
const CLAIMS = { iss: '', exp: 9e9, nbf: 0, iat: 1, jti: 'j', scope: [] };
const STREAMS = { duplex: 'half' } as const;

/** An API that admits one token and knows what it was sent. */
async function fixture(options: { readonly allowInsecureHttp?: boolean } = {}) {
  const broker = await FakeBroker.start();
  const seen: { token: string | null; body: string; request: Request }[] = [];
  const api = {
    admits: (token: string | null): boolean => token === `Bearer ${agent.accessToken}`,
    answer: (status: number): Response => new Response(`answer ${seen.length}`, { status }),
    /** Before it answers. */
    pause: async (): Promise<void> => {},
  };
  const app = new AgentWritApp({
    brokerUrl: broker.url,
    clientId: 'id',
    clientSecret: 'secret',
    ...options,
    fetch: async (input, init) => {
      const request = new Request(input, init);
      const token = request.headers.get('authorization');
      seen.push({ token, body: await request.text(), request });
      await api.pause();
      return api.answer(api.admits(token) ? 200 : 401);
    },
  });
  const agent = await app.createAgent({
    orchId: 'orch-1',
    taskId: 'task-1',
    scope: ['read:data:*'],
  });
  return {
    broker,
    agent,
    seen,
    api,
    async [Symbol.asyncDispose]() {
      await app.close();
      await broker[Symbol.asyncDispose]();
    },
  };
}

/** Renewals are answered once it is opened. */
function holdRenewal(broker: FakeBroker): ReturnType<typeof gate> {
  const leave = gate();
  broker.on(RENEW, async (response, seen) => {
    await leave.opened;
    await json(200, { access_token: 'renewed', expires_in: 300 })(response, seen);
  });
  return leave;
}

describe('agent.fetch', () => {
  test('attaches the bearer header to what the program sends', async () => {
    await using f = await fixture();
    const headers = { 'x-request-id': 'r-1', accept: 'text/plain' };
    const answer = await f.agent.fetch(API, { method: 'PUT', body: 'seven', headers });
    expect([answer.status, await answer.text()]).toEqual([200, 'answer 1']);
    expect(f.seen).toMatchObject([{ token: f.agent.bearerHeader.authorization, body: 'seven' }]);
    const { request } = f.seen[0] ?? {};
    expect([request?.method, request?.url]).toEqual(['PUT', API]);
    expect(request?.headers.get('x-request-id')).toBe('r-1');
  });

  test('takes a Request, as it is', async () => {
    await using f = await fixture();
    const request = new Request(API, { method: 'POST', body: 'x', headers: { 'x-a': '1' } });
    expect((await f.agent.fetch(request)).status).toBe(200);
    expect(f.seen[0]?.request.headers.get('x-a')).toBe('1');
    expect(f.seen[0]).toMatchObject({ body: 'x', request: { method: 'POST' } });
  });

  test.each<{ name: string; call: () => [string | Request, RequestInit?] }>([
    { name: 'without a body', call: () => [API] },
    { name: 'with a text', call: () => [API, { method: 'POST', body: 'twice' }] },
    {
      name: 'with a form',
      call: () => [API, { method: 'POST', body: new URLSearchParams({ twice: '1' }) }],
    },
    {
      name: 'with a Request that has a body',
      call: () => [new Request(API, { method: 'POST', body: 'twice' })],
    },
  ])(
    '$name in flight while the token is renewed is sent again with the new one',
    async ({ call }) => {
      await using f = await fixture();
      const old = f.agent.bearerHeader.authorization;
      f.api.pause = async () => {
        f.api.pause = async () => {};
        await f.agent.renew();
      };
      const answer = await f.agent.fetch(...call());
      expect([answer.status, await answer.text()]).toEqual([200, 'answer 2']);
      expect(f.seen.map(({ token }) => token)).toEqual([old, f.agent.bearerHeader.authorization]);
      expect(f.seen[1]?.body).toBe(f.seen[0]?.body);
    },
  );

  test.each<{ name: string; body: () => RequestInit['body'] }>([
    { name: 'a web stream', body: () => new Blob(['once']).stream() },
    { name: 'a stream of Node', body: () => Readable.from(['once']) },
  ])('with $name for a body is sent once', async ({ body }) => {
    await using f = await fixture();
    f.api.pause = () => f.agent.renew();
    const answer = await f.agent.fetch(API, { method: 'POST', body: body() ?? null, ...STREAMS });
    expect(answer.status).toBe(401);
    expect(f.seen.map((one) => one.body)).toEqual(['once']);
  });

  test('waits for a renewal under way, before and after', async () => {
    await using f = await fixture();
    const arrived = gate();
    const leave = gate();
    f.broker.on(RENEW, async (response, seen) => {
      arrived.open();
      await leave.opened;
      await json(200, { access_token: 'renewed', expires_in: 300 })(response, seen);
    });
    let renewing: Promise<void> | undefined;
    f.api.admits = (token) => token === 'Bearer renewed';
    f.api.pause = async () => {
      renewing ??= f.agent.renew();
      await arrived.opened;
    };
    // One is refused while the renewal goes on, the other begins then.
    const first = f.agent.fetch(API);
    await arrived.opened;
    const second = f.agent.fetch(API);
    leave.open();
    expect([(await first).status, (await second).status]).toEqual([200, 200]);
    await renewing;
    expect(f.seen.map(({ token }) => token?.slice(0, 14))).toEqual([
      'Bearer access-',
      'Bearer renewed',
      'Bearer renewed',
    ]);
  });

  test('sends nothing again that was answered, however the token has changed', async () => {
    await using f = await fixture();
    f.api.admits = () => true;
    f.api.pause = () => f.agent.renew();
    const answer = await f.agent.fetch(API, { method: 'POST', body: 'once' });
    expect([answer.status, await answer.text()]).toEqual([200, 'answer 1']);
    expect(f.seen).toHaveLength(1);
  });

  test.each([
    { method: 'POST', sent: ['POST /orders', 'GET /orders/7'], status: 401 },
    { method: 'GET', sent: ['GET /orders', 'GET /orders/7', 'GET /orders', 'GET /orders/7'] },
  ])('with $method that was done, and redirected to a refusal, is not done twice', async (call) => {
    const { method, sent, status = 200 } = call;
    const seen: string[] = [];
    const server = createServer((request, response) => {
      seen.push(`${request.method} ${request.url}`);
      if (request.url === '/orders') {
        response.writeHead(303, { location: '/orders/7' }).end();
        return;
      }
      void (seen.length === 2 ? agent.renew() : Promise.resolve()).then(() => {
        const isLive = request.headers.authorization === agent.bearerHeader.authorization;
        response.writeHead(isLive ? 200 : 401).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    await using broker = await FakeBroker.start();
    await using app = new AgentWritApp({ brokerUrl: broker.url, clientId: 'i', clientSecret: 's' });
    const agent = await app.createAgent({
      orchId: 'orch-1',
      taskId: 'task-1',
      scope: ['read:data:*'],
    });
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/orders`;
    expect((await agent.fetch(url, { method })).status).toBe(status);
    expect(seen).toEqual(sent);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  test('lets go of the connection whose refusal nobody reads', async () => {
    await using f = await fixture();
    let cancelled = 0;
    f.api.answer = (status) => {
      const body = new ReadableStream({
        cancel() {
          cancelled += 1;
        },
      });
      return new Response(body, { status });
    };
    f.api.pause = async () => {
      f.api.pause = async () => {};
      await f.agent.renew();
    };
    expect((await f.agent.fetch(API)).status).toBe(200);
    expect(cancelled).toBe(1);
  });

  test('does not wait for long for a renewal that hangs, as the old token may still be good', async () => {
    await using f = await fixture();
    const arrived = gate();
    f.broker.on(RENEW, () => arrived.open());
    const controller = new AbortController();
    const renewing = rejection(f.agent.renew({ signal: controller.signal }));
    await arrived.opened;
    expect((await f.agent.fetch(API)).status).toBe(200);
    const startedAt = performance.now();
    for (let count = 0; count < 5; count += 1) await f.agent.fetch(API);
    // The patience is the renewal's, not each call's.
    expect(performance.now() - startedAt).toBeLessThan(900);
    controller.abort();
    await renewing;
  });

  test('tells the keeper of a refusal, which makes sure of it at the broker', async () => {
    await using f = await fixture();
    const lost = new Promise<AuthorityLostError>((resolve) => {
      f.agent.keepAlive({ onLost: resolve });
    });
    f.api.admits = () => false;
    expect((await f.agent.fetch(API)).status).toBe(401);
    expect(await lost).toMatchObject({ reason: 'refused', cause: { code: 'invalid_token' } });
    expect(f.broker.to(VALIDATE)).toHaveLength(1);
  });

  test('does not bother the broker with refusals of a token that is good there, nor when nobody keeps it', async () => {
    await using f = await fixture();
    f.api.admits = () => false;
    await f.agent.fetch(API);
    expect(f.broker.to(VALIDATE)).toHaveLength(0);
    const claims = { ...CLAIMS, sub: f.agent.agentId };
    f.broker.on(VALIDATE, json(200, { valid: true, claims }));
    using alive = f.agent.keepAlive();
    for (let count = 0; count < 20; count += 1) await f.agent.fetch(API);
    await expect.poll(() => f.broker.to(VALIDATE).length).toBe(1);
    expect(alive.signal.aborted).toBe(false);
  });

  test('hands on a refusal of the token it has, and asks no more', async () => {
    await using f = await fixture();
    f.api.admits = () => false;
    const answer = await f.agent.fetch(API);
    expect([answer.status, await answer.text()]).toEqual([401, 'answer 1']);
    // Nor more than once more when it was renewed.
    f.api.pause = () => f.agent.renew();
    expect((await f.agent.fetch(API)).status).toBe(401);
    expect(f.seen).toHaveLength(3);
  });

  test('hands on the refusal when the agent was released meanwhile', async () => {
    await using f = await fixture();
    f.api.admits = () => false;
    f.api.pause = () => f.agent.release();
    const answer = await f.agent.fetch(API);
    expect([answer.status, await answer.text()]).toEqual([401, 'answer 1']);
    expect(f.seen).toHaveLength(1);
  });

  test('of a released agent sends nothing', async () => {
    await using f = await fixture();
    await f.agent.release();
    expect(await rejection(f.agent.fetch(API))).toMatchObject({
      code: 'released',
      message: 'agent has been released and cannot be used',
    });
    expect(f.seen).toHaveLength(0);
  });

  test('goes on when the release under way fails', async () => {
    await using f = await fixture();
    f.broker.on(RELEASE, json(500, {}));
    const releasing = rejection(f.agent.release());
    expect((await f.agent.fetch(API)).status).toBe(200);
    await releasing;
  });

  test('is left by a caller who does not wait for the renewal', async () => {
    await using f = await fixture();
    const leave = holdRenewal(f.broker);
    const renewing = f.agent.renew();
    const controller = new AbortController();
    const outcome = rejection(f.agent.fetch(API, { signal: controller.signal }));
    controller.abort(new Error('the user left'));
    expect(await outcome).toMatchObject({ message: 'the user left' });
    leave.open();
    await renewing;
    expect(f.seen).toHaveLength(0);
  });

  test('goes where it was checked to go, whatever becomes of the URL while a renewal is waited for', async () => {
    await using f = await fixture();
    const leave = holdRenewal(f.broker);
    const renewing = f.agent.renew();
    const url = new URL(API);
    const answer = f.agent.fetch(url);
    url.href = 'http://elsewhere.example/';
    leave.open();
    await renewing;
    expect((await answer).status).toBe(200);
    expect(f.seen.map(({ request }) => request.url)).toEqual([API]);
  });

  test('sends headers that can be gone through only once, and sends them again', async () => {
    await using f = await fixture();
    f.api.pause = async () => {
      f.api.pause = async () => {};
      await f.agent.renew();
    };
    const once = new Headers({ 'x-a': '1' }).entries() as unknown as Headers;
    expect((await f.agent.fetch(API, { headers: once })).status).toBe(200);
    expect(f.seen.map(({ request }) => request.headers.get('x-a'))).toEqual(['1', '1']);
  });

  test.each<{ name: string; init: () => RequestInit }>([
    {
      name: 'a Request',
      init: () => new Request(API, { method: 'PUT', body: 'seven', headers: { 'x-a': '1' } }),
    },
    {
      name: 'an object that inherits',
      init: () =>
        Object.create({ method: 'PUT', body: 'seven', headers: { 'x-a': '1' } }) as RequestInit,
    },
  ])('takes $name for init, as the platform does', async ({ init }) => {
    await using f = await fixture();
    expect((await f.agent.fetch(API, init())).status).toBe(200);
    expect(f.seen).toMatchObject([{ body: 'seven', request: { method: 'PUT' } }]);
    expect(f.seen[0]?.request.headers.get('x-a')).toBe('1');
  });

  test('with no signal in place of that of the request waits on', async () => {
    await using f = await fixture();
    const leave = holdRenewal(f.broker);
    const renewing = f.agent.renew();
    const controller = new AbortController();
    const request = new Request(API, { signal: controller.signal });
    const answer = f.agent.fetch(request, { signal: null });
    controller.abort();
    leave.open();
    await renewing;
    expect((await answer).status).toBe(200);
  });

  test('does not quote a password', async () => {
    await using f = await fixture();
    const error = await rejection(f.agent.fetch('https://user:sesame@orders.example.com/'));
    expect(error).toBeInstanceOf(TypeError);
    expect(String(error)).not.toContain('sesame');
    expect(f.seen).toHaveLength(0);
  });

  test.each<{ name: string; says: string; call: [string | Request, RequestInit?] }>([
    { name: 'plain http: to another host', says: 'allowInsecureHttp', call: ['http://a.example/'] },
    { name: 'a relative URL', says: 'absolute', call: ['/orders/7'] },
    { name: 'another scheme', says: 'data:', call: ['data:text/plain,x'] },
    {
      name: 'a token of its own',
      says: '"authorization"',
      call: [API, { headers: { Authorization: 'Bearer x' } }],
    },
    {
      name: 'a Request with a token of its own',
      says: '"authorization"',
      call: [new Request(API, { headers: { Authorization: 'Bearer x' } })],
    },
  ])('with $name is a TypeError, and sends nothing', async ({ says, call }) => {
    await using f = await fixture();
    const error = await rejection(f.agent.fetch(...call));
    expect(error).toBeInstanceOf(TypeError);
    expect(String(error)).toContain(says);
    expect(f.seen).toHaveLength(0);
  });

  test('goes over plain http: where that was allowed, and to this machine', async () => {
    await using open = await fixture({ allowInsecureHttp: true });
    expect((await open.agent.fetch('http://orders.example.com/')).status).toBe(200);
    await using closed = await fixture();
    expect((await closed.agent.fetch(new URL('http://127.0.0.1:8080/'))).status).toBe(200);
  });

  test('is the platform’s of the moment, unless the app has its own', async () => {
    await using broker = await FakeBroker.start();
    await using app = new AgentWritApp({ brokerUrl: broker.url, clientId: 'i', clientSecret: 's' });
    const agent = await app.createAgent({
      orchId: 'orch-1',
      taskId: 'task-1',
      scope: ['read:data:*'],
    });
    const { fetch } = globalThis;
    globalThis.fetch = async () => new Response('traced');
    try {
      expect(await (await agent.fetch(API)).text()).toBe('traced');
    } finally {
      globalThis.fetch = fetch;
    }
  });

  test('of a delegated token carries that token', async () => {
    await using f = await fixture();
    const token = await f.agent.delegate({ to: f.agent, scope: ['read:data:order-7'] });
    f.api.admits = () => true;
    await token.fetch(API);
    expect(f.seen[0]?.token).toBe(`Bearer ${token.accessToken}`);
    expect(token.accessToken).not.toBe(f.agent.accessToken);
  });
});
