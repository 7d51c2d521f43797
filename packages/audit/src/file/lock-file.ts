// A path and a text in → a small file, whole and on disk, that others see under the names it is given, out.

import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  write,
  writeSync,
} from 'node:fs';
import { systemCode } from './file-error.js';

/** What stands under a name now. */
export interface Found {
  readonly text: string;
  readonly id: string;
  /** When it was written last, by the clock of the file system. */
  readonly writtenMs: number;
}

/** One's own: nobody else has its id while it is open. */
export class LockFile {
  readonly #temporary: string;
  readonly #aside: string;
  readonly #text: Buffer;
  readonly #descriptor: number;
  #isTouching = false;
  #isClosed = false;
  readonly id: string;
  readonly writtenMs: number;

  /** @throws the system's error */
  constructor(path: string, text: string) {
    const name = `${path}.${randomBytes(8).toString('hex')}`;
    this.#temporary = name;
    // Of the same length: where the one can be made, the other can.
    this.#aside = `${name.slice(0, -1)}_`;
    this.#text = Buffer.from(text);
    this.#descriptor = openSync(this.#temporary, 'wx', 0o600);
    try {
      writeSync(this.#descriptor, this.#text);
      // After a power cut a name must not lead to an empty file.
      fsyncSync(this.#descriptor);
      const { id, writtenMs } = factsOf(this.#temporary) ?? { id: '', writtenMs: 0 };
      this.id = id;
      this.writtenMs = writtenMs;
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Links do not replace. @returns whether there was nothing of that name */
  linkTo(path: string): boolean {
    try {
      linkSync(this.#temporary, path);
      return true;
    } catch (error) {
      if (systemCode(error) === 'EEXIST') return false;
      throw error;
    }
  }

  isAt(path: string): boolean {
    return factsOf(path)?.id === this.id;
  }

  /** Takes away what was found, and nothing that has come in its place since. */
  removeOther(path: string, { id }: Found): void {
    const aside = this.#aside;
    try {
      renameSync(path, aside);
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return;
      throw error;
    }
    try {
      if (factsOf(aside)?.id !== id) linkSync(aside, path);
    } catch (error) {
      // A third was quicker still. Whose it was sees that he has lost it, and stops.
      if (systemCode(error) !== 'EEXIST') throw error;
    } finally {
      rmSync(aside, { force: true });
    }
  }

  /** It keeps the names it was given. */
  removeTemporary(): void {
    rmSync(this.#temporary, { force: true });
  }

  /** Shows that its owner is alive: the same text again, so that the file system's own clock is told. */
  touch(): void {
    if (this.#isTouching || this.#isClosed) return;
    this.#isTouching = true;
    write(this.#descriptor, this.#text, 0, this.#text.length, 0, () => {
      this.#isTouching = false;
      if (this.#isClosed) this.#leave();
    });
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.removeTemporary();
    if (!this.#isTouching) this.#leave();
  }

  #leave(): void {
    try {
      closeSync(this.#descriptor);
    } catch {
      // The descriptor is free all the same (close(2)).
    }
  }
}

/** `undefined` when there is nothing of that name. */
export function readLock(path: string): Found | undefined {
  const facts = factsOf(path);
  if (facts === undefined) return undefined;
  try {
    return { ...facts, text: readFileSync(path, 'utf8') };
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function factsOf(path: string): Omit<Found, 'text'> | undefined {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stats && { id: `${stats.dev}:${stats.ino}`, writtenMs: Number(stats.mtimeMs) };
}
