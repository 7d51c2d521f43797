// Faults in → when to try again, out.

// A disk that is full is full for a while; a request that waits for one that is not should not.
const FIRST_MS = 250;
const LONGEST_MS = 4000;

/** Does not keep the process alive. */
export class Pause {
  readonly #onEnd: () => void;
  readonly #isGrowing: boolean;
  #nextMs = FIRST_MS;
  #timer: NodeJS.Timeout | undefined;

  /** @param options whether each pause is longer than the one before, until there is no fault */
  constructor(onEnd: () => void, { isGrowing }: { readonly isGrowing: boolean }) {
    this.#onEnd = onEnd;
    this.#isGrowing = isGrowing;
  }

  get isOn(): boolean {
    return this.#timer !== undefined;
  }

  /** After a fault; one that is on begins again. */
  begin(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#onEnd();
    }, this.#nextMs).unref();
    if (this.#isGrowing) this.#nextMs = Math.min(2 * this.#nextMs, LONGEST_MS);
  }

  /** There is no fault any more. */
  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#nextMs = FIRST_MS;
  }
}
