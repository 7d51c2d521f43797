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
import type { BrokerOptions, TlsSettings } from './broker-options.js';
import { loadSigningKey } from './key-file.js';
import type { Log, LogEntry } from './log.js';
import { newSigningKey, readSigningKey } from './signing-key.js';

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

export const BROKER_OPTIONS: readonly (keyof BrokerOptions)[] = [
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
  assertClock(clock);
  assertBoolean(rateLimits, 'rateLimits');
  assertNumber(bcryptCost, 'bcryptCost', { min: 4, max: 31, isWhole: true });
  assertBoolean(strict, 'strict');
  assertFunction(log, 'log');
  if (tls !== undefined) assertTls(tls);
  if (dbPath !== undefined) assertPath(dbPath, 'dbPath');
  if (dbPath === ':memory:') {
    throw new TypeError('"dbPath" must be the path of a file: leave it out to keep all in memory');
  }
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
  const { cert, key, clientCa } = tls;
  const texts = { cert, key, ...(clientCa !== undefined && { clientCa }) };
  for (const [name, pem] of Object.entries(texts)) {
    assertText(pem, `tls.${name}`);
    if (!pem.includes('-----BEGIN ')) {
      throw new TypeError(`"tls.${name}" must be PEM text, not a path`);
    }
  }
}

// 1973, which any time in seconds is far below, and the last time a Date can hold.
const [MIN_TIME, MAX_TIME] = [1e11, 8.64e15];

function assertClock(clock: () => unknown): void {
  assertFunction(clock, 'clock');
  const time = clock();
  if (typeof time === 'number' && time >= MIN_TIME && time <= MAX_TIME) return;
  const got = typeof time === 'number' ? String(time) : typeof time;
  throw new TypeError(`"clock" must return epoch milliseconds, got ${got}`);
}

function warnOfFaults({ level, component, message }: LogEntry): void {
  if (level === 'FAIL') process.emitWarning(`${component}: ${message}`, 'AgentWritBrokerWarning');
}

// The value is not quoted: one of the options is a secret.
function assertText(value: unknown, name: string): asserts value is string {
  if (typeof value !== 'string') throw new TypeError(`"${name}" must be a string`);
}
