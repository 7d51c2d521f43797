// An embedded broker in → the same over HTTP out, with every request noted, and held up or failed as a test says.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Broker } from '@agentwrit/broker';
import { turns } from './fake-broker.js';

export interface Passage {
  readonly route: string;
  readonly status: number;
  /** The token that was issued, if one was. */
  readonly issued: string | undefined;
}

export interface Ways {
  readonly there: () => Promise<void>;
  readonly back: () => Promise<void>;
}

export const IMMEDIATE: Ways = { there: async () => {}, back: async () => {} };

export class WatchedBroker {
  readonly passed: Passage[] = [];
  /** How long the next request to a route is on its way, and its answer back. */
  ways: (route: string) => Ways = () => IMMEDIATE;
  /** Routes that are answered 500 without the broker's knowledge. */
  failing: ReadonlySet<string> = new Set();
  readonly #broker: Broker;
  readonly #server = createServer((request, response) => void this.#pass(request, response));

  constructor(broker: Broker) {
    this.#broker = broker;
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** What the broker says of a token, without anybody noting it. */
  async isAlive(token: string): Promise<boolean> {
    const answer = await this.post('/v1/token/validate', { token });
    return ((await answer.json()) as { valid: boolean }).valid;
  }

  /** Somebody else's request. */
  post(path: string, body: object = {}, headers: Record<string, string> = {}): Promise<Response> {
    const init = { method: 'POST', headers, body: JSON.stringify(body) };
    return this.#broker.fetch(`http://127.0.0.1${path}`, init);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    await this.#broker.close();
  }

  async #pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const route = `${request.method} ${request.url}`;
    const { there, back } = this.ways(route);
    const body = await textOf(request);
    await there();
    const answer = this.failing.has(route)
      ? Response.json({ title: 'Failed', error_code: 'internal_error' }, { status: 500 })
      : await this.#broker.fetch(`http://127.0.0.1${request.url}`, {
          method: request.method ?? 'GET',
          headers: { authorization: request.headers.authorization ?? '' },
          ...(body === '' ? {} : { body }),
        });
    const text = await answer.text();
    this.passed.push({ route, status: answer.status, issued: tokenIn(text) });
    await back();
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    response.end(answer.status === 204 ? undefined : text);
  }
}

/** So many turns of the loop. */
export async function wait(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await turns();
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}

function tokenIn(text: string): string | undefined {
  return /"access_token":"([^"]+)"/.exec(text)?.[1];
}
