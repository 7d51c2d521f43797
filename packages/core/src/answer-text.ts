// The bytes of an answer, as they come in → its text out, unless there are too many.

import { OversizedAnswer } from './transport.js';

// A byte order mark is kept, as JSON's grammar knows of none.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Collects the body of one answer. */
export class AnswerText {
  readonly #maxBytes: number;
  readonly #chunks: Uint8Array[] = [];
  #size = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** @throws OversizedAnswer: then there is nothing more to read */
  add(chunk: Uint8Array): void {
    this.#size += chunk.byteLength;
    // Written so that a chunk of no size at all, out of somebody's own stream, is too much.
    if (!(this.#size <= this.#maxBytes)) throw new OversizedAnswer(this.#maxBytes);
    this.#chunks.push(chunk);
  }

  toString(): string {
    const [first, ...others] = this.#chunks;
    if (first !== undefined && others.length === 0) return decoder.decode(first);
    const whole = new Uint8Array(this.#size);
    let offset = 0;
    for (const chunk of this.#chunks) {
      whole.set(chunk, offset);
      offset += chunk.byteLength;
    }
    return decoder.decode(whole);
  }
}
