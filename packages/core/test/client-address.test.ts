import { afterEach, describe, expect, it } from 'vitest';
import {
  createAgentWrit,
  type DecisionEvent,
  type FetchRouteOptions,
  findClientAddress,
} from '../src/index.js';
import { bearer, ScriptedBroker } from './fixtures.js';

const request = new Request('https://api.example.com/customers/7', { headers: bearer() });

/** What the event says of a request that a server hands on with this. */
async function addressOf(
  rest: readonly unknown[],
  options: FetchRouteOptions = {},
): Promise<string | undefined> {
  const events: DecisionEvent[] = [];
  const { withScope } = createAgentWrit({
    broker: new ScriptedBroker(),
    onDecision: (event) => events.push(event),
  });
  const handler = withScope<Request, readonly unknown[]>(
    () => new Response(),
    'read:data:*',
    options,
  );
  expect((await handler(request, ...rest)).status).toBe(200);
  expect(events).toHaveLength(1);
  return events[0]?.clientAddress;
}

/** As Bun has it: its members are on a prototype, and need their object. */
class BunServer {
  readonly #address: string;
  readonly asked: unknown[] = [];

  constructor(address: string) {
    this.#address = address;
  }

  requestIP(asked: unknown): object {
    this.asked.push(asked);
    return { address: this.#address, family: 'IPv4', port: 50_123 };
  }

  upgrade(): boolean {
    return false;
  }

  async stop(): Promise<void> {}
}

function onBun(): void {
  Reflect.defineProperty(globalThis, 'Bun', { value: {}, configurable: true });
}

afterEach(() => {
  Reflect.deleteProperty(globalThis, 'Bun');
});

describe('the address of a client of a fetch handler', () => {
  it.each(['192.0.2.7', '::1', '::ffff:127.0.0.1', 'fe80::1%eth0'])(
    'is what Deno.serve hands on: %s',
    async (hostname) => {
      const info = { remoteAddr: { transport: 'tcp', hostname, port: 50_123 } };
      expect(await addressOf([info])).toBe(hostname);
    },
  );

  it('is what the server of Bun.serve says of this very request', async () => {
    onBun();
    const server = new BunServer('192.0.2.7');
    expect(await addressOf([server])).toBe('192.0.2.7');
    expect(server.asked).toEqual([request]);
  });

  it('is not asked of what only looks a little like that server, nor of anything elsewhere', async () => {
    const server = new BunServer('192.0.2.7');
    expect(await addressOf([server])).toBeUndefined();
    onBun();
    const asked: string[] = [];
    const requestIP = (): void => void asked.push('env');
    expect(await addressOf([{ requestIP }])).toBeUndefined();
    expect([...server.asked, ...asked]).toEqual([]);
  });

  it.each([
    { name: 'nothing', rest: [] },
    { name: 'the context of another server', rest: [{ params: { id: '7' } }] },
    { name: 'a Unix socket', rest: [{ remoteAddr: { transport: 'unix', path: '/run/api' } }] },
    { name: 'a text', rest: ['192.0.2.7'] },
    { name: 'null', rest: [null] },
    { name: 'what is no address', rest: [{ remoteAddr: { hostname: '<script>\n' } }] },
  ])('is not known from $name', async ({ rest }) => {
    expect(await addressOf(rest)).toBeUndefined();
  });

  it('is a text or nothing', () => {
    expect(findClientAddress({ remoteAddr: { hostname: 7 } }, request)).toBeUndefined();
    onBun();
    const server = { requestIP: () => null, upgrade() {}, stop() {} };
    expect(findClientAddress(server, request)).toBeUndefined();
  });

  it('is never taken from a header', async () => {
    request.headers.set('x-forwarded-for', '198.51.100.9');
    request.headers.set('forwarded', 'for=198.51.100.9');
    expect(await addressOf([])).toBeUndefined();
  });

  it('is what the program says when it says so, from all that the server handed on', async () => {
    const info = { remoteAddr: { hostname: '192.0.2.7' } };
    const received: unknown[] = [];
    const clientAddress = (...args: unknown[]): string => {
      received.push(...args);
      return '198.51.100.9';
    };
    expect(await addressOf([info, 'more'], { clientAddress })).toBe('198.51.100.9');
    expect(received).toEqual([request, info, 'more']);
  });

  it('is missing, and nothing else, when the program fails to say it', async () => {
    const clientAddress = (): string => {
      throw new Error('no address');
    };
    expect(await addressOf([], { clientAddress })).toBeUndefined();
  });

  it('is not looked for when nobody follows decisions', async () => {
    let reads = 0;
    const { withScope } = createAgentWrit({ broker: new ScriptedBroker() });
    const clientAddress = (): undefined => void (reads += 1);
    const handler = withScope(() => new Response(), 'read:data:*', { clientAddress });
    for (const temperature of ['cold', 'warm']) {
      expect((await handler(request)).status, temperature).toBe(200);
    }
    expect(reads).toBe(0);
  });

  it('must be given by a function', () => {
    const { withScope } = createAgentWrit({ broker: new ScriptedBroker() });
    const options = { clientAddress: '192.0.2.7' } as unknown as FetchRouteOptions;
    expect(() => withScope(() => new Response(), 'read:data:*', options)).toThrow(
      /"clientAddress" must be a function/,
    );
  });
});
