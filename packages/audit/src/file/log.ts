// Lines in → the same in the file, whole or not at all, out. Knows where the last whole line ends, and sees to
// it that nothing but that is in front of the next.

import { dirname } from 'node:path';
import type { ChainEnd } from '../chain.js';
import type { Disk, OpenFile } from './disk.js';
import { AuditFileError } from './file-error.js';
import type { HeldFile } from './held-file.js';
import type { FileLock } from './lock.js';
import { type OpenedLog, repairTail } from './opening.js';
import { moveAside, removeOldest } from './rotated.js';
import { Standing } from './standing.js';
import { readTail } from './tail.js';

export interface LogOptions {
  readonly disk: Disk;
  readonly path: string;
  readonly lock: Pick<FileLock, 'isHeld'>;
  /** Whether `append` resolves only when the lines are on disk. */
  readonly isDurable: boolean;
  /** 0: never. */
  readonly rotateBytes: number;
  /** Rotated ones; `undefined`: all. */
  readonly keepFiles: number | undefined;
  readonly report: (fault: AuditFileError) => void;
}

/** Whole lines, and the last of them. */
export interface Lines {
  readonly bytes: Uint8Array;
  readonly end: ChainEnd;
}

/** How far the file is good. */
interface Mark extends ChainEnd {
  readonly size: number;
  /** Of the last line; not that of the chain where lines were taken away from outside. */
  readonly lastHash: string | undefined;
}

/** One call at a time. */
export class Log {
  readonly #options: LogOptions;
  readonly #held: HeldFile;
  readonly #standing: Standing;
  #written: Mark;
  #synced: Mark;
  #firstNumber: number;
  #rotateAt: number;
  /** There may be half a batch behind the last whole line. */
  #isTorn = false;
  /** A sync has failed: what was written since the last one may be lost, whatever the system says later. */
  #isDoubted = false;
  /** Such a sync was of lines that are not written anew. */
  #isUnsure = false;
  /** The file's name may not be on disk yet. */
  #isNew = true;
  #rotations = 0;

  constructor(options: LogOptions, opened: OpenedLog) {
    this.#options = options;
    this.#held = opened.held;
    this.#standing = new Standing(options.path, options.lock);
    const { size, end } = opened;
    this.#written = { ...end, size, lastHash: size > 0 ? end.hash : undefined };
    this.#synced = this.#written;
    this.#firstNumber = opened.firstNumber;
    this.#rotateAt = options.rotateBytes > 0 ? options.rotateBytes : Infinity;
  }

  /** The last event in the file. */
  get end(): ChainEnd {
    return this.#written;
  }

  /** Whether lines that count may be lost, though later syncs went well: Linux forgets what it could not sync. */
  get isUnsure(): boolean {
    return this.#isUnsure;
  }

  get rotations(): number {
    return this.#rotations;
  }

  /**
   * @param seal makes the lines that go behind the end of the chain
   * @throws AuditFileError `in_use`, `foreign_write`, `damaged`, or the system's error: then none of the lines counts
   */
  async append(seal: (end: ChainEnd) => Lines): Promise<void> {
    let file = await this.#prepare();
    const { bytes, end } = seal(this.#written);
    if (bytes.length === 0) return;
    if (this.#written.size > 0 && this.#written.size + bytes.length > this.#rotateAt) {
      file = await this.#rotate(file);
    }
    this.#isTorn = true;
    for (let at = 0; at < bytes.length; ) {
      const count = await file.write(bytes.subarray(at));
      if (count === 0) throw new Error('nothing was written');
      at += count;
    }
    this.#isTorn = false;
    this.#written = { ...end, size: this.#written.size + bytes.length, lastHash: end.hash };
    if (this.#options.isDurable) await this.#sync(file);
  }

  /** Resolves when all that was appended since the last sync is on disk. */
  async sync(): Promise<void> {
    await this.#sync(await this.#prepare());
  }

  close(): void {
    this.#held.close();
    this.#standing.stop('closed');
  }

  /**
   * Puts right what the last fault left, and looks whether the file is still the one that was left.
   *
   * @throws AuditFileError `in_use`, `foreign_write`, `damaged`, or the system's error
   */
  async #prepare(): Promise<OpenFile> {
    this.#standing.assertOurs();
    if (this.#isDoubted) this.#reread();
    const file = this.#held.file ?? this.#openNew();
    if (this.#isTorn) {
      if (file.stat().size > this.#written.size) file.truncate(this.#written.size);
      this.#isTorn = false;
    }
    const size = this.#held.sizeAtPath();
    if (size === undefined) {
      await this.#leaveSynced(file);
      const next = this.#openNew();
      this.#report(
        'changed_outside',
        `${this.#options.path} was moved or removed; a new file goes on`,
      );
      return next;
    }
    if (size > this.#written.size) throw this.#standing.stop('foreign_write');
    if (size < this.#written.size) this.#acceptCut(file);
    return file;
  }

  async #sync(file: OpenFile): Promise<void> {
    try {
      if (this.#isNew) await this.#options.disk.syncDirectory(dirname(this.#options.path));
      this.#isNew = false;
      await file.sync();
    } catch (error) {
      this.#isDoubted = true;
      if (!this.#options.isDurable) this.#isUnsure = true;
      throw error;
    }
    // Fails for lines that may be in a copy somewhere: the chain goes on behind them.
    this.#standing.assertWhole(file, this.#written.size);
    this.#synced = this.#written;
  }

  /** What is in a file that was moved counts, wherever it is now. */
  async #leaveSynced(file: OpenFile): Promise<void> {
    if (this.#options.isDurable || this.#written === this.#synced) return;
    try {
      await file.sync();
    } catch {
      this.#isUnsure = true;
    }
  }

  /** Goes back to what can be believed: of lines that others wait for, those that were on disk for certain. */
  #reread(): void {
    const good = this.#options.isDurable ? this.#synced : this.#written;
    const file = this.#held.reopen();
    // One that is shorter was cut from outside, which is looked at later.
    if (file && file.stat().size >= good.size) {
      file.truncate(good.size);
      if (readTail(file, this.#options.path).last?.hash !== good.lastHash) {
        throw this.#standing.stop('damaged');
      }
    }
    this.#written = good;
    this.#isTorn = false;
    this.#isDoubted = false;
  }

  #openNew(): OpenFile {
    const file = this.#held.openNew();
    if (file === undefined) throw this.#standing.stop('foreign_write');
    this.#isNew = true;
    this.#begin();
    return file;
  }

  /** An empty file: the chain goes on. */
  #begin(): void {
    this.#written = { ...this.#written, size: 0, lastHash: undefined };
    this.#synced = this.#written;
    this.#firstNumber = this.#written.number + 1;
    this.#rotateAt = this.#options.rotateBytes > 0 ? this.#options.rotateBytes : Infinity;
  }

  #acceptCut(file: OpenFile): void {
    const { disk, path } = this.#options;
    this.#report('changed_outside', `${path} was cut short; writing goes on`);
    const { tail } = repairTail(disk, path, file);
    if (tail.end === 0) this.#begin();
    else this.#written = { ...this.#written, size: tail.end, lastHash: tail.last?.hash };
    this.#synced = this.#written;
  }

  async #rotate(file: OpenFile): Promise<OpenFile> {
    const { disk, path, keepFiles } = this.#options;
    await this.#sync(file);
    try {
      moveAside(disk, path, this.#firstNumber);
    } catch (error) {
      // Better one long file than none.
      this.#rotateAt = this.#written.size + this.#options.rotateBytes;
      if (!(error instanceof AuditFileError)) throw error;
      this.#options.report(error);
      return file;
    }
    this.#rotations += 1;
    const next = this.#openNew();
    try {
      if (keepFiles !== undefined) await removeOldest(disk, path, keepFiles);
    } catch (error) {
      this.#report('rotation_failed', `an old file of ${path} cannot be deleted`, error);
    }
    return next;
  }

  #report(code: 'changed_outside' | 'rotation_failed', message: string, cause?: unknown): void {
    this.#options.report(new AuditFileError(code, message, cause));
  }
}
