// What enters a queue and leaves it, and how large that is, in → whether there is room for more out.

export class Room {
  readonly #maxCount: number;
  readonly #maxBytes: number;
  #count = 0;
  #bytes = 0;

  constructor(maxCount: number, maxBytes: number) {
    this.#maxCount = maxCount;
    this.#maxBytes = maxBytes;
  }

  hasFor(bytes: number): boolean {
    return this.#count < this.#maxCount && this.#bytes + bytes <= this.#maxBytes;
  }

  take(bytes: number): void {
    this.#count += 1;
    this.#bytes += bytes;
  }

  giveBack(bytes: number): void {
    this.#count -= 1;
    this.#bytes -= bytes;
  }
}
