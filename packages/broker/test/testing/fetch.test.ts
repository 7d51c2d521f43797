import { describe, expect, it } from 'vitest';
import { createBroker } from '../../src/index.js';
import { ask, start } from './started.js';

const HEALTH = 'http://broker.example/v1/health';

type Fetch = ReturnType<typeof createBroker>['fetch'];

describe.each([
  { name: 'a broker', open: async (): Promise<Fetch> => createBroker().fetch },
  { name: 'a test broker', open: async (): Promise<Fetch> => (await start()).fetch },
])('fetch of $name', ({ open }) => {
  it.each([
    { name: 'a Request', input: new Request(HEALTH) },
    { name: 'a URL', input: new URL(HEALTH) },
    { name: 'a text', input: HEALTH },
  ])('takes $name', async ({ input }) => {
    expect((await (await open())(input)).status).toBe(200);
  });

  it('takes what goes with it, which wins over a Request', async () => {
    const fetch = await open();
    const init = { method: 'POST', body: '{"token":"x"}' };
    const url = 'http://broker.example/v1/token/validate';
    expect((await fetch(url, init)).status).toBe(200);
    expect((await fetch(new Request(url), init)).status).toBe(200);
    expect((await fetch(new Request(url))).status).toBe(405);
  });

  it('still fits whoever hands it a Request alone', async () => {
    const fetch: (request: Request) => Promise<Response> = await open();
    expect((await fetch(new Request(HEALTH))).status).toBe(200);
  });

  it('takes the Request of another implementation', async () => {
    // What counts is what it can do, and the name of its class.
    class Foreign {
      get [Symbol.toStringTag](): string {
        return 'Request';
      }
      readonly #request = new Request(HEALTH);
      readonly url = HEALTH;
      readonly method = 'GET';
      readonly headers = this.#request.headers;
      readonly body = null;
      readonly bodyUsed = false;
      readonly signal = this.#request.signal;
    }
    expect((await (await open())(new Foreign() as unknown as Request)).status).toBe(200);
  });

  it.each([undefined, null, 5, {}, { url: HEALTH }])('refuses %j by a rejection', async (input) => {
    const attempt = (await open())(input as unknown as string);
    await expect(attempt).rejects.toBeInstanceOf(TypeError);
    await expect(attempt).rejects.toThrow('fetch takes a Request, a URL or the text of one');
  });

  it('refuses a text that is no URL, and a body that was read already', async () => {
    const fetch = await open();
    await expect(fetch('/v1/health')).rejects.toBeInstanceOf(TypeError);
    const request = new Request(HEALTH, { method: 'POST', body: 'x' });
    await request.text();
    await expect(fetch(request)).rejects.toThrow('has been read already');
  });

  it('rejects with the reason of a signal that was given up before', async () => {
    const reason = new Error('given up');
    const attempt = (await open())(HEALTH, { signal: AbortSignal.abort(reason) });
    await expect(attempt).rejects.toBe(reason);
  });
});

describe('fetch of a test broker', () => {
  it('does not count what was given up before it was sent', async () => {
    const broker = await start();
    await broker.fetch(HEALTH, { signal: AbortSignal.abort() }).catch(() => undefined);
    expect(broker.requestCount()).toBe(0);
    await broker.fetch(ask(broker, 'x'));
    expect(broker.requestCount()).toBe(1);
  });
});
