// How much time passes → the timers that are due, run in order at their time, out. Stands in for the
// global ones, so that a schedule takes no real time and always runs alike.

import { FakeClock } from '../fixtures.js';

interface Timer {
  readonly id: number;
  readonly dueAt: number;
  readonly run: () => void;
}

const nextTurn = globalThis.setImmediate;

/** Everything that can happen without time passing has happened. */
export function quiet(): Promise<void> {
  // Promises are all settled before the next turn of the event loop.
  return new Promise((resolve) => void nextTurn(resolve));
}

export class WorldClock extends FakeClock {
  readonly startedAt = this.monotonic();
  readonly #timers = new Map<number, Timer>();
  #lastId = 0;

  /** @returns puts the real ones back */
  install(chance: number): () => void {
    const { setTimeout, clearTimeout } = globalThis;
    const { random } = Math;
    const setFake = (run: () => void, ms = 0): number => {
      this.#lastId += 1;
      this.#timers.set(this.#lastId, { id: this.#lastId, dueAt: this.monotonic() + ms, run });
      return this.#lastId;
    };
    const clearFake = (id: number): void => void this.#timers.delete(id);
    Object.assign(globalThis, { setTimeout: setFake, clearTimeout: clearFake });
    Math.random = () => chance;
    Object.defineProperty(performance, 'now', { value: this.monotonic, configurable: true });
    return () => {
      Object.assign(globalThis, { setTimeout, clearTimeout });
      Math.random = random;
      Reflect.deleteProperty(performance, 'now');
    };
  }

  /** @param onTimer called after each timer, before anything that follows from it */
  async pass(ms: number, onTimer: () => void): Promise<void> {
    const until = this.monotonic() + ms;
    for (let timer = this.#next(until); timer; timer = this.#next(until)) {
      this.#timers.delete(timer.id);
      this.advance(timer.dueAt - this.monotonic());
      timer.run();
      onTimer();
      await quiet();
    }
    this.advance(until - this.monotonic());
  }

  #next(until: number): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers.values()) {
      if (timer.dueAt <= until && (next === undefined || timer.dueAt < next.dueAt)) next = timer;
    }
    return next;
  }
}
