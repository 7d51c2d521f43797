// The bytes of an answer, as they come in → its text out, unless there are too many.

import { BrokerFault } from './fault.js';
import { OversizedAnswer } from './transport.js';

// A byte order mark is kept, as JSON's grammar knows of none. Bytes that are no text are refused, not replaced: what
// would come of them is not what the broker said.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });

/** Collects the body of one answer. */
export class AnswerText {
  readonly #maxBytes: number;
  readonly #chunks: Uint8Array[] = [];
  #size = 0;
  #count = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** @throws OversizedAnswer: then there is nothing more to read */
  add(chunk: Uint8Array): void {
    this.#size += chunk.byteLength;
    this.#count += 1;
    // Empty chunks must not go on for ever either. Written so that a chunk of no size at all, out of somebody's
    // own stream, is too much.
    if (!(this.#size <= this.#maxBytes) || this.#count > this.#maxBytes) {
      throw new OversizedAnswer(this.#maxBytes);
    }
    this.#chunks.push(chunk);
  }

  /** @throws BrokerFault `malformed_answer` when it is not UTF-8 */
  read(): string {
    try {
      return decoder.decode(this.#whole());
    } catch {
      throw new BrokerFault('malformed_answer', 'the answer is not UTF-8');
    }
  }

  #whole(): Uint8Array {
    const [first, ...others] = this.#chunks;
    if (first !== undefined && others.length === 0) return first;
    const whole = new Uint8Array(this.#size);
    let offset = 0;
    for (const chunk of this.#chunks) {
      whole.set(chunk, offset);
      offset += chunk.byteLength;
    }
    return whole;
  }
}
