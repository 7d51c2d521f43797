// What happened in a world, each with its place in the order of everything → read by the oracle.

import type { DecisionEvent, GuardOptions, Revocation } from '../../src/index.js';

/** Where something stands among everything that happened, and when that was. */
export interface Instant {
  readonly seq: number;
  /** Monotonic milliseconds. */
  readonly at: number;
  /** Milliseconds since 1970, by the guard's clock. */
  readonly wall: number;
}

/** `connection`: the broker cannot be reached; the guard tries once more. */
export type FaultKind = 'connection' | 'status' | 'nonsense';

/** One validation: it began when the guard called the broker. */
export interface Call {
  readonly began: Instant;
  /** When the question began that it belongs to: earlier, where a connection had failed. */
  readonly asked: Instant;
  readonly requestId: string;
  readonly token: number;
  readonly signal: AbortSignal;
  readonly settle: (answer: Response | Error) => void;
  /** Whether the token was good when the broker looked. */
  found?: boolean;
  outcome?: 'valid' | 'invalid' | 'fault';
  ended?: Instant;
}

/** What the feed had said when a request arrived. */
export interface FeedWord {
  /** It had told of all that was revoked before then; monotonic milliseconds. */
  readonly syncedAt: number;
  /** What was asked before this may have been revoked behind its back. */
  readonly inStepSince: number;
}

export interface Decided extends Instant {
  readonly event: DecisionEvent;
  /** Whether so many calls in a row have failed, so lately, that the guard may leave it alone. */
  readonly isBrokerDown: boolean;
}

export interface Arrival extends Instant {
  readonly token: number;
  readonly maxAgeMs: number;
  readonly feed: FeedWord;
  decided?: Decided;
}

/** Something that makes a guard ask again; without a revocation it may be about anything. */
export interface Told {
  readonly seq: number;
  readonly revocation?: Revocation;
}

/** Requests that arrived together. */
export interface Crowd {
  readonly first: Arrival;
  readonly count: number;
  /** By then all that could follow at once had followed. */
  readonly until: number;
}

export interface WorldSettings {
  /** `maxAgeWithoutFeed` in seconds; `undefined`: no feed. */
  readonly feedAge: number | undefined;
  /** Tokens that are good when it begins. */
  readonly issued: readonly number[];
  /** What `Math.random` says. */
  readonly chance: number;
  /** Each request asks for itself, and nobody waits for a turn. */
  readonly sharesNothing?: true;
  readonly guard: Required<
    Pick<GuardOptions, 'grace' | 'timeoutMs' | 'maxConcurrentCalls' | 'maxCachedTokens'>
  >;
}

export interface WorldRecord {
  readonly settings: WorldSettings;
  readonly calls: Call[];
  readonly arrivals: Arrival[];
  readonly crowds: Crowd[];
  readonly told: Told[];
  /** Decisions on no request, or on one that was decided before. */
  strays: number;
  /** When a deadline of the guard's passed. */
  readonly deadlines: number[];
}
