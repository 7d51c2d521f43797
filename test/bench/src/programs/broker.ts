// The embedded broker in a process of its own → tokens, the keys to check them by, and how often it was asked, out.

import { createPublicKey, generateKeyPairSync, type JsonWebKey } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createTestBroker } from '@agentwrit/broker/testing';
import { FAR_ROUND_TRIP_MS, type Trust } from '../servers/settings.js';
import { answerCalls } from './calls.js';
import { farFrom } from './distance.js';

export interface IssuedToken {
  readonly token: string;
  /** The caller's id. */
  readonly by: string;
}

export interface BrokerCalls {
  /** Tokens of as many agents. */
  readonly issue: (order: {
    readonly count: number;
    readonly scope: readonly string[];
  }) => Promise<readonly IssuedToken[]>;
  /** Validations asked for so far. */
  readonly validations: () => number;
}

export interface BrokerProgram {
  readonly calls: BrokerCalls;
  readonly ready: {
    readonly trust: Trust;
    /** Base URL of the same broker, far away. */
    readonly farBroker: string;
  };
}

const ISSUER = 'https://broker.bench.example';
const AUDIENCE = 'bench-api';
const TRUST_DOMAIN = 'bench.example';

// Longer than any run.
const TTL_SECONDS = 6 * 3600;

// One key for the whole run, which those that check signatures themselves must have, too.
const { privateKey } = generateKeyPairSync('ed25519');
const publicKey = createPublicKey(privateKey);

const broker = await createTestBroker({
  issuer: ISSUER,
  audience: AUDIENCE,
  trustDomain: TRUST_DOMAIN,
  signingKey: privateKey,
});

async function issue(scope: readonly string[]): Promise<IssuedToken> {
  const { token, agentId } = await broker.issueToken({
    scope,
    ttl: TTL_SECONDS,
    orchId: 'load',
    taskId: 'reader',
  });
  return { token, by: agentId };
}

// The broker has no JWKS of its own: what a gateway in front of it would serve.
function keyOf(token: string): JsonWebKey & { readonly kid: string; readonly alg: string } {
  const [header = ''] = token.split('.', 1);
  const { kid } = JSON.parse(Buffer.from(header, 'base64url').toString()) as { kid: string };
  return { ...publicKey.export({ format: 'jwk' }), kid, alg: 'EdDSA', use: 'sig' };
}

const key = keyOf((await issue(['read:data:*'])).token);
const jwks = JSON.stringify({ keys: [key] });
const keys = createServer((_req, res) => {
  res.writeHead(200, { 'content-type': 'application/json' }).end(jwks);
}).listen(0, '127.0.0.1');
await once(keys, 'listening');
const address = keys.address();
if (typeof address !== 'object' || address === null) throw new Error('the key server has no port');

const calls: BrokerCalls = {
  issue: ({ count, scope }) => Promise.all(Array.from({ length: count }, () => issue(scope))),
  validations: () => broker.requestCount('/v1/token/validate'),
};
const farPort = await farFrom(Number(new URL(broker.url).port), FAR_ROUND_TRIP_MS / 2);
const trust: Trust = {
  broker: broker.url,
  jwksUri: `http://127.0.0.1:${address.port}/jwks.json`,
  issuer: ISSUER,
  audience: AUDIENCE,
  key,
  pem: publicKey.export({ format: 'pem', type: 'spki' }).toString(),
};
const farBroker = `http://127.0.0.1:${farPort}`;
answerCalls(calls, { trust, farBroker } satisfies BrokerProgram['ready']);
