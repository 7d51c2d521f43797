// What can go wrong between a call and its result. Callers branch on `code`.

import type { BrokerErrorCode, WireError } from '@agentwrit/protocol';

/** The codes known here; a broker or proxy may send others, which pass through as they are. */
export type AgentWritErrorCode =
  /** The agent or delegated token was released: nothing was sent. */
  | 'released'
  /** Renewing it is no longer possible. */
  | 'authority_lost'
  /** The broker does not vouch for the token. */
  | 'invalid_token'
  /** The app or operator was closed: nothing was sent. */
  | 'closed'
  /** Connection, name look-up or HTTP failed before a complete answer arrived. */
  | 'transport'
  /** No complete answer within the deadline. */
  | 'timeout'
  /** A success answer that is not what the protocol says. */
  | 'malformed_answer'
  /** The audit log does not go on where it was left: it is another one, and events may be missing. */
  | 'audit_gap'
  /** The key pair could not be made or used. */
  | 'crypto'
  /** Any status but 2xx whose body carries no code of its own. */
  | 'problem_response'
  | BrokerErrorCode
  | (string & {});

/** The base of every error of this package except `TypeError`, which says the call itself was wrong. */
export class AgentWritError extends Error {
  override readonly name: string = 'AgentWritError';
  readonly code: AgentWritErrorCode;

  constructor(code: AgentWritErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** No complete answer arrived. The request may have taken effect at the broker all the same. */
export class TransportError extends AgentWritError {
  override readonly name = 'TransportError';
  declare readonly code: 'transport' | 'timeout';

  constructor(code: 'transport' | 'timeout', brokerUrl: string, cause: Error) {
    super(code, `broker unreachable at ${brokerUrl}: ${summary(cause)}`, { cause });
  }
}

/** The broker answered with success, but not in the shape the protocol gives that answer. */
export class MalformedAnswerError extends AgentWritError {
  override readonly name = 'MalformedAnswerError';
  declare readonly code: 'malformed_answer';

  constructor(path: string, cause: WireError) {
    super('malformed_answer', `malformed answer to ${path}: ${cause.message}`, { cause });
  }
}

/**
 * Part of a delegation that the broker would refuse: a scope that is not held, or one hop too many. Found before
 * anything was sent; the code is the broker's.
 */
export class DelegationError extends AgentWritError {
  override readonly name = 'DelegationError';
  declare readonly code: 'scope_violation';
  /** The scopes asked for that are not held; empty when the chain is too long. */
  readonly missing: readonly string[];

  constructor(message: string, missing: readonly string[] = []) {
    super('scope_violation', message);
    this.missing = missing;
  }
}

const LOSSES = {
  /** Revoked, or released or renewed elsewhere: whoever did that meant it. */
  refused: 'the broker refuses its token',
  /** It ran out before it could be renewed: a new agent may well be allowed to go on. */
  expired: 'its token ran out before it could be renewed',
  /** The app was closed, over whose connection it was renewed. */
  closed: 'its app was closed',
} as const;

/** Renewing is no longer possible; `reason` says why, and `cause` how that was learnt. */
export class AuthorityLostError extends AgentWritError {
  override readonly name = 'AuthorityLostError';
  declare readonly code: 'authority_lost';
  /** Whose. */
  readonly agentId: string;
  readonly reason: keyof typeof LOSSES;

  constructor(agentId: string, reason: keyof typeof LOSSES, cause: Error) {
    const message = `${agentId} has lost its authority: ${LOSSES[reason]} (${summary(cause)})`;
    super('authority_lost', message, { cause });
    this.agentId = agentId;
    this.reason = reason;
  }
}

/** A key pair could not be generated, or did not sign as it should. */
export class CryptoError extends AgentWritError {
  override readonly name = 'CryptoError';
  declare readonly code: 'crypto';

  constructor(message: string, options?: ErrorOptions) {
    super('crypto', message, options);
  }
}

// When every address of a host fails, Node's AggregateError has a code but an empty message.
function summary(cause: Error): string {
  if (cause.message !== '') return cause.message;
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.name;
}
