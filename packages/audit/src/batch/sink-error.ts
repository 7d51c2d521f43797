// Why a decision could not be recorded.

/** Stable codes. */
export type SinkFault =
  /** The write failed, and was not to be tried again. */
  | 'write_failed'
  /** It was not written within the time. */
  | 'timeout'
  /** Too many are waiting to be written. */
  | 'queue_full'
  /** The sink has been closed. */
  | 'closed';

const MESSAGES: Readonly<Record<SinkFault, string>> = {
  write_failed: 'the decision could not be written',
  timeout: 'the decision was not written in time',
  queue_full: 'too many decisions are waiting to be written',
  closed: 'the sink has been closed',
};

/** A decision was not recorded. Holds nothing of the decision; `cause` is what the write failed with. */
export class SinkError extends Error {
  override readonly name = 'SinkError';
  readonly code: SinkFault;

  constructor(code: SinkFault, options?: { readonly cause?: unknown }) {
    super(MESSAGES[code], options);
    this.code = code;
  }
}
