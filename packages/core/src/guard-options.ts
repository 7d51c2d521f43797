// What the caller wrote in → checked settings with their defaults out, or a TypeError that names the option.

import {
  assertBoolean,
  assertFunction,
  assertKnownOptions,
  assertNumber,
  assertText,
} from '@agentwrit/protocol';
import { readBroker } from './broker-option.js';
import { type Clock, systemClock } from './clock.js';
import type { DecisionSink } from './events.js';
import { assertPolicy, type PolicyOptions } from './policy.js';
import type { RevocationFeed } from './revocation-feed.js';
import type { InProcessBroker } from './transport.js';

export interface GuardOptions extends PolicyOptions {
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
  /** Names the protected space in challenges. Default `agentwrit`. */
  readonly realm?: string;
  /** Called with one event for every decision. */
  readonly onDecision?: DecisionSink;
  /** For tests. Default: the system's clocks. */
  readonly clock?: Clock;
}

export interface RouteOptions {
  /** The guard's `maxAge`, for this route, in seconds. `0` asks the broker on every request. */
  readonly maxAge?: number;
  /** The guard's `grace`, for this route, in seconds. */
  readonly grace?: number;
}

export interface GuardSettings {
  readonly broker: URL | InProcessBroker;
  readonly maxAge: number;
  readonly grace: number;
  readonly feed: RevocationFeed | undefined;
  readonly maxAgeWithoutFeed: number;
  readonly timeoutMs: number;
  readonly maxConcurrentCalls: number;
  readonly maxQueuedCalls: number;
  readonly maxCachedTokens: number;
  readonly maxTokenLength: number;
  readonly realm: string;
  readonly onDecision: DecisionSink | undefined;
  readonly clock: Clock;
  readonly policy: PolicyOptions;
}

// A guard cannot be told to trust a verdict for longer than any token should live.
const MAX_AGE_SECONDS = 86_400;

/** @throws TypeError naming the option that is wrong and what is allowed */
export function resolveGuardOptions(options: GuardOptions): GuardSettings {
  assertKnownOptions(options, 'createGuard', GUARD_OPTIONS);
  assertDefined(options);
  const {
    broker,
    maxAge = 5,
    grace = 0,
    feed,
    maxAgeWithoutFeed = 5,
    timeoutMs = 2000,
    maxConcurrentCalls = 64,
    maxQueuedCalls = 1000,
    maxCachedTokens = 10_000,
    maxTokenLength = 16_384,
    allowInsecureHttp = false,
    realm = 'agentwrit',
    onDecision,
    clock = systemClock,
    ...policy
  } = options;
  assertAge(maxAge, 'maxAge');
  assertAge(grace, 'grace');
  if (feed !== undefined) assertFeed(feed);
  else if (options.maxAgeWithoutFeed !== undefined) {
    throw new TypeError('"maxAgeWithoutFeed" needs a "feed"; without one, "maxAge" says it all');
  }
  assertAge(maxAgeWithoutFeed, 'maxAgeWithoutFeed');
  assertNumber(maxConcurrentCalls, 'maxConcurrentCalls', { min: 1, max: 1024, isWhole: true });
  assertNumber(maxQueuedCalls, 'maxQueuedCalls', { min: 0, max: 100_000, isWhole: true });
  assertNumber(timeoutMs, 'timeoutMs', { min: 1, max: 60_000 });
  assertNumber(maxCachedTokens, 'maxCachedTokens', { min: 1, max: 10_000_000, isWhole: true });
  assertNumber(maxTokenLength, 'maxTokenLength', { min: 256, max: 65_536, isWhole: true });
  assertBoolean(allowInsecureHttp, 'allowInsecureHttp');
  assertText(realm, 'realm');
  if (onDecision !== undefined) assertFunction(onDecision, 'onDecision');
  assertClock(clock);
  assertPolicy(policy);
  return {
    broker: readBroker(broker, allowInsecureHttp),
    maxAge,
    grace,
    feed,
    maxAgeWithoutFeed,
    timeoutMs,
    maxConcurrentCalls,
    maxQueuedCalls,
    maxCachedTokens,
    maxTokenLength,
    realm,
    onDecision,
    clock,
    policy,
  };
}

/** @throws TypeError naming the option that is wrong and what is allowed */
export function resolveRouteOptions(options: RouteOptions): RouteOptions {
  assertKnownOptions(options, 'requireScope', ['maxAge', 'grace']);
  assertDefined(options);
  if (options.maxAge !== undefined) assertAge(options.maxAge, 'maxAge');
  if (options.grace !== undefined) assertAge(options.grace, 'grace');
  return options;
}

const GUARD_OPTIONS: readonly (keyof GuardOptions)[] = [
  'broker',
  'maxAge',
  'grace',
  'feed',
  'maxAgeWithoutFeed',
  'timeoutMs',
  'maxConcurrentCalls',
  'maxQueuedCalls',
  'maxCachedTokens',
  'maxTokenLength',
  'allowInsecureHttp',
  'audience',
  'issuer',
  'trustDomains',
  'subjects',
  'realm',
  'onDecision',
  'clock',
];

// `audience: process.env.AUDIENCE` must not turn the check off on the machine where nobody has set it.
export function assertDefined(options: object): void {
  const name = Object.entries(options).find(([, value]) => value === undefined)?.[0];
  if (name !== undefined) {
    throw new TypeError(
      `"${name}" is undefined (an environment variable that is not set?): give it a value, or leave it out`,
    );
  }
}

function assertClock(clock: unknown): void {
  if (typeof clock !== 'object' || clock === null) {
    throw new TypeError('"clock" must be an object with now and monotonic');
  }
  const { now, monotonic } = clock as Partial<Clock>;
  assertFunction(now, 'clock.now');
  assertFunction(monotonic, 'clock.monotonic');
}

function assertAge(value: unknown, name: string): void {
  assertNumber(value, name, { min: 0, max: MAX_AGE_SECONDS });
}

function assertFeed(feed: unknown): void {
  if (typeof feed !== 'object' || feed === null || !('subscribe' in feed)) {
    throw new TypeError('"feed" must be a revocation feed, such as createAuditFeed()');
  }
  assertFunction(feed.subscribe, 'feed.subscribe');
}
