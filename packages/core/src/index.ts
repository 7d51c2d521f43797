// For Node: connections of our own to the broker.

import { auditFeedOn, type CreateAuditFeed } from './audit-feed.js';
import { agentWritOn, type CreateAgentWrit, type FromEnv, fromEnvOn } from './create-agentwrit.js';
import { type CreateGuard, guardOn } from './guard.js';
import type { Platform } from './platform.js';
import { createPoolTransport } from './pool-transport.js';

export * from './exports.js';

const platform: Platform = { createTransport: createPoolTransport, sharesWork: true };

/**
 * Protects any number of routes with one cache and one pool of connections to the broker. Does no I/O of its
 * own: it may be called where a Worker starts.
 *
 * @throws TypeError naming the option that is wrong and what is allowed
 */
export const createGuard: CreateGuard = guardOn(platform);

/**
 * Follows the broker's audit log, so that a guard with a long `maxAge` hears of every revocation, release and
 * renewal within a poll. Each guard that it is given to has its own log-in and its own polls, until it closes.
 *
 * @throws TypeError naming the option that is wrong and what is allowed; always where no process lives between
 * requests, as in a Worker
 * @example
 * const feed = createAuditFeed({ broker, adminSecret });
 * const guard = createGuard({ broker, feed, maxAge: 300 });
 */
export const createAuditFeed: CreateAuditFeed = auditFeedOn(platform);

/**
 * The guard for handlers `(Request) => Response`: one cache, one pool of connections to the broker.
 *
 * @throws TypeError naming the option that is wrong and what is allowed
 * @example
 * const { withScope } = createAgentWrit({ broker: 'http://127.0.0.1:8080', audience: 'orders' });
 */
export const createAgentWrit: CreateAgentWrit = agentWritOn(createGuard);

/**
 * The same, with the broker from `AGENTWRIT_BROKER_URL`.
 *
 * @throws TypeError when that is not set
 */
export const fromEnv: FromEnv = fromEnvOn(createGuard);
