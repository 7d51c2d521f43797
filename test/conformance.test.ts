// Every case of vectors/requests.json on every framework: the same status, headers and bytes.

import { readFileSync } from 'node:fs';
import { encodeJson } from '@agentwrit/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type Host, hosts, type Route } from './hosts.js';

interface Case {
  readonly name: string;
  readonly method: string;
  readonly target: string;
  /** Every Authorization field; `$TOKEN` stands for the case's token. */
  readonly authorization: readonly string[];
  /** What the token says, on top of the usual. */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** The token itself, where it is not to be made of claims. */
  readonly token?: string;
  /** What the broker answers; it vouches when nothing is said. */
  readonly broker?: {
    readonly status: number;
    readonly retryAfter?: string;
    readonly body: unknown;
  };
  readonly expect: {
    readonly status: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body: unknown;
  };
}

const cases = JSON.parse(
  readFileSync(new URL('vectors/requests.json', import.meta.url), 'utf8'),
) as readonly Case[];

const routes: readonly Route[] = [
  { method: 'GET', path: '/data', scopes: ['read:data:*'] },
  { method: 'POST', path: '/data', scopes: ['read:data:*'] },
  { method: 'GET', path: '/customers/:id', scopes: ['read:data:customer-{id}'] },
  {
    method: 'GET',
    path: '/orders/:orderId',
    scopes: ['read:data:order-{orderId}', 'write:data:order-{orderId}'],
  },
  { method: 'GET', path: '/misdeclared', scopes: ['read:data:customer-{id}'] },
];

const COMPARED = [
  'content-type',
  'cache-control',
  'www-authenticate',
  'retry-after',
  'x-request-id',
  'location',
  'etag',
];

function tokenOf({ claims = {}, token, name }: Case): string {
  if (token !== undefined) return token;
  const now = Math.floor(Date.now() / 1000);
  const encode = (value: unknown): string =>
    Buffer.from(JSON.stringify(value)).toString('base64url');
  const payload = {
    iss: '',
    sub: 'spiffe://agentwrit.local/agent/orch-1/task-1/0123456789abcdef',
    aud: ['orders'],
    exp: now + 300,
    nbf: now,
    iat: now,
    // One token per case: what one case leaves in the cache is nothing to the next.
    jti: name,
    scope: ['read:data:*'],
    task_id: 'task-1',
    orch_id: 'orch-1',
    ...claims,
  };
  return `${encode({ alg: 'EdDSA', typ: 'JWT', kid: 'k' })}.${encode(payload)}.${'A'.repeat(86)}`;
}

/** Answers every validation as the running case says. */
class ScriptedBroker {
  script: Case['broker'];

  async fetch(request: Request): Promise<Response> {
    const { token } = (await request.json()) as { token: string };
    const { status, retryAfter, body } = this.script ?? {
      status: 200,
      body: {
        valid: true,
        claims: JSON.parse(
          Buffer.from(token.split('.')[1] ?? '', 'base64url').toString(),
        ) as unknown,
      },
    };
    return new Response(JSON.stringify(body), {
      status,
      headers: {
        'content-type': 'application/json',
        ...(retryAfter !== undefined && { 'retry-after': retryAfter }),
      },
    });
  }
}

function compared(answer: Answer): Record<string, string> {
  return Object.fromEntries(
    COMPARED.flatMap((name) => {
      const value = answer.headers[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

it('has cases', () => {
  expect(cases.length).toBeGreaterThan(40);
  expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
});

describe.each(hosts)('$name', ({ start }) => {
  const broker = new ScriptedBroker();
  let host: Host;
  beforeAll(async () => {
    host = await start({ broker, audience: 'orders', maxTokenLength: 8192 }, routes);
  });
  afterAll(() => host.close());

  it.each(cases)('answers $name with $expect.status', async (wanted) => {
    broker.script = wanted.broker;
    const token = tokenOf(wanted);
    const answer = await host.send({
      method: wanted.method,
      target: wanted.target,
      headers: [
        ['X-Request-ID', 'req-1'],
        ...wanted.authorization.map(
          (value) => ['Authorization', value.replaceAll('$TOKEN', token)] as const,
        ),
      ],
    });

    expect(answer.status).toBe(wanted.expect.status);
    if (wanted.expect.headers === undefined) {
      expect(JSON.parse(answer.body)).toEqual(wanted.expect.body);
    } else {
      expect(answer.body).toBe(`${encodeJson(wanted.expect.body)}\n`);
      expect(compared(answer)).toEqual(wanted.expect.headers);
    }
  });
});
