// What whoever embeds a broker may ask for.

import type { KeyObject } from 'node:crypto';
import type { Log } from './log.js';

/** PEM texts, not paths. */
export interface TlsSettings {
  readonly cert: string;
  readonly key: string;
  /** Every client must show a certificate that one of these issued (mTLS). */
  readonly clientCa?: string;
}

export interface BrokerOptions {
  /**
   * What `POST /v1/admin/auth` asks for, plain text of at most 72 bytes. Default: random, see
   * {@link Broker.adminSecret}.
   */
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
  /**
   * The time in epoch milliseconds; everything that depends on time asks it, and creation does, so that one
   * in seconds is refused. Default `Date.now`.
   */
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
   * all of it is in memory and forgotten with the broker.
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
