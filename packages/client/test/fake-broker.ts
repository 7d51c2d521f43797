// A loopback HTTP server that answers like a broker until a test tells it otherwise.

import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Seen {
  readonly route: string;
  readonly headers: IncomingHttpHeaders;
  /** As parsed; `undefined` without a body. */
  readonly body: unknown;
}

export type Answer = (response: ServerResponse, seen: Seen) => void | Promise<void>;

export const AGENT_ID = 'spiffe://agentwrit.local/agent/orch-1/task-1/0123456789abcdef';
export const OTHER_ID = 'spiffe://agentwrit.local/agent/orch-1/task-2/fedcba9876543210';
export const APP_AUTH = 'POST /v1/app/auth';
export const LAUNCH = 'POST /v1/app/launch-tokens';
export const CHALLENGE = 'GET /v1/challenge';
export const REGISTER = 'POST /v1/register';
export const RENEW = 'POST /v1/token/renew';
export const RELEASE = 'POST /v1/token/release';
export const DELEGATE = 'POST /v1/delegate';
export const VALIDATE = 'POST /v1/token/validate';
export const HEALTH = 'GET /v1/health';
export const ADMIN_AUTH = 'POST /v1/admin/auth';
export const REGISTER_APP = 'POST /v1/admin/apps';
export const REVOKE = 'POST /v1/revoke';
export const ADMIN_LAUNCH = 'POST /v1/admin/launch-tokens';
export const LIST_APPS = 'GET /v1/admin/apps';
export const GET_APP = 'GET /v1/admin/apps/app-orders-0a1b2c';
export const UPDATE_APP = 'PUT /v1/admin/apps/app-orders-0a1b2c';
export const REMOVE_APP = 'DELETE /v1/admin/apps/app-orders-0a1b2c';
export const AUDIT = 'GET /v1/audit/events';

/** An app as the broker lists it. */
export const APP_ANSWER = {
  app_id: 'app-orders-0a1b2c',
  name: 'orders',
  client_id: 'or-0123456789ab',
  scopes: ['read:data:*'],
  token_ttl: 1800,
  status: 'active',
  created_at: '2026-02-15T12:00:00Z',
  updated_at: '2026-02-15T12:00:30Z',
};

export const NONCE = '0a'.repeat(32);

/** Answers with this JSON. */
export function json(status: number, value: unknown, headers: Record<string, string> = {}): Answer {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(value));
  };
}

/** Answers with a problem as the broker writes it (protocol §1.5). */
export function problem(
  status: number,
  code: string,
  detail: string,
  headers: Record<string, string> = {},
): Answer {
  return (response, seen) => {
    response.writeHead(status, { 'content-type': 'application/problem+json', ...headers });
    response.end(
      JSON.stringify({
        type: `urn:agentwrit:error:${code}`,
        title: `Title ${status}`,
        status,
        detail,
        instance: seen.route.split(' ')[1],
        error_code: code,
        request_id: 'feedfacefeedface',
      }),
    );
  };
}

export const deadToken: Answer = problem(401, 'unauthorized', 'token verification failed');

export class FakeBroker {
  readonly seen: Seen[] = [];
  readonly #answers = new Map<string, Answer[]>();
  #count = 0;
  readonly #server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      const seen: Seen = {
        route: `${request.method} ${request.url}`,
        headers: request.headers,
        body: text === '' ? undefined : JSON.parse(text),
      };
      this.seen.push(seen);
      void this.#answer(seen, response);
    });
  });

  static async start(port = 0): Promise<FakeBroker> {
    const broker = new FakeBroker();
    await new Promise<void>((resolve) => broker.#server.listen(port, '127.0.0.1', resolve));
    return broker;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get connections(): Promise<number> {
    return new Promise((resolve, reject) =>
      this.#server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
    );
  }

  /** The next answers to the route, with or without its query, in order; the last one stays. */
  on(route: string, ...answers: Answer[]): void {
    this.#answers.set(route, answers);
  }

  /** Requests to this route, with or without its query, so far. */
  to(route: string): Seen[] {
    return this.seen.filter((request) => [request.route, pathOf(request.route)].includes(route));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(seen: Seen, response: ServerResponse): Promise<void> {
    const path = pathOf(seen.route);
    const answers = this.#answers.get(seen.route) ?? this.#answers.get(path);
    const answer = answers?.[0] ?? this.#usual(path);
    if (answers !== undefined && answers.length > 1) answers.shift();
    await answer(response, seen);
  }

  #usual(route: string): Answer {
    this.#count += 1;
    const issued = { access_token: `access-token-${this.#count}`, expires_in: 300 };
    switch (route) {
      case APP_AUTH:
      case ADMIN_AUTH:
        return json(200, { ...issued, token_type: 'Bearer' });
      case LAUNCH:
      case ADMIN_LAUNCH:
        return json(201, {
          launch_token: `launch-token-${this.#count}`,
          expires_at: '2026-02-15T12:00:30Z',
          policy: { allowed_scope: ['read:data:*'], max_ttl: 300 },
        });
      case CHALLENGE:
        return json(200, { nonce: NONCE, expires_in: 30 });
      case REGISTER:
        return json(200, { agent_id: AGENT_ID, ...issued });
      case RENEW:
        return json(200, issued);
      case RELEASE:
        return (response) => void response.writeHead(204).end();
      case DELEGATE:
        return json(200, {
          ...issued,
          delegation_chain: [
            { agent: AGENT_ID, scope: ['read:data:*'], delegated_at: '2026-02-15T12:00:00.5Z' },
          ],
        });
      case VALIDATE:
        return json(200, { valid: false, error: 'token is invalid or expired' });
      case HEALTH:
        return json(200, {
          status: 'ok',
          version: '2.0.0',
          uptime: 7,
          db_connected: true,
          audit_events_count: 3,
        });
      case REGISTER_APP:
        return json(201, {
          app_id: 'app-orders-0a1b2c',
          name: '',
          client_id: 'or-0123456789ab',
          client_secret: 'client-secret-of-orders',
          scopes: ['read:data:*'],
          token_ttl: 1800,
          status: '',
        });
      case REVOKE:
        return (response, seen) => {
          const asked = seen.body ?? { level: 'task', target: 'task-1' };
          return json(200, { revoked: true, ...asked, count: 1 })(response, seen);
        };
      case LIST_APPS:
        return json(200, { apps: [APP_ANSWER], total: 1 });
      case GET_APP:
      case UPDATE_APP:
        return json(200, APP_ANSWER);
      case REMOVE_APP:
        return json(200, {
          app_id: 'app-orders-0a1b2c',
          name: '',
          client_id: '',
          scopes: null,
          token_ttl: 0,
          status: 'inactive',
          deregistered_at: '2026-02-15T12:01:00Z',
        });
      case AUDIT:
        return json(200, { events: [], total: 0 });
      default:
        return (response) => {
          response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' });
          response.end('404 page not found\n');
        };
    }
  }
}

function pathOf(route: string): string {
  return route.replace(/\?.*/s, '');
}

/** What a promise rejects with; fails when it does not. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  const outcome = await promise.then(
    () => ({ rejected: false, error: undefined }),
    (error: unknown) => ({ rejected: true, error }),
  );
  if (!outcome.rejected) throw new Error('expected a rejection');
  return outcome.error;
}

/** A promise and the function that fulfils it. */
export function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

/** Lets everything happen that needs no more than promises. */
export function turns(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
