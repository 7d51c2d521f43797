// Tokens of the right shape, and brokers that answer as told. Nothing here is signed: the guard does not
// verify signatures, it asks.

import type { Clock, InProcessBroker, RequestFacts } from '../src/index.js';

export const START_MS = Date.parse('2026-02-15T12:00:00Z');

/** A clock that stands still until it is told to go on. */
export class FakeClock implements Clock {
  #now = START_MS;
  #monotonic = 5_000;
  readonly now = (): number => this.#now;
  readonly monotonic = (): number => this.#monotonic;

  advance(ms: number): void {
    this.#now += ms;
    this.#monotonic += ms;
  }

  /** Sets the wall clock alone, as an administrator or NTP does. */
  setWallClock(epochMs: number): void {
    this.#now = epochMs;
  }
}

export const AGENT_ID = 'spiffe://agentwrit.local/agent/orch-1/task-1/0123456789abcdef';
export const OTHER_AGENT_ID = 'spiffe://agentwrit.local/agent/orch-1/task-2/fedcba9876543210';

export function claimsOf(
  overrides: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const iat = START_MS / 1000;
  return {
    iss: '',
    sub: AGENT_ID,
    exp: iat + 300,
    nbf: iat,
    iat,
    jti: '00112233445566778899aabbccddeeff',
    scope: ['read:data:*'],
    task_id: 'task-1',
    orch_id: 'orch-1',
    ...overrides,
  };
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** A token that could be live: its signature is made up. */
export function tokenOf(
  claims: Readonly<Record<string, unknown>> = claimsOf(),
  header: Readonly<Record<string, unknown>> = { alg: 'EdDSA', typ: 'JWT', kid: 'k' },
): string {
  return `${encode(header)}.${encode(claims)}.${'A'.repeat(86)}`;
}

/** The header of a request with a token that is live by the machine's own clock. */
export function bearer(scope: readonly string[] = ['read:data:*']): { authorization: string } {
  const iat = Math.floor(Date.now() / 1000);
  return { authorization: `Bearer ${tokenOf(claimsOf({ iat, exp: iat + 300, scope }))}` };
}

export function json(
  value: unknown,
  init: { status?: number; headers?: Readonly<Record<string, string>> } = {},
): Response {
  return new Response(`${JSON.stringify(value)}\n`, {
    ...init,
    headers: { 'content-type': 'application/json', ...init.headers },
  });
}

export const REFUSED = { valid: false, error: 'token is invalid or expired' };

/** A broker in this process that records each call and answers as `answer` says. */
export class ScriptedBroker implements InProcessBroker {
  readonly calls: { token: string; requestId: string | null; path: string }[] = [];
  answer: (token: string) => Response | Promise<Response>;

  constructor(answer: (token: string) => Response | Promise<Response> = vouch) {
    this.answer = answer;
  }

  async fetch(request: Request): Promise<Response> {
    const body = (await request.json()) as { token: string };
    this.calls.push({
      token: body.token,
      requestId: request.headers.get('x-request-id'),
      path: new URL(request.url).pathname,
    });
    return this.answer(body.token);
  }
}

/** Vouches for any token, with the claims it carries. */
export function vouch(token: string): Response {
  const payload = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString();
  return json({ valid: true, claims: JSON.parse(payload) as unknown });
}

export function requestWith(
  token: string | undefined,
  overrides: Partial<RequestFacts> & { params?: Readonly<Record<string, string>> } = {},
): RequestFacts {
  const { params = {}, ...facts } = overrides;
  return {
    request: undefined,
    authorization: token === undefined ? undefined : `Bearer ${token}`,
    method: 'GET',
    url: '/data',
    route: '/data',
    requestId: 'req-1',
    param: (name) => params[name],
    ...facts,
  };
}

/** A promise and the means to settle it. */
export class Deferred<T> {
  readonly promise: Promise<T>;
  resolve: (value: T) => void = () => undefined;
  reject: (error: unknown) => void = () => undefined;

  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }
}

/** Lets everything happen that needs no time: promises, and what comes in on sockets of this process. */
export async function turns(count = 3): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
