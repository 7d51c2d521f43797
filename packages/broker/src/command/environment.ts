// The AA_ variables in → what the operator asks for, every gap filled, out (protocol §8.1).

import { type LogLevel, readLogLevel } from './log-lines.js';

export interface Configuration {
  /** 0: any that is free. */
  readonly port: number;
  readonly bindAddress: string;
  readonly logLevel: LogLevel;
  readonly trustDomain: string;
  readonly issuer: string;
  readonly audience: string;
  /** Seconds, as are the three after it; zero and less have meanings of their own (protocol §3.4). */
  readonly defaultTtl: number;
  readonly maxTtl: number;
  readonly appTokenTtl: number;
  readonly adminTokenTtl: number;
  /** `''`: the config file may have one. */
  readonly adminSecret: string;
  readonly seedTokens: boolean;
  /** `undefined`: nothing is written. */
  readonly dbPath: string | undefined;
  /** `undefined` exactly when {@link dbPath} is: a fresh key for every run. */
  readonly signingKeyPath: string | undefined;
  readonly tlsMode: 'none' | 'tls' | 'mtls';
  readonly tlsCert: string;
  readonly tlsKey: string;
  readonly tlsClientCa: string;
  /** `''`: only the usual places. */
  readonly configPath: string;
  /** The home directory, `''` when there is none. */
  readonly home: string;
}

/** Every one that begins with `AA_` and means something (protocol §8.1). */
export const VARIABLES = [
  'AA_PORT',
  'AA_BIND_ADDRESS',
  'AA_LOG_LEVEL',
  'AA_TRUST_DOMAIN',
  'AA_ISSUER',
  'AA_AUDIENCE',
  'AA_DEFAULT_TTL',
  'AA_MAX_TTL',
  'AA_APP_TOKEN_TTL',
  'AA_ADMIN_TOKEN_TTL',
  'AA_ADMIN_SECRET',
  'AA_SEED_TOKENS',
  'AA_DB_PATH',
  'AA_SIGNING_KEY_PATH',
  'AA_TLS_MODE',
  'AA_TLS_CERT',
  'AA_TLS_KEY',
  'AA_TLS_CLIENT_CA',
  'AA_CONFIG_PATH',
] as const;

type Variable = (typeof VARIABLES)[number] | 'HOME' | 'USERPROFILE';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * A variable that is empty counts as one that is not set.
 *
 * @throws Error when the port cannot be one, or a signing key shall be kept without the revocations
 */
export function readEnvironment(env: Environment): Configuration {
  const text = (name: Variable, fallback = ''): string => env[name] || fallback;
  const integer = (name: Variable, fallback: number): number => readInteger(text(name)) ?? fallback;
  const dbPath = text('AA_DB_PATH') || undefined;
  return {
    port: readPort(text('AA_PORT', '8080')),
    bindAddress: text('AA_BIND_ADDRESS', '127.0.0.1'),
    logLevel: readLogLevel(text('AA_LOG_LEVEL')),
    trustDomain: text('AA_TRUST_DOMAIN', 'agentwrit.local'),
    issuer: text('AA_ISSUER'),
    audience: text('AA_AUDIENCE'),
    defaultTtl: integer('AA_DEFAULT_TTL', 300),
    maxTtl: integer('AA_MAX_TTL', 86_400),
    appTokenTtl: integer('AA_APP_TOKEN_TTL', 1800),
    adminTokenTtl: integer('AA_ADMIN_TOKEN_TTL', 300),
    adminSecret: text('AA_ADMIN_SECRET'),
    seedTokens: text('AA_SEED_TOKENS') === 'true',
    dbPath,
    signingKeyPath: signingKeyPath(text('AA_SIGNING_KEY_PATH'), dbPath),
    tlsMode: readTlsMode(text('AA_TLS_MODE')),
    tlsCert: text('AA_TLS_CERT'),
    tlsKey: text('AA_TLS_KEY'),
    tlsClientCa: text('AA_TLS_CLIENT_CA'),
    configPath: text('AA_CONFIG_PATH'),
    home: text('HOME', text('USERPROFILE')),
  };
}

function signingKeyPath(path: string, dbPath: string | undefined): string | undefined {
  if (dbPath !== undefined) return path || './signing.key';
  if (path === '') return undefined;
  throw new Error(
    'AA_SIGNING_KEY_PATH without AA_DB_PATH: the key would be kept and the revocations forgotten, ' +
      'so revoked tokens would be good again after a restart; set AA_DB_PATH or drop AA_SIGNING_KEY_PATH',
  );
}

// A text to the reference too (protocol §8.1): a wrong one must not become a silent 8080.
function readPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Infinity;
  if (port <= 65_535) return port;
  throw new Error(`AA_PORT must be a whole number from 0 to 65535, got ${JSON.stringify(text)}`);
}

/** What Go's strconv.Atoi takes: a sign, decimal digits, 64 bits. */
export function readInteger(text: string): number | undefined {
  if (!/^[+-]?\d+$/.test(text)) return undefined;
  const value = BigInt(text);
  if (BigInt.asIntN(64, value) !== value) return undefined;
  // As far as a number is exact. Nobody lives as long as that.
  const limit = Number.MAX_SAFE_INTEGER;
  return Math.max(-limit, Math.min(Number(value), limit));
}

function readTlsMode(text: string): Configuration['tlsMode'] {
  return text === 'tls' || text === 'mtls' ? text : 'none';
}
