// What a guard tells of one decision: the shape that guards write and audit sinks, reports and reviewers read.

import { Fields } from './fields.js';
import { WireError } from './wire-error.js';

/** Stable codes: part of problem bodies, events and metrics. */
export const REFUSAL_REASONS = [
  'missing_token',
  'invalid_request',
  'invalid_token',
  'insufficient_scope',
  'policy_denied',
  'broker_unavailable',
  'overloaded',
  'audit_unavailable',
  'internal_error',
] as const;

export type RefusalReason = (typeof REFUSAL_REASONS)[number];

const OUTCOMES = ['allow', 'anonymous', 'refuse'] as const;

const PROOF_SOURCES = ['broker', 'cache', 'grace'] as const;

/** Where the broker's word for a request comes from, and how long ago it was asked for. */
export interface Proof {
  /**
   * `broker`: asked for this request, or while it waited. `cache`: remembered, at most `maxAge` old. `grace`:
   * older, because the broker cannot be asked.
   */
  readonly source: (typeof PROOF_SOURCES)[number];
  /** Whole milliseconds, rounded up. */
  readonly ageMs: number;
}

/** A scope that a request needed, and the one of the token's that covered it. */
export interface UsedScope {
  readonly required: string;
  /** The same text where the token holds it, else the wildcard. */
  readonly held: string;
}

/**
 * Rises when a key changes its meaning or goes, or when a key that has a fixed set of values gets another. New
 * keys may come without it.
 */
export const DECISION_EVENT_VERSION = 1;

/** One per decision. Holds no token, no header and no query, and of the path only what the route's pattern is. */
export interface DecisionEvent {
  readonly version: typeof DECISION_EVENT_VERSION;
  /** Milliseconds since 1970. */
  readonly time: number;
  /** `anonymous`: let pass without credentials, where `optional` allows it. */
  readonly outcome: (typeof OUTCOMES)[number];
  /** Why it was refused. */
  readonly reason?: RefusalReason;
  /** More than the reason says, in one fixed word: `audience`, `timeout`, … */
  readonly cause?: string;
  /** For an operator, where the broker could not be asked or the route is at fault: what to mend. */
  readonly detail?: string;
  readonly method: string;
  /**
   * The route's pattern, where the framework knows it. Of a router that is mounted at a pattern Express tells only
   * what it matched, which then stands before the pattern.
   */
  readonly route?: string;
  /** The caller's own where it was fit to be passed on: at most 128 visible ASCII characters. */
  readonly requestId: string;
  /** Where the request came from, as the framework has it; what it believes of proxies is its own setting. */
  readonly clientAddress?: string;
  /**
   * What the request needed; as declared when it could not be worked out. Filled from path parameters, which
   * the caller chooses: escape it before writing it as plain text (JSON does).
   */
  readonly requiredScope: readonly string[];
  /** One of them is enough; absent where all are needed. */
  readonly requiredScopeMatch?: 'any';
  /**
   * Of a request that is let in: what covered what it needed, in that order; where one of several is enough,
   * the first that was covered. Absent where nothing was needed but a good token.
   */
  readonly usedScope?: readonly UsedScope[];
  /** The token's `sub`. This and all that follow are known when the broker vouched for the token. */
  readonly agentId?: string;
  /** Of a delegated token, the delegator's; so is `orchId`. */
  readonly taskId?: string;
  readonly orchId?: string;
  /** The token's `jti`. */
  readonly tokenId?: string;
  readonly grantedScope?: readonly string[];
  /** Hops; 0 for an agent that acts with its own authority. */
  readonly delegationDepth?: number;
  /** Whose authority it is: the first delegator. */
  readonly delegationRoot?: string;
  /** Lower-case hex SHA-256 of the delegation chain, as the broker wrote it into the token (protocol §3.8). */
  readonly delegationChainHash?: string;
  readonly proof?: Proof;
  /** From the request's arrival at the guard to the decision, whole microseconds. */
  readonly durationUs: number;
}

/**
 * Called with decisions, each once and frozen. May throw, or return a promise that rejects: the decision stands,
 * unless the sink is required.
 */
export interface DecisionSink {
  (event: DecisionEvent): unknown;
  /**
   * A request is let in only when the promise that is returned for its decision has been kept; otherwise it is
   * refused with 503 `audit_unavailable`. Refusals do not wait. Default false.
   */
  readonly isRequired?: boolean;
}

/**
 * Reads an event back from JSON. Members it does not know are dropped.
 *
 * @throws WireError naming the member, never its value
 */
export function readDecisionEvent(value: unknown, path = 'decision'): DecisionEvent {
  const fields = new Fields(value, path);
  const version = fields.integer('version');
  if (version !== DECISION_EVENT_VERSION) {
    throw new WireError(`${path}.version`, `version ${DECISION_EVENT_VERSION}`, version);
  }
  const optionalTexts = [
    'cause',
    'detail',
    'route',
    'clientAddress',
    'agentId',
    'taskId',
    'orchId',
    'tokenId',
    'delegationRoot',
    'delegationChainHash',
  ] as const;
  const texts: { -readonly [Key in (typeof optionalTexts)[number]]?: string } = {};
  for (const key of optionalTexts) {
    const text = fields.optionalString(key);
    if (text !== undefined) texts[key] = text;
  }
  const depth = fields.optionalInteger('delegationDepth');
  return {
    version,
    time: fields.integer('time'),
    outcome: oneOf(OUTCOMES, fields, 'outcome'),
    ...(fields.raw('reason') !== undefined && { reason: oneOf(REFUSAL_REASONS, fields, 'reason') }),
    ...texts,
    method: fields.string('method'),
    requestId: fields.string('requestId'),
    requiredScope: fields.strings('requiredScope'),
    ...(fields.raw('requiredScopeMatch') !== undefined && {
      requiredScopeMatch: oneOf(['any'] as const, fields, 'requiredScopeMatch'),
    }),
    ...(fields.raw('usedScope') !== undefined && {
      usedScope: fields.list('usedScope', readUsedScope),
    }),
    ...(fields.raw('grantedScope') !== undefined && {
      grantedScope: fields.strings('grantedScope'),
    }),
    ...(depth !== undefined && { delegationDepth: depth }),
    ...(fields.raw('proof') !== undefined && { proof: readProof(fields.raw('proof'), path) }),
    durationUs: fields.integer('durationUs'),
  };
}

function readUsedScope(value: unknown, path: string): UsedScope {
  const fields = new Fields(value, path);
  return { required: fields.text('required'), held: fields.text('held') };
}

function readProof(value: unknown, path: string): Proof {
  const fields = new Fields(value, `${path}.proof`);
  return { source: oneOf(PROOF_SOURCES, fields, 'source'), ageMs: fields.integer('ageMs') };
}

function oneOf<Word extends string>(words: readonly Word[], fields: Fields, key: string): Word {
  const text = fields.text(key);
  const word = words.find((candidate) => candidate === text);
  if (word !== undefined) return word;
  throw new WireError(`${fields.path}.${key}`, `one of ${words.join(', ')}`, text);
}
