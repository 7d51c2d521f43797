// Certificates of one's own: over TLS and mTLS to an embedded broker, and what is said of those that cannot be used.

import { createPrivateKey } from 'node:crypto';
import { inspect } from 'node:util';
import { type Broker, createBroker } from '@agentwrit/broker';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Authority,
  type Certificate,
  createAuthority,
} from '../../broker/test/certificates.js';
import {
  AgentWritApp,
  AgentWritOperator,
  registerAgent,
  type TlsOptions,
  validate,
} from '../src/index.js';
import { rejection } from './fake-broker.js';

const INVALID = { valid: false, error: 'token is invalid or expired' };
const PASSPHRASE = 'open-sesame-of-the-test';

let authority: Authority;
let stranger: Authority;
let client: Certificate;
let encryptedKey: string;
const brokers: Broker[] = [];
const url = { tls: '', mtls: '' };
const secret = { tls: '', mtls: '' };

beforeAll(async () => {
  authority = await createAuthority('Example Root');
  stranger = await createAuthority('Another Root');
  client = await authority.issue('orders-agent', 'client');
  encryptedKey = createPrivateKey(client.key)
    .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: PASSPHRASE })
    .toString();
  const server = await authority.issue('broker', 'server');
  for (const name of ['tls', 'mtls'] as const) {
    const clientCa = name === 'mtls' ? { clientCa: authority.cert } : {};
    const broker = createBroker({ bcryptCost: 4, tls: { ...server, ...clientCa } });
    brokers.push(broker);
    url[name] = (await broker.listen()).url;
    secret[name] = broker.adminSecret;
  }
});

afterAll(async () => {
  await Promise.all(brokers.map((broker) => broker.close()));
});

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

interface Reach {
  readonly name: string;
  readonly at: keyof typeof url;
  readonly tls: () => TlsOptions | undefined;
}

const reaching: readonly Reach[] = [
  { name: 'its authority', at: 'tls', tls: () => ({ ca: authority.cert }) },
  {
    name: 'its authority among several, as bytes',
    at: 'tls',
    tls: () => ({ ca: [stranger.cert, bytes(authority.cert)] }),
  },
  {
    name: 'its authority among several in one text',
    at: 'tls',
    tls: () => ({ ca: `# Example\n${stranger.cert}\n${authority.cert}` }),
  },
  {
    name: 'a client certificate',
    at: 'mtls',
    tls: () => ({ ca: authority.cert, ...client }),
  },
  {
    name: 'a client certificate as bytes, with an encrypted key',
    at: 'mtls',
    tls: () => ({
      ca: authority.cert,
      cert: bytes(client.cert),
      key: bytes(encryptedKey),
      passphrase: PASSPHRASE,
    }),
  },
];

const failing: readonly Reach[] = [
  { name: 'no authority but the platform’s', at: 'tls', tls: () => undefined },
  { name: 'another authority', at: 'tls', tls: () => ({ ca: stranger.cert }) },
  { name: 'no client certificate', at: 'mtls', tls: () => ({ ca: authority.cert }) },
];

describe('a broker at https: is reached', () => {
  test.each(reaching)('with $name, by app, operator, agent and validate', async ({ at, tls }) => {
    const connection = { brokerUrl: url[at], tls: tls() };
    await using operator = new AgentWritOperator({ ...connection, adminSecret: secret[at] });
    const scope = ['read:data:*'];
    const launch = await operator.issueLaunchToken({ agentName: 'worker', scope });
    const agent = await registerAgent({
      ...connection,
      launchToken: launch.launchToken,
      orchId: 'orch-1',
      taskId: 'task-1',
      scope,
    });
    const result = await validate(url[at], agent.accessToken, { tls: tls() });
    expect(result).toMatchObject({ valid: true, claims: { sub: agent.agentId } });
    await agent.release();
    await using app = new AgentWritApp({ ...connection, clientId: 'id', clientSecret: 'secret' });
    expect(await app.validate(agent.accessToken)).toEqual(INVALID);
  });
});

describe('a broker at https: is not reached', () => {
  test.each(failing)('with $name, which says nothing of tokens', async ({ at, tls }) => {
    const connection = { brokerUrl: url[at], tls: tls(), timeoutMs: 5000 };
    await using app = new AgentWritApp({ ...connection, clientId: 'id', clientSecret: 'secret' });
    await using operator = new AgentWritOperator({ ...connection, adminSecret: secret[at] });
    for (const call of [
      app.health(),
      app.validate('held-token'),
      operator.revoke({ level: 'task', target: 'task-1' }),
      validate(url[at], 'held-token', { tls: tls(), timeoutMs: 5000 }),
    ]) {
      const error = await rejection(call);
      expect(error).toMatchObject({ name: 'TransportError', code: 'transport' });
      expect(inspect(error, { depth: 9 })).not.toMatch(/held-token|PRIVATE KEY/);
      expect(inspect(error, { depth: 9 })).not.toContain(secret[at]);
    }
  });
});

const makers: Readonly<Record<string, (brokerUrl: string, tls: TlsOptions) => unknown>> = {
  AgentWritApp: (brokerUrl, tls) =>
    new AgentWritApp({ brokerUrl, tls, clientId: 'id', clientSecret: 'secret' }),
  AgentWritOperator: (brokerUrl, tls) =>
    new AgentWritOperator({ brokerUrl, tls, adminSecret: 'x' }),
};

const askers: Readonly<Record<string, (brokerUrl: string, tls: TlsOptions) => Promise<unknown>>> = {
  registerAgent: (brokerUrl, tls) =>
    registerAgent({ brokerUrl, tls, launchToken: 'x', orchId: 'o', taskId: 't', scope: ['a:b:c'] }),
  validate: (brokerUrl, tls) => validate(brokerUrl, 'held-token', { tls }),
};

const unusable: readonly {
  readonly name: string;
  readonly tls: () => object;
  readonly at?: string;
  readonly says: string;
}[] = [
  { name: 'http:', tls: () => ({ ca: authority.cert }), at: 'http://127.0.0.1:1', says: '"tls"' },
  { name: 'a certificate without its key', tls: () => ({ cert: client.cert }), says: '"tls.cert"' },
  { name: 'a key without its certificate', tls: () => ({ key: client.key }), says: '"tls.key"' },
  {
    name: 'two halves of different pairs',
    tls: () => ({ cert: client.cert, key: stranger.key }),
    says: '"tls.key"',
  },
  {
    name: 'a key that breaks off',
    tls: () => ({ cert: client.cert, key: client.key.slice(0, 100) }),
    says: '"tls.key"',
  },
  {
    name: 'the key in the place of the certificate',
    tls: () => ({ cert: client.key, key: client.cert }),
    says: '"tls.key"',
  },
  {
    name: 'the key in the place of the authority',
    tls: () => ({ ca: client.key }),
    says: '"tls.ca"',
  },
  {
    name: 'an encrypted key alone',
    tls: () => ({ cert: client.cert, key: encryptedKey }),
    says: '"tls.key"',
  },
  {
    name: 'an encrypted key with another passphrase',
    tls: () => ({ cert: client.cert, key: encryptedKey, passphrase: `not ${PASSPHRASE}` }),
    says: '"tls.key"',
  },
  { name: 'a path', tls: () => ({ ca: '/etc/ssl/root.pem' }), says: '"tls.ca"' },
  { name: 'garbage', tls: () => ({ ca: '-----BEGIN CERTIFICATE-----\nAAAA' }), says: '"tls.ca"' },
  { name: 'no authorities', tls: () => ({ ca: [] }), says: '"tls.ca"' },
  { name: 'what it does not know', tls: () => ({ rejectUnauthorized: false }), says: '"reject' },
];

describe('"tls" with', () => {
  test.each(unusable)(
    '$name is refused at once, without a word of a key',
    async ({ tls, at, says }) => {
      const brokerUrl = at ?? 'https://broker.example.com';
      const errors: unknown[] = [];
      for (const make of Object.values(makers)) {
        try {
          make(brokerUrl, tls());
        } catch (error) {
          errors.push(error);
        }
      }
      for (const ask of Object.values(askers)) errors.push(await rejection(ask(brokerUrl, tls())));
      expect(errors).toHaveLength(4);
      // The body of each key, without the lines that every PEM has.
      const words = [client.key, stranger.key, encryptedKey].flatMap((pem) =>
        pem.split('\n').filter((line) => line.length > 20 && !line.startsWith('-----')),
      );
      for (const error of errors) {
        expect(error).toBeInstanceOf(TypeError);
        expect(String(error)).toContain(says);
        const shown = inspect(error, { depth: 9, maxStringLength: null, showHidden: true });
        for (const word of [...words.map((line) => line.slice(0, 20)), PASSPHRASE]) {
          expect(shown).not.toContain(word);
        }
      }
    },
  );
});
