// A path in → the file there, held open, and whether the path still leads to it, out.

import type { Disk, OpenFile } from './disk.js';
import { AuditFileError } from './file-error.js';

/** What this process has: locks know a file by one name, and it may have another, as a hard link. */
const heldIds = new WeakMap<Disk, Set<string>>();

export class HeldFile {
  readonly #disk: Disk;
  readonly #path: string;
  readonly #others: Set<string>;
  #file: OpenFile | undefined;
  #id: string;

  /** @throws AuditFileError `in_use` */
  constructor(disk: Disk, path: string, file: OpenFile) {
    this.#disk = disk;
    this.#path = path;
    this.#others = heldIds.get(disk) ?? new Set();
    heldIds.set(disk, this.#others);
    this.#file = file;
    this.#id = file.stat().id;
    if (this.#others.has(this.#id)) {
      throw new AuditFileError('in_use', `${path} is written by this process, by another name`);
    }
    this.#others.add(this.#id);
  }

  get file(): OpenFile | undefined {
    return this.#file;
  }

  /** How long it is; `undefined` when there is nothing at the path, or another file. */
  sizeAtPath(): number | undefined {
    const found = this.#disk.stat(this.#path);
    return found?.id === this.#id ? found.size : undefined;
  }

  /** The same file again, if the path leads to it. */
  reopen(): OpenFile | undefined {
    this.#leave();
    if (this.sizeAtPath() !== undefined) this.#file = this.#disk.open(this.#path);
    return this.#file;
  }

  /** A new file; `undefined` when there is already something in the one at the path, or it is held already. */
  openNew(): OpenFile | undefined {
    this.#leave();
    const file = this.#disk.open(this.#path);
    let id: string;
    try {
      const found = file.stat();
      ({ id } = found);
      const isTaken = id !== this.#id && this.#others.has(id);
      if (found.size > 0 || !found.isFile || isTaken) {
        file.close();
        return undefined;
      }
    } catch (error) {
      file.close();
      throw error;
    }
    this.#others.delete(this.#id);
    this.#others.add(id);
    this.#file = file;
    this.#id = id;
    return file;
  }

  close(): void {
    this.#leave();
    this.#others.delete(this.#id);
  }

  #leave(): void {
    const file = this.#file;
    this.#file = undefined;
    try {
      file?.close();
    } catch {
      // The descriptor is free all the same (close(2)), and what had to be on disk was synced before.
    }
  }
}
