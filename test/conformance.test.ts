// Every case of vectors/requests.json on every framework and runtime: the same status, headers and bytes.

import { readFileSync } from 'node:fs';
import { encodeJson } from '@agentwrit/protocol';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Host, hosts } from './hosts.js';
import type { Answer } from './raw-client.js';
import { ScriptedBroker, type Script } from './scripted-broker.js';

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
  readonly broker?: Script;
  readonly expect: {
    readonly status: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body: unknown;
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

function ask(host: Host, broker: ScriptedBroker, wanted: Case): Promise<Answer> {
  broker.script = wanted.broker;
  const token = tokenOf(wanted);
  return host.send({
    method: wanted.method,
    target: wanted.target,
    headers: [
      ['X-Request-ID', 'req-1'],
      ...wanted.authorization.map(
        (value) => ['Authorization', value.replaceAll('$TOKEN', token)] as const,
      ),
    ],
  });
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

// A start takes a quarter of a second; the first one after an installation reads a hundred megabytes.
const START_TIMEOUT_MS = 30_000;

const supported = hosts.filter(({ isSupported }) => isSupported);
const installed = supported.filter(({ isInstalled }) => isInstalled);
const missing = supported.filter(({ isInstalled }) => !isInstalled);
const unsupported = hosts.filter((host) => host.isInstalled && !host.isSupported);

describe.each(installed)('$name', ({ start }) => {
  const broker = new ScriptedBroker();
  let host: Host;
  beforeAll(async () => {
    host = await start(broker);
    return () => host.close();
  }, START_TIMEOUT_MS);

  it.each(cases)('answers $name with $expect.status', async (wanted) => {
    const answer = await ask(host, broker, wanted);
    expect(answer.status).toBe(wanted.expect.status);
    if (wanted.expect.headers === undefined) {
      expect(JSON.parse(answer.body)).toEqual(wanted.expect.body);
    } else {
      expect(answer.body).toBe(`${encodeJson(wanted.expect.body)}\n`);
      expect(compared(answer)).toEqual(wanted.expect.headers);
    }
  });
});

it.for(missing)('$name: npm has no package of it for this machine', (_, { skip }) => skip());

// Fails as soon as one can be taken off the list.
it.each(unsupported)('$name does not serve the first case yet', async ({ start }) => {
  const broker = new ScriptedBroker();
  const host = await start(broker).catch(() => undefined);
  const [first] = cases;
  if (host === undefined || first === undefined) return;
  const answer = await ask(host, broker, first);
  await host.close();
  expect(answer.status).not.toBe(first.expect.status);
});
