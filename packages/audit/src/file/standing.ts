// The lock of an audit file, and what was found in the file, in → whether it may still be written out.

import type { OpenFile } from './disk.js';
import { AuditFileError } from './file-error.js';
import type { FileLock } from './lock.js';

/** Each is for good: nothing more is written. */
const REASONS = {
  in_use: 'was taken over by another',
  foreign_write: 'is written by somebody else: nothing more is written to it',
  damaged: 'no longer ends with what was written',
  closed: 'was closed',
} as const;

export class Standing {
  readonly #path: string;
  readonly #lock: Pick<FileLock, 'isHeld'>;
  #stopped: AuditFileError | undefined;

  constructor(path: string, lock: Pick<FileLock, 'isHeld'>) {
    this.#path = path;
    this.#lock = lock;
  }

  /** @returns the error to throw, now and whenever the file is to be written later */
  stop(reason: keyof typeof REASONS): AuditFileError {
    this.#stopped ??= new AuditFileError(reason, `${this.#path} ${REASONS[reason]}`);
    return this.#stopped;
  }

  /**
   * A process that stood still for long may have been taken for gone.
   *
   * @throws AuditFileError what it was stopped with, or `in_use`; or the system's error
   */
  assertOurs(): void {
    if (this.#stopped) throw this.#stopped;
    if (!this.#lock.isHeld()) throw this.stop('in_use');
  }

  /**
   * What was synced is acknowledged, or built upon: it stands in a file that has a name, whatever that is by now,
   * and nobody has written in between.
   *
   * @param written how long the file is, if so
   * @throws AuditFileError as `assertOurs`, or `foreign_write`; another error when part of it is gone
   */
  assertWhole(file: OpenFile, written: number): void {
    this.assertOurs();
    const { size, isLinked } = file.stat();
    if (size > written) throw this.stop('foreign_write');
    if (size < written || !isLinked) throw new Error('cut or removed meanwhile');
  }
}
