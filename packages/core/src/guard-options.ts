// What the caller wrote in → checked settings with their defaults out, or a TypeError that names the option.

import {
  assertBoolean,
  assertFunction,
  assertKnownOptions,
  assertNumber,
  assertText,
  assertTexts,
  isTrustDomain,
  parseBrokerUrl,
  type SubjectKind,
} from '@agentwrit/protocol';
import { type Clock, systemClock } from './clock.js';
import type { DecisionSink } from './events.js';
import type { PolicyOptions } from './policy.js';
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
}

export interface GuardSettings {
  readonly broker: URL | InProcessBroker;
  readonly maxAge: number;
  readonly timeoutMs: number;
  readonly maxCachedTokens: number;
  readonly maxTokenLength: number;
  readonly realm: string;
  readonly onDecision: DecisionSink | undefined;
  readonly clock: Clock;
  readonly policy: PolicyOptions;
}

// A guard cannot be told to trust a verdict for longer than any token should live.
const MAX_AGE_SECONDS = 86_400;

const SUBJECTS: readonly SubjectKind[] = ['agent', 'app', 'admin'];

/** @throws TypeError naming the option that is wrong and what is allowed */
export function resolveGuardOptions(options: GuardOptions): GuardSettings {
  assertKnownOptions(options, 'createGuard', GUARD_OPTIONS);
  assertDefined(options);
  const {
    broker,
    maxAge = 5,
    timeoutMs = 2000,
    maxCachedTokens = 10_000,
    maxTokenLength = 16_384,
    allowInsecureHttp = false,
    realm = 'agentwrit',
    onDecision,
    clock = systemClock,
    ...policy
  } = options;
  assertMaxAge(maxAge);
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
    timeoutMs,
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
  assertKnownOptions(options, 'requireScope', ['maxAge']);
  assertDefined(options);
  if (options.maxAge !== undefined) assertMaxAge(options.maxAge);
  return options;
}

const GUARD_OPTIONS: readonly (keyof GuardOptions)[] = [
  'broker',
  'maxAge',
  'timeoutMs',
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
function assertDefined(options: object): void {
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

function assertMaxAge(value: unknown): void {
  assertNumber(value, 'maxAge', { min: 0, max: MAX_AGE_SECONDS });
}

function readBroker(value: unknown, allowInsecureHttp: boolean): URL | InProcessBroker {
  if (typeof value === 'string' || value instanceof URL) {
    return parseBrokerUrl(value, 'broker', { allowInsecureHttp });
  }
  if (isInProcessBroker(value)) return value;
  throw new TypeError(
    '"broker" must be the URL of the broker, such as "http://127.0.0.1:8080", or a broker object with a fetch method, such as createBroker()',
  );
}

function isInProcessBroker(value: unknown): value is InProcessBroker {
  return (
    typeof value === 'object' &&
    value !== null &&
    'fetch' in value &&
    typeof value.fetch === 'function'
  );
}

function assertPolicy(policy: PolicyOptions): void {
  if (policy.audience !== undefined) assertText(policy.audience, 'audience');
  if (policy.issuer !== undefined) assertText(policy.issuer, 'issuer');
  if (policy.trustDomains !== undefined) {
    assertTexts(policy.trustDomains, 'trustDomains');
    const wrong = policy.trustDomains.find((domain) => !isTrustDomain(domain));
    if (wrong !== undefined) {
      throw new TypeError(
        `"trustDomains" has ${JSON.stringify(wrong)}; a trust domain is a-z 0-9 . - _ without scheme`,
      );
    }
  }
  if (policy.subjects !== undefined) {
    assertTexts(policy.subjects, 'subjects');
    const wrong = policy.subjects.find((kind) => !SUBJECTS.includes(kind));
    if (wrong !== undefined) {
      throw new TypeError(
        `"subjects" has ${JSON.stringify(wrong)}; it takes: ${SUBJECTS.join(', ')}`,
      );
    }
  }
}
