import { createTestBroker, type TestBroker } from '@agentwrit/broker/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Authority,
  type Certificate,
  createAuthority,
} from '../../broker/test/certificates.js';
import { createGuard as createFetchGuard } from '../src/index-fetch.js';
import { createAuditFeed, createGuard, type GuardOptions } from '../src/index.js';
import { requestWith } from './fixtures.js';
import { outcomeOf } from './guard-scene.js';

const ADMIN_SECRET = 'operator-secret-of-the-test';

let authority: Authority;
let stranger: Authority;
let client: Certificate;
let broker: TestBroker;

beforeAll(async () => {
  authority = await createAuthority('Example Root');
  stranger = await createAuthority('Another Root');
  client = await authority.issue('orders-api', 'client');
  const { cert, key } = await authority.issue('broker', 'server');
  broker = await createTestBroker({
    adminSecret: ADMIN_SECRET,
    tls: { cert, key, clientCa: authority.cert },
  });
});

afterAll(() => broker.close());

type Tls = GuardOptions['tls'];

async function ask(tls: Tls): Promise<string> {
  const guard = createGuard({ broker: broker.url, ...(tls && { tls }) });
  const { token } = await broker.issueToken({ scope: ['read:data:*'] });
  const route = guard.requireScope('read:data:order-7');
  try {
    return outcomeOf(await route(requestWith(token)));
  } finally {
    await guard.close();
  }
}

describe('a broker that asks for a client certificate', () => {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

  it.each<{ name: string; tls: () => Tls; outcome: string }>([
    {
      name: 'answers a guard that has one',
      tls: () => ({ ca: authority.cert, ...client }),
      outcome: 'allow',
    },
    {
      name: 'answers a guard that has it as bytes, among several authorities',
      tls: () => ({
        ca: [stranger.cert, bytes(authority.cert)],
        cert: bytes(client.cert),
        key: bytes(client.key),
      }),
      outcome: 'allow',
    },
    {
      name: 'answers a guard that has its authority as the last of a text with comments',
      tls: () => ({ ca: `# Another\n${stranger.cert}\n# Ours\n${authority.cert}`, ...client }),
      outcome: 'allow',
    },
    {
      name: 'does not answer a guard without one',
      tls: () => ({ ca: authority.cert }),
      outcome: 'broker_unavailable',
    },
    {
      name: 'is not trusted on the word of another authority',
      tls: () => ({ ca: stranger.cert, ...client }),
      outcome: 'broker_unavailable',
    },
    {
      name: "is not trusted on that of the platform's",
      tls: () => undefined,
      outcome: 'broker_unavailable',
    },
  ])('$name', async ({ tls, outcome }) => {
    expect(await ask(tls())).toBe(outcome);
  });

  it('lets a feed follow its log', async () => {
    const feed = createAuditFeed({
      broker: broker.url,
      adminSecret: ADMIN_SECRET,
      tls: { ca: authority.cert, ...client },
    });
    const guard = createGuard({
      broker: broker.url,
      tls: { ca: authority.cert, ...client },
      feed,
    });
    try {
      const { token } = await broker.issueToken({ scope: ['read:data:*'] });
      const route = guard.requireScope('read:data:order-7');
      expect(outcomeOf(await route(requestWith(token)))).toBe('allow');
      await expect.poll(() => guard.stats().feed).toBe('in step');
    } finally {
      await guard.close();
    }
  });
});

describe('"tls"', () => {
  const url = 'https://broker.example.com';
  it.each<{ name: string; tls: () => object; at?: string; says: string }>([
    { name: 'with http:', tls: () => ({}), at: 'http://127.0.0.1:1', says: '"tls"' },
    { name: 'with half a pair', tls: () => ({ cert: client.cert }), says: '"tls.cert"' },
    {
      name: 'with two halves of different pairs',
      tls: () => ({ cert: client.cert, key: stranger.key }),
      says: 'not a pair',
    },
    { name: 'with a path', tls: () => ({ ca: '/etc/ssl/root.pem' }), says: '"tls.ca"' },
    { name: 'with no authority', tls: () => ({ ca: [] }), says: '"tls.ca"' },
    {
      name: 'with a broken certificate',
      tls: () => ({ ca: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----' }),
      says: '"tls.ca"',
    },
    {
      name: 'with a broken certificate after a good one',
      tls: () => ({
        ca: `${authority.cert}\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n`,
      }),
      says: '"tls.ca"',
    },
    {
      name: 'with certificates on one line',
      tls: () => ({
        ca: `${stranger.cert.trim()}\n${authority.cert.trim()}${authority.cert.trim()}`,
      }),
      says: '"tls.ca"',
    },
    { name: 'with an indented one', tls: () => ({ ca: `  ${authority.cert}` }), says: '"tls.ca"' },
    {
      name: 'with a private key among the authorities',
      tls: () => ({ ca: `${authority.cert}\n${authority.key}` }),
      says: '"tls.ca"',
    },
    { name: 'with a number', tls: () => ({ ...client, passphrase: 7 }), says: '"tls.passphrase"' },
    { name: 'with what it does not know', tls: () => ({ rejectUnauthorized: false }), says: 'ca' },
  ])('$name is refused when the guard is made', ({ tls, at = url, says }) => {
    const make = (): unknown => createGuard({ broker: at, tls: tls() });
    expect(make).toThrow(TypeError);
    expect(make).toThrow(says);
    expect(() => createAuditFeed({ broker: at, adminSecret: 'x', tls: { ca: [] } })).toThrow(
      '"tls',
    );
  });

  it('is refused for a broker in this process, and where there is no Node', () => {
    const tls = { ca: authority.cert };
    expect(() => createGuard({ broker, tls })).toThrow('"tls"');
    expect(() => createFetchGuard({ broker: url, tls })).toThrow('"tls" needs Node');
  });
});
