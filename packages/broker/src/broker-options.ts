// What the caller asks for in → every setting decided and checked out. Nothing after this file looks at
// an option again.

import { randomBytes, type KeyObject } from 'node:crypto';
import {
  assertBoolean,
  assertFunction,
  assertKnownOptions,
  assertNumber,
  isTrustDomain,
} from '@agentwrit/protocol';
import { newSigningKey, readSigningKey } from './signing-key.js';

export interface BrokerOptions {
  /** What `POST /v1/admin/auth` asks for, at most 72 bytes. Default: random, see {@link Broker.adminSecret}. */
  readonly adminSecret?: string;
  /** The trust domain of agent ids. Default `agentwrit.local`. */
  readonly trustDomain?: string;
  /** Written to and demanded in `iss`. Default `''`: written empty, not checked. */
  readonly issuer?: string;
  /** Written to `aud` and demanded on bearer routes. Default `''`: neither. */
  readonly audience?: string;
  /** Seconds a token lives when the time asked for is not positive. Default 300. */
  readonly defaultTtl?: number;
  /** The most seconds any token lives; 0 or less: no ceiling. Default 86400. */
  readonly maxTtl?: number;
  /** Seconds a new app's own tokens live unless it says otherwise. Default 1800. */
  readonly appTokenTtl?: number;
  /** Seconds an admin token lives. Default 300. */
  readonly adminTokenTtl?: number;
  /** The time in epoch milliseconds; everything that depends on time asks it. Default `Date.now`. */
  readonly clock?: () => number;
  /** The work factor of admin and client secrets, 4 to 31. Default 10; tests are faster with 4. */
  readonly bcryptCost?: number;
  /** Whether logins are limited (protocol §1.10). Default true; suites that log in all the time turn it off. */
  readonly rateLimits?: boolean;
  /** An Ed25519 private key, as KeyObject or PKCS#8 PEM. Default: a fresh one for every broker. */
  readonly signingKey?: KeyObject | string;
}

export type BrokerSettings = Omit<Required<BrokerOptions>, 'signingKey'> & {
  readonly signingKey: KeyObject;
};

const BROKER_OPTIONS: readonly (keyof BrokerOptions)[] = [
  'adminSecret',
  'trustDomain',
  'issuer',
  'audience',
  'defaultTtl',
  'maxTtl',
  'appTokenTtl',
  'adminTokenTtl',
  'clock',
  'bcryptCost',
  'rateLimits',
  'signingKey',
];

// bcrypt looks at no more; a longer secret would be accepted by its first 72 bytes alone.
const MAX_SECRET_BYTES = 72;

/** @throws TypeError naming the option that is unknown or has a value it cannot have */
export function resolveOptions(options: BrokerOptions): BrokerSettings {
  assertKnownOptions(options, 'createBroker', BROKER_OPTIONS);
  const {
    // As long as the broker's own `init` makes them: 32 random bytes.
    adminSecret = randomBytes(32).toString('base64url'),
    trustDomain = 'agentwrit.local',
    issuer = '',
    audience = '',
    defaultTtl = 300,
    maxTtl = 86_400,
    appTokenTtl = 1800,
    adminTokenTtl = 300,
    clock = Date.now,
    bcryptCost = 10,
    rateLimits = true,
    signingKey,
  } = options;
  assertText(adminSecret, 'adminSecret');
  if (adminSecret === '' || Buffer.byteLength(adminSecret) > MAX_SECRET_BYTES) {
    throw new TypeError(`"adminSecret" must be 1 to ${MAX_SECRET_BYTES} bytes`);
  }
  assertText(trustDomain, 'trustDomain');
  if (!isTrustDomain(trustDomain)) {
    throw new TypeError('"trustDomain" must be one or more of a-z 0-9 . - _');
  }
  assertText(issuer, 'issuer');
  assertText(audience, 'audience');
  assertNumber(defaultTtl, 'defaultTtl', { min: 1, isWhole: true });
  // Zero and less have meanings of their own (protocol §3.4, §8.1).
  for (const [name, ttl] of Object.entries({ maxTtl, appTokenTtl, adminTokenTtl })) {
    assertNumber(ttl, name, { isWhole: true });
  }
  assertFunction(clock, 'clock');
  assertBoolean(rateLimits, 'rateLimits');
  assertNumber(bcryptCost, 'bcryptCost', { min: 4, max: 31, isWhole: true });
  return {
    adminSecret,
    trustDomain,
    issuer,
    audience,
    defaultTtl,
    maxTtl,
    appTokenTtl,
    adminTokenTtl,
    clock,
    bcryptCost,
    rateLimits,
    signingKey: signingKey === undefined ? newSigningKey() : readSigningKey(signingKey),
  };
}

// The value is not quoted: one of the options is a secret.
function assertText(value: unknown, name: string): asserts value is string {
  if (typeof value !== 'string') throw new TypeError(`"${name}" must be a string`);
}
