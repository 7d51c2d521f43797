// What a program says when it makes a guard.

import type { DecisionSink, TlsOptions } from '@agentwrit/protocol';
import type { Clock } from './clock.js';
import type { PolicyOptions } from './policy.js';
import type { Render } from './render.js';
import type { ResourceMetadataOptions } from './resource-metadata.js';
import type { RevocationFeed } from './revocation-feed.js';
import type { InProcessBroker } from './transport.js';

export interface GuardOptions<Request = unknown> extends PolicyOptions<Request> {
  /** The broker's base URL, or a broker object in this process (`createBroker()`). */
  readonly broker: string | URL | InProcessBroker;
  /**
   * The longest a revoked token keeps working, in seconds: a request is admitted only on a validation that
   * began at most this long before it arrived. `0` asks every time. Default 5; any value per route.
   */
  readonly maxAge?: number;
  /** Deadline for one call to the broker, over connection, headers and body, in milliseconds. Default 2000. */
  readonly timeoutMs?: number;
  /**
   * While the broker cannot be asked, a verdict may be this much older than `maxAge`, in seconds: revoked
   * tokens then keep working for longer, others keep working at all. Decisions say `source: 'grace'`. Default
   * 0: never. Routes with `maxAge: 0` have none unless they say so themselves.
   */
  readonly grace?: number;
  /** Tells of revocations as they happen, so that `maxAge` can be long. Default: none. */
  readonly feed?: RevocationFeed;
  /**
   * With a feed: how old the knowledge of revocations may be, in seconds, when the feed falls silent. That is
   * then the longest a revoked token keeps working, whatever `maxAge` is. Default 5.
   */
  readonly maxAgeWithoutFeed?: number;
  /** Calls to the broker that run at once; as many connections. Default 64. */
  readonly maxConcurrentCalls?: number;
  /** Calls that wait for their turn; more are refused with 503. Default 1,000. */
  readonly maxQueuedCalls?: number;
  /** Tokens whose verdict is remembered; the least recently used go first. Default 10,000. */
  readonly maxCachedTokens?: number;
  /**
   * Longest token that is looked at, in characters. Default 16,384, which is what Node takes of headers in all;
   * a token with five delegation records of 25 scopes each has about 9,000.
   */
  readonly maxTokenLength?: number;
  /** Allows plain `http:` to a broker on another host: tokens then cross the network in the clear. */
  readonly allowInsecureHttp?: boolean;
  /** For a broker behind a certificate authority of your own, or one that asks for a client certificate. Node only. */
  readonly tls?: TlsOptions;
  /** Names the protected space in challenges. Default `agentwrit`. */
  readonly realm?: string;
  /**
   * This API's own address, as callers know it. Challenges then name its metadata document (RFC 9728), which
   * `resourceMetadata()` serves.
   */
  readonly resource?: string | URL;
  /** What else the metadata document says. */
  readonly resourceMetadata?: ResourceMetadataOptions;
  /** Writes the bodies of refusals: see {@link Render}. */
  readonly render?: Render<Request>;
  /**
   * Called with one event for every decision; several are called in this order. Where one is required
   * ({@link DecisionSink.isRequired}), requests are let in only when they are on its record.
   */
  readonly onDecision?: DecisionSink | readonly DecisionSink[];
  /**
   * With a required sink: how long a request waits until it is on record, in milliseconds, before it is refused
   * with 503 `audit_unavailable`. Default 2000.
   */
  readonly recordTimeoutMs?: number;
  /** For tests. Default: the system's clocks. */
  readonly clock?: Clock;
}
