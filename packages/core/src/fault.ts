/** Why the broker could not be asked. None of these says anything about the token. */
export type FaultCode =
  /** No whole answer within the deadline. */
  | 'timeout'
  /** The connection failed before a whole answer arrived. */
  | 'connection'
  /** Any status but 200: the broker answers 200 for good and bad tokens alike (protocol §2.4). */
  | 'unexpected_status'
  /** The answer is too large, not JSON, or not what the protocol says. */
  | 'malformed_answer'
  /** It has failed several times in a row, and is left alone for a moment. */
  | 'circuit_open'
  /** Too many calls are waiting for their turn. */
  | 'overloaded'
  /** The guard was told of a revocation of the token each time it asked about it. */
  | 'revoked_meanwhile'
  /** The guard has been closed. */
  | 'closed';

export interface BrokerFaultOptions {
  readonly retryAfterSeconds?: number | undefined;
  /** Default true. */
  readonly isOutage?: boolean;
}

/**
 * The broker could not be asked, or did not give an answer that can be trusted. Becomes 503: never a
 * refusal of the token, never an acceptance. The message contains no part of request or answer bodies, and
 * there is no `cause`: a client's own errors can carry the bytes they choked on.
 */
export class BrokerFault extends Error {
  override readonly name = 'BrokerFault';
  readonly code: FaultCode;
  /** Whole seconds, when the broker said so itself. */
  readonly retryAfterSeconds: number | undefined;
  /** Whether it says that the broker is in trouble. One odd answer about one token does not. */
  readonly isOutage: boolean;

  constructor(code: FaultCode, message: string, options: BrokerFaultOptions = {}) {
    super(message);
    this.code = code;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.isOutage = options.isOutage ?? true;
  }
}
