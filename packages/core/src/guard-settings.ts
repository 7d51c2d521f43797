// What the caller wrote in → checked settings with their defaults out, or a TypeError that names the option.

import {
  assertBoolean,
  assertFunction,
  assertKnownOptions,
  assertNumber,
  assertText,
  type DecisionSink,
} from '@agentwrit/protocol';
import { type BrokerPlace, readBroker } from './broker-option.js';
import { type Clock, systemClock } from './clock.js';
import type { GuardOptions } from './guard-options.js';
import { assertPolicy, type PolicyOptions } from './policy.js';
import type { Render } from './render.js';
import { type Resource, resolveResource } from './resource-metadata.js';
import type { RevocationFeed } from './revocation-feed.js';
import { readSinks } from './sinks.js';

export interface GuardSettings<Request = unknown> {
  readonly broker: BrokerPlace;
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
  readonly resource: Resource | undefined;
  readonly render: Render<Request> | undefined;
  readonly sinks: readonly DecisionSink[];
  readonly recordTimeoutMs: number;
  readonly clock: Clock;
  readonly policy: PolicyOptions<Request>;
}

// A guard cannot be told to trust a verdict for longer than any token should live.
const MAX_AGE_SECONDS = 86_400;

/** @throws TypeError naming the option that is wrong and what is allowed */
export function resolveGuardOptions<Request>(
  options: GuardOptions<Request>,
): GuardSettings<Request> {
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
    tls,
    realm = 'agentwrit',
    resource,
    resourceMetadata,
    render,
    onDecision,
    recordTimeoutMs = 2000,
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
  if (render !== undefined) assertFunction(render, 'render');
  const sinks = readSinks(onDecision);
  assertNumber(recordTimeoutMs, 'recordTimeoutMs', { min: 1, max: 60_000 });
  if (options.recordTimeoutMs !== undefined && !sinks.some(({ isRequired }) => isRequired)) {
    throw new TypeError(
      '"recordTimeoutMs" needs a sink that is required: nothing else is waited for',
    );
  }
  assertClock(clock);
  assertPolicy(policy);
  return {
    broker: readBroker(broker, { allowInsecureHttp, tls }),
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
    resource: resolveResource(resource, resourceMetadata),
    render,
    sinks,
    recordTimeoutMs,
    clock,
    policy,
  };
}

export const GUARD_OPTIONS: readonly (keyof GuardOptions)[] = [
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
  'tls',
  'audience',
  'issuer',
  'trustDomains',
  'subjects',
  'delegation',
  'task',
  'realm',
  'resource',
  'resourceMetadata',
  'render',
  'onDecision',
  'recordTimeoutMs',
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

export function assertAge(value: unknown, name: string): void {
  assertNumber(value, name, { min: 0, max: MAX_AGE_SECONDS });
}

function assertFeed(feed: unknown): void {
  if (typeof feed !== 'object' || feed === null || !('subscribe' in feed)) {
    throw new TypeError('"feed" must be a revocation feed, such as createAuditFeed()');
  }
  assertFunction(feed.subscribe, 'feed.subscribe');
}
