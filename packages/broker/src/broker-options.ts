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
import { loadSigningKey } from './key-file.js';
import type { Log, LogEntry } from './log.js';
import { newSigningKey, readSigningKey } from './signing-key.js';

/** PEM texts, not paths. */
export interface TlsSettings {
  readonly cert: string;
  readonly key: string;
  /** Every client must show a certificate that one of these issued (mTLS). */
  readonly clientCa?: string;
}

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
  /**
   * An Ed25519 private key, as KeyObject or PKCS#8 PEM. Default: a fresh one for every broker, so that no
   * token that was revoked before a restart comes back to life.
   */
  readonly signingKey?: KeyObject | string;
  /**
   * A SQLite file that keeps apps, revocations and audit events, made when it is missing. Default: none,
   * all of it is forgotten with the broker.
   */
  readonly dbPath?: string;
  /**
   * A PKCS#8 PEM file with the signing key, made when it is missing, so that tokens outlive a restart.
   * Only with `dbPath`: a kept key beside forgotten revocations would revive revoked tokens.
   */
  readonly signingKeyPath?: string;
  /** Serve `https:` (protocol §8.5). Default: plain `http:`. */
  readonly tls?: TlsSettings;
  /** Close the habits of the protocol that are unsafe (protocol §12.3). Default false: faithful. */
  readonly strict?: boolean;
  /** Gets an entry for what an operator wants to know. Default: storage faults become process warnings. */
  readonly log?: Log;
}

/** What a broker runs on. The command makes it from its environment, unchecked as the protocol has it. */
export type BrokerSettings = Omit<
  Required<BrokerOptions>,
  'adminSecret' | 'signingKey' | 'signingKeyPath' | 'dbPath' | 'tls'
> & {
  /** In the clear, or as a bcrypt hash. */
  readonly adminSecret: { readonly secret: string } | { readonly hash: string };
  readonly signingKey: KeyObject;
  readonly dbPath: string | undefined;
  readonly tls: TlsSettings | undefined;
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
  'dbPath',
  'signingKeyPath',
  'tls',
  'strict',
  'log',
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
    dbPath,
    signingKeyPath,
    tls,
    strict = false,
    log = warnOfFaults,
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
  assertBoolean(strict, 'strict');
  assertFunction(log, 'log');
  if (tls !== undefined) assertTls(tls);
  if (dbPath !== undefined) assertPath(dbPath, 'dbPath');
  return {
    adminSecret: { secret: adminSecret },
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
    signingKey: chooseKey({ signingKey, signingKeyPath, dbPath }, log),
    dbPath,
    tls,
    strict,
    log,
  };
}

function chooseKey(
  {
    signingKey: key,
    signingKeyPath: path,
    dbPath,
  }: { [K in 'signingKey' | 'signingKeyPath' | 'dbPath']: BrokerOptions[K] | undefined },
  log: Log,
): KeyObject {
  if (path === undefined) return key === undefined ? newSigningKey() : readSigningKey(key);
  assertPath(path, 'signingKeyPath');
  if (key !== undefined)
    throw new TypeError('"signingKey" and "signingKeyPath" exclude each other');
  if (dbPath === undefined) {
    throw new TypeError(
      '"signingKeyPath" needs "dbPath": with a kept key and forgotten revocations, revoked tokens would be valid again',
    );
  }
  return loadSigningKey(path, (message) =>
    log({ level: 'WARN', module: 'BROKER', component: 'key', message }),
  );
}

function assertPath(value: unknown, name: string): asserts value is string {
  assertText(value, name);
  if (value === '') throw new TypeError(`"${name}" must be the path of a file`);
}

function assertTls(tls: TlsSettings): void {
  assertKnownOptions(tls, 'tls', ['cert', 'key', 'clientCa']);
  const { cert, key, clientCa = '' } = tls;
  for (const [name, pem] of Object.entries({ cert, key, clientCa })) assertText(pem, `tls.${name}`);
}

function warnOfFaults({ level, component, message }: LogEntry): void {
  if (level === 'FAIL') process.emitWarning(`${component}: ${message}`, 'AgentWritBrokerWarning');
}

// The value is not quoted: one of the options is a secret.
function assertText(value: unknown, name: string): asserts value is string {
  if (typeof value !== 'string') throw new TypeError(`"${name}" must be a string`);
}
