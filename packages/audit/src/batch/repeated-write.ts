// A write that may fail or hang in → the same write, told when its time is over and repeated after a pause, out.

import { SinkError } from './sink-error.js';

/** The signal is aborted when the write has taken its time. */
export type Write<Item> = (items: readonly Item[], signal: AbortSignal) => unknown;

export interface RepeatedWriteOptions<Item> {
  readonly write: Write<Item>;
  /** Of one attempt. */
  readonly timeoutMs: number;
  /** How often it is repeated when it has failed. */
  readonly retries: number;
}

// A connection that was reset is there again at once; a database that starts again is not.
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5000;

export class RepeatedWrite<Item> {
  readonly #options: RepeatedWriteOptions<Item>;
  #faults = 0;
  #isHurried = false;
  #abort: (() => void) | undefined;
  #wake: (() => void) | undefined;

  constructor(options: RepeatedWriteOptions<Item>) {
    this.#options = options;
  }

  /** Attempts that failed. */
  get faults(): number {
    return this.#faults;
  }

  /**
   * Ends when an attempt has succeeded, or nothing is left to be written.
   *
   * @throws what the last attempt failed with
   */
  async run(take: () => readonly Item[]): Promise<void> {
    for (let attempt = 0; ; attempt += 1) {
      const items = take();
      if (items.length === 0) return;
      try {
        await this.#attempt(items);
        return;
      } catch (error) {
        this.#faults += 1;
        const { retries } = this.#options;
        // Whoever closes says how long it may take; and who waits for an answer is told at once.
        const isUntilAbort = this.#isHurried && retries > 0;
        if (attempt >= retries && !isUntilAbort) throw error;
      }
      const pauseMs = this.#isHurried ? FIRST_PAUSE_MS : FIRST_PAUSE_MS * 2 ** attempt;
      await this.#pause(Math.min(pauseMs, LONGEST_PAUSE_MS));
    }
  }

  /** From now on all pauses are short, and it is repeated until {@link abort}; a pause under way ends. */
  hurry(): void {
    this.#isHurried = true;
    this.#wake?.();
  }

  /** Tells the attempt under way that its time is over, and ends a pause. */
  abort(): void {
    this.#abort?.();
    this.#wake?.();
  }

  async #attempt(items: readonly Item[]): Promise<void> {
    const controller = new AbortController();
    this.#abort = () => controller.abort(new SinkError('timeout'));
    const timer = setTimeout(this.#abort, this.#options.timeoutMs).unref();
    try {
      await this.#options.write(items, controller.signal);
    } finally {
      clearTimeout(timer);
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms).unref();
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
