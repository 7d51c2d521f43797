// Times in, in any order → the first and the last out. Clocks are set back, so the last that came is not the last.

import type { FirstAndLast } from './report.js';

export class TimeSpan {
  #first = Infinity;
  #last = -Infinity;

  add(time: number): void {
    if (time < this.#first) this.#first = time;
    if (time > this.#last) this.#last = time;
  }

  addAll(other: TimeSpan): void {
    // Of an empty one nothing changes.
    this.#first = Math.min(this.#first, other.#first);
    this.#last = Math.max(this.#last, other.#last);
  }

  get last(): number {
    return this.#last;
  }

  get ends(): FirstAndLast {
    const isEmpty = this.#last < this.#first;
    return { first: isEmpty ? null : this.#first, last: isEmpty ? null : this.#last };
  }
}
