// The broker's address and an operator's secret in → a feed of revocations, read off the broker's audit log,
// out (protocol §2.6, §2.7, §2.9, §7).

import {
  assertBoolean,
  assertKnownOptions,
  assertNumber,
  assertText,
  type TlsOptions,
} from '@agentwrit/protocol';
import { createAuditSession } from './audit-session.js';
import { type PollTime, systemTime, tailAuditLog } from './audit-tail.js';
import { readBroker } from './broker-option.js';
import { assertDefined } from './guard-settings.js';
import { type Platform, reachBroker } from './platform.js';
import type { RevocationFeed } from './revocation-feed.js';
import type { InProcessBroker } from './transport.js';

export interface AuditFeedOptions {
  /** The broker's base URL, or a broker object in this process (`createBroker()`): the guard's. */
  readonly broker: string | URL | InProcessBroker;
  /** What `POST /v1/admin/auth` asks for. An operator's: it opens more than the audit log. */
  readonly adminSecret: string;
  /** From the beginning of one look at the log to the next, in milliseconds. 100 to 60,000, default 1000. */
  readonly pollMs?: number;
  /** Deadline of each request, over connection, headers and body, in milliseconds. Default 2000. */
  readonly timeoutMs?: number;
  /** Allows plain `http:` to a broker on another host: the secret then crosses the network in the clear. */
  readonly allowInsecureHttp?: boolean;
  /** For a broker behind a certificate authority of your own, or one that asks for a client certificate. */
  readonly tls?: TlsOptions;
}

const AUDIT_FEED_OPTIONS: readonly (keyof AuditFeedOptions)[] = [
  'broker',
  'adminSecret',
  'pollMs',
  'timeoutMs',
  'allowInsecureHttp',
  'tls',
];

export type CreateAuditFeed = (options: AuditFeedOptions) => RevocationFeed;

/** `createAuditFeed`, as it is on that platform. */
export function auditFeedOn(platform: Platform): CreateAuditFeed {
  return (options) => createTimedAuditFeed(options, systemTime, platform);
}

/** The same, in a time of its own. */
export function createTimedAuditFeed(
  options: AuditFeedOptions,
  time: PollTime,
  platform: Platform,
): RevocationFeed {
  if (!platform.sharesWork) {
    throw new TypeError(
      '"createAuditFeed" needs a process that lives between requests, which there is not here: use a short "maxAge" ' +
        'instead, or push revocations with a feed of your own. (Is this Node? Then bundle with the condition "node".)',
    );
  }
  assertKnownOptions(options, 'createAuditFeed', AUDIT_FEED_OPTIONS);
  assertDefined(options);
  const { adminSecret, pollMs = 1000, timeoutMs = 2000, allowInsecureHttp = false, tls } = options;
  assertText(adminSecret, 'adminSecret');
  assertNumber(pollMs, 'pollMs', { min: 100, max: 60_000 });
  assertNumber(timeoutMs, 'timeoutMs', { min: 1, max: 60_000 });
  assertBoolean(allowInsecureHttp, 'allowInsecureHttp');
  const broker = readBroker(options.broker, { allowInsecureHttp, tls });
  // Nothing but a function: the secret shows nowhere, however the feed is printed.
  return {
    subscribe(sink) {
      const transport = reachBroker(broker, platform, { connections: 1, timeoutMs });
      const { monotonic } = time;
      const session = createAuditSession(transport, { adminSecret, timeoutMs, monotonic });
      return tailAuditLog({ session, sink, pollMs, time });
    },
  };
}
