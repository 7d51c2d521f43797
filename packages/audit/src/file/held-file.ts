// A path in → the file there, held open, and whether the path still leads to it, out.

import type { Disk, OpenFile } from './disk.js';

export class HeldFile {
  readonly #disk: Disk;
  readonly #path: string;
  #file: OpenFile | undefined;
  #id: string;

  constructor(disk: Disk, path: string, file: OpenFile) {
    this.#disk = disk;
    this.#path = path;
    this.#file = file;
    this.#id = file.stat().id;
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
    this.leave();
    if (this.sizeAtPath() !== undefined) this.#file = this.#disk.open(this.#path);
    return this.#file;
  }

  /** A new file; `undefined` when there is already something in the one at the path. */
  openNew(): OpenFile | undefined {
    this.leave();
    const file = this.#disk.open(this.#path);
    const { id, size, isFile } = file.stat();
    if (size > 0 || !isFile) {
      file.close();
      return undefined;
    }
    this.#file = file;
    this.#id = id;
    return file;
  }

  leave(): void {
    const file = this.#file;
    this.#file = undefined;
    try {
      file?.close();
    } catch {
      // The descriptor is free all the same (close(2)), and what had to be on disk was synced before.
    }
  }
}
