// What went wrong with an audit file in → the error for callers, and the fault for the operator, out.

/** Stable: programs and alerts tell faults apart by them. */
export type AuditFileErrorCode =
  /** A folder, a pipe, a device. */
  | 'not_a_file'
  /** The file, its folder or its lock cannot be opened or made. */
  | 'open_failed'
  /** Another writer has the file. */
  | 'in_use'
  /** It has lines, and the last is no audit event. Nothing is written to it. */
  | 'not_a_log'
  /** Its last event was changed, or events that were on disk are gone. Nothing is written to it. */
  | 'damaged'
  /** Somebody else writes into the file. Nothing is written to it from then on. */
  | 'foreign_write'
  /** More events wait than may. */
  | 'queue_full'
  /** Disk full, no permission, I/O error: the `cause` says. It is tried again. */
  | 'write_failed'
  /** What the sink was called with is no decision, or one of more than 1 MiB. */
  | 'bad_event'
  /** The audit file was closed. */
  | 'closed'
  /** The file ended within a line, as after a crash. The rest was moved to `PATH.torn`. */
  | 'torn'
  /** The file was moved, removed or cut short from outside. Writing goes on. */
  | 'changed_outside'
  /** The file could not be rotated and grows on, or an old one could not be deleted. */
  | 'rotation_failed';

/**
 * An audit file cannot be had or written. The message names the file; nothing of an event is in it.
 * `cause` is the system's error, where there is one.
 */
export class AuditFileError extends Error {
  override readonly name = 'AuditFileError';
  readonly code: AuditFileErrorCode;

  constructor(code: AuditFileErrorCode, message: string, cause?: unknown) {
    super(
      cause === undefined ? message : `${message} (${systemCode(cause) ?? 'unknown error'})`,
      cause === undefined ? undefined : { cause },
    );
    this.code = code;
  }
}

/** `ENOSPC`, `EACCES`; `undefined` when it is no error of the system. */
export function systemCode(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}
