// Lines in → the same in the file, whole or not at all, out. Knows where the last whole line ends, and sees to
// it that nothing but that is in front of the next.

import { dirname } from 'node:path';
import type { ChainEnd } from '../chain.js';
import type { Disk, OpenFile } from './disk.js';
import { AuditFileError } from './file-error.js';
import { type OpenedLog, repairTail } from './opening.js';
import { moveAside, removeOldest } from './rotated.js';
import { readTail } from './tail.js';

export interface LogOptions {
  readonly disk: Disk;
  readonly path: string;
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
}

/** One call at a time. */
export class Log {
  readonly #options: LogOptions;
  #file: OpenFile | undefined;
  #fileId: string;
  #written: Mark;
  #synced: Mark;
  #firstNumber: number;
  #rotateAt: number;
  /** There may be half a batch behind the last whole line. */
  #isTorn = false;
  /** A sync has failed: what was written since the last one may be lost, whatever the system says later. */
  #isDoubted = false;
  /** The file's name may not be on disk yet. */
  #isNew = true;
  /** Nothing may be written any more. */
  #stopped: AuditFileError | undefined;
  #rotations = 0;

  constructor(options: LogOptions, opened: OpenedLog) {
    this.#options = options;
    this.#file = opened.file;
    this.#fileId = opened.file.stat().id;
    this.#written = { size: opened.size, ...opened.end };
    this.#synced = this.#written;
    this.#firstNumber = opened.firstNumber;
    this.#rotateAt = options.rotateBytes > 0 ? options.rotateBytes : Infinity;
  }

  /** The last event in the file. */
  get end(): ChainEnd {
    return this.#written;
  }

  get rotations(): number {
    return this.#rotations;
  }

  /**
   * @param seal makes the lines that go behind the end of the chain
   * @throws AuditFileError `foreign_write`, `damaged`, or the system's error: then none of the lines counts
   */
  async append(seal: (end: ChainEnd) => Lines): Promise<void> {
    let file = this.#prepare();
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
    this.#written = { ...end, size: this.#written.size + bytes.length };
    if (this.#options.isDurable) await this.#sync(file);
  }

  /** Resolves when all that was appended is on disk. */
  async sync(): Promise<void> {
    await this.#sync(this.#prepare());
  }

  close(): void {
    this.#leave();
    this.#stopped ??= new AuditFileError('closed', `${this.#options.path} was closed`);
  }

  /**
   * Puts right what the last fault left, and looks whether the file is still the one that was left.
   *
   * @throws AuditFileError `foreign_write`, `damaged`, or the system's error
   */
  #prepare(): OpenFile {
    if (this.#stopped) throw this.#stopped;
    if (this.#isDoubted) this.#reread();
    if (this.#isTorn) {
      this.#file?.truncate(this.#written.size);
      this.#isTorn = false;
    }
    const { disk, path } = this.#options;
    const file = this.#file ?? this.#openNew();
    const found = disk.stat(path);
    if (found?.id !== this.#fileId) {
      this.#leave();
      const next = this.#openNew();
      this.#report('changed_outside', `${path} was moved or removed; a new file goes on`);
      return next;
    }
    if (found.size > this.#written.size) throw this.#stop('foreign_write', FOREIGN);
    if (found.size < this.#written.size) this.#acceptCut(file);
    return file;
  }

  async #sync(file: OpenFile): Promise<void> {
    try {
      if (this.#isNew) await this.#options.disk.syncDirectory(dirname(this.#options.path));
      this.#isNew = false;
      await file.sync();
    } catch (error) {
      this.#isDoubted = true;
      throw error;
    }
    this.#synced = this.#written;
  }

  /** Goes back to what can be believed: of lines that others wait for, those that were on disk for certain. */
  #reread(): void {
    const { disk, path, isDurable } = this.#options;
    const good = isDurable ? this.#synced : this.#written;
    this.#leave();
    if (disk.stat(path)?.id === this.#fileId) {
      const file = disk.open(path);
      this.#file = file;
      const tail = file.stat().size < good.size ? undefined : this.#cutTo(file, good.size);
      if (tail && (tail.last === undefined ? good.size > 0 : tail.last.hash !== good.hash)) {
        throw this.#stop('damaged', 'no longer ends with what was written');
      }
    }
    this.#written = good;
    this.#isTorn = false;
    this.#isDoubted = false;
  }

  #cutTo(file: OpenFile, size: number): ReturnType<typeof readTail> {
    file.truncate(size);
    return readTail(file, this.#options.path);
  }

  #openNew(): OpenFile {
    const { disk, path } = this.#options;
    const file = disk.open(path);
    const { id, size } = file.stat();
    if (size > 0) {
      file.close();
      throw this.#stop('foreign_write', FOREIGN);
    }
    this.#file = file;
    this.#fileId = id;
    this.#isNew = true;
    this.#begin();
    return file;
  }

  /** An empty file: the chain goes on. */
  #begin(): void {
    this.#written = { ...this.#written, size: 0 };
    this.#synced = this.#written;
    this.#firstNumber = this.#written.number + 1;
    this.#rotateAt = this.#options.rotateBytes > 0 ? this.#options.rotateBytes : Infinity;
  }

  #acceptCut(file: OpenFile): void {
    const { disk, path } = this.#options;
    this.#report('changed_outside', `${path} was cut short; writing goes on`);
    const { tail } = repairTail(disk, path, file);
    if (tail.end === 0) this.#begin();
    else this.#written = { ...this.#written, size: tail.end };
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
      this.#report('rotation_failed', `${path} cannot be rotated`, error);
      return file;
    }
    this.#rotations += 1;
    this.#leave();
    const next = this.#openNew();
    try {
      if (keepFiles !== undefined) removeOldest(disk, path, keepFiles);
    } catch (error) {
      this.#report('rotation_failed', `an old file of ${path} cannot be deleted`, error);
    }
    return next;
  }

  #leave(): void {
    const file = this.#file;
    this.#file = undefined;
    try {
      file?.close();
    } catch {
      // The number is free all the same (close(2)), and what was to be on disk was synced before.
    }
  }

  #stop(code: 'foreign_write' | 'damaged', what: string): AuditFileError {
    this.#stopped = new AuditFileError(code, `${this.#options.path} ${what}`);
    return this.#stopped;
  }

  #report(code: 'changed_outside' | 'rotation_failed', message: string, cause?: unknown): void {
    this.#options.report(new AuditFileError(code, message, cause));
  }
}

const FOREIGN = 'is written by somebody else: nothing more is written to it';
