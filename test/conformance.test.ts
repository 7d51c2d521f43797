// Every case of vectors/requests.json on every framework and runtime: the same status, headers and bytes.

import { readFileSync } from 'node:fs';
import { encodeJson } from '@agentwrit/protocol';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Host, hosts } from './hosts.js';
import type { Answer, Exchange } from './raw-client.js';
import { ScriptedBroker, type Script } from './scripted-broker.js';

interface Case {
  readonly name: string;
  readonly method: string;
  readonly target: string;
  /** Every Authorization field; `$TOKEN` stands for the case's token. */
  readonly authorization: readonly string[];
  /** Besides `X-Request-ID: req-1`. */
  readonly headers?: readonly (readonly [string, string])[];
  /** How often it is sent; the last answer counts. */
  readonly times?: number;
  /** What the token says, on top of the usual. */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** What it does not say, of the usual. */
  readonly without?: readonly string[];
  /** The token itself, where it is not to be made of claims. */
  readonly token?: string;
  /** What the broker answers; it vouches when nothing is said. */
  readonly broker?: Script;
  readonly expect: {
    readonly status: number;
    readonly headers?: Readonly<Record<string, string>>;
    /** JSON; with `headers`, to the byte. */
    readonly body?: unknown;
    /** In place of JSON. */
    readonly text?: string;
  };
}

const cases = JSON.parse(
  readFileSync(new URL('vectors/requests.json', import.meta.url), 'utf8'),
) as readonly Case[];

const COMPARED = [
  'content-type',
  'cache-control',
  'www-authenticate',
  'retry-after',
  'x-request-id',
  'location',
  'etag',
];

function tokenOf({ claims = {}, without = [], token, name }: Case): string {
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
  const said = Object.entries(payload).filter(([key]) => !without.includes(key));
  return `${encode({ alg: 'EdDSA', typ: 'JWT', kid: 'k' })}.${encode(Object.fromEntries(said))}.${'A'.repeat(86)}`;
}

async function ask(host: Host, broker: ScriptedBroker, wanted: Case): Promise<Answer> {
  broker.script = wanted.broker;
  const { method, target, authorization, headers = [], times = 1 } = wanted;
  const token = tokenOf(wanted);
  const hasId = headers.some(([name]) => name === 'X-Request-ID');
  const exchange: Exchange = {
    method,
    target,
    headers: [
      ...(hasId ? [] : [['X-Request-ID', 'req-1'] as const]),
      ...headers,
      ...authorization.map(
        (value) => ['Authorization', value.replaceAll('$TOKEN', token)] as const,
      ),
    ],
  };
  for (let time = 1; time < times; time += 1) await host.send(exchange);
  return host.send(exchange);
}

/** The body to the byte, or what its JSON says where no headers are compared either. */
function expectBody(answer: Answer, { method, expect: wanted }: Case, tracksAgent: boolean): void {
  const { headers, body, text } = wanted;
  if (method === 'HEAD') expect(answer.body).toBe('');
  else if (text !== undefined) expect(answer.body).toBe(text);
  else if (headers !== undefined) expect(answer.body).toBe(`${encodeJson(body)}\n`);
  else {
    const current = tracksAgent ? {} : { current: null };
    expect(JSON.parse(answer.body)).toEqual({ ...(body as object), ...current });
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
  expect(cases.length).toBeGreaterThanOrEqual(120);
  expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
});

// A start takes a quarter of a second; the first one after an installation reads a hundred megabytes.
const START_TIMEOUT_MS = 30_000;

const installed = hosts.filter(({ isInstalled }) => isInstalled);
const missing = hosts.filter(({ isInstalled }) => !isInstalled);

describe.each(installed)('$name', ({ start, tracksAgent }) => {
  const broker = new ScriptedBroker();
  let host: Host;
  beforeAll(async () => {
    host = await start(broker);
    return () => host.close();
  }, START_TIMEOUT_MS);

  it.each(cases)('answers $name with $expect.status', async (wanted) => {
    const answer = await ask(host, broker, wanted);
    expect(answer.status).toBe(wanted.expect.status);
    expectBody(answer, wanted, tracksAgent);
    if (wanted.expect.headers) expect(compared(answer)).toEqual(wanted.expect.headers);
  });
});

it.for(missing)('$name: npm has no package of it for this machine', (_, { skip }) => skip());
