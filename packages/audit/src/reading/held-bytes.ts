// Bytes of a line, as they come, in → all of them in one piece out.

import { MAX_LINE_BYTES } from './line.js';

const FIRST_CAPACITY = 4096;

/** One buffer that grows: thousands of small ones would take many times what is in them. Used again and again. */
export class HeldBytes {
  #buffer: Buffer = Buffer.alloc(0);
  #length = 0;

  /** @param piece may be overwritten when this has returned; never makes it longer than a line may be */
  add(piece: Buffer): void {
    const length = this.#length + piece.length;
    if (length > this.#buffer.length) this.#grow(length);
    piece.copy(this.#buffer, this.#length);
    this.#length = length;
  }

  /** @returns good until more is added */
  take(): Buffer {
    const bytes = this.#buffer.subarray(0, this.#length);
    this.#length = 0;
    return bytes;
  }

  #grow(length: number): void {
    const wanted = Math.max(FIRST_CAPACITY, length, 2 * this.#buffer.length);
    const grown = Buffer.allocUnsafe(Math.min(wanted, MAX_LINE_BYTES));
    this.#buffer.copy(grown, 0, 0, this.#length);
    this.#buffer = grown;
  }
}
