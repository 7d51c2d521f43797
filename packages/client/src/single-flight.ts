// Several calls for the same thing in → one run of it out.

import { untilAborted } from './until-aborted.js';

/**
 * Lets concurrent callers share one run. The run is tied to no caller: one that aborts stops waiting, the
 * others still get their answer. Outcomes are not kept: the next call after the end starts a new run.
 */
export class SingleFlight<T> {
  #flight: Promise<T> | undefined;
  #startedAt = 0;

  get underway(): boolean {
    return this.#flight !== undefined;
  }

  /** Milliseconds since the run under way was begun; 0 when there is none. */
  get ageMs(): number {
    return this.#flight === undefined ? 0 : performance.now() - this.#startedAt;
  }

  /** Starts a run, or joins the one under way. */
  async join(start: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted();
    if (this.#flight === undefined) {
      this.#startedAt = performance.now();
      this.#flight = start().finally(() => {
        this.#flight = undefined;
      });
    }
    return untilAborted(this.#flight, signal);
  }

  /** Waits for the end of the run under way, if any, however it ends. */
  async settled(signal?: AbortSignal): Promise<void> {
    if (this.#flight === undefined) return;
    try {
      await untilAborted(this.#flight, signal);
    } catch {
      signal?.throwIfAborted();
    }
  }
}
