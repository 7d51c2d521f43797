// Times in, in any order → how many fell into each of a few steps, out. The steps double when there are too many,
// and lie where multiples of them lie, so that the same times give the same steps in whatever order they come.

import type { Timeline } from './report.js';

const MAX_STEPS = 32;

const SHORTEST_STEP_MS = 60_000;

export class TimeBuckets {
  #stepMs = SHORTEST_STEP_MS;
  /** In steps since 1970. */
  #from = 0;
  #counts: number[] = [];

  add(time: number, count = 1): void {
    let step = Math.floor(time / this.#stepMs);
    if (this.#counts.length === 0) this.#from = step;
    while (this.#lengthWith(step) > MAX_STEPS) {
      this.#coarsen();
      step = Math.floor(time / this.#stepMs);
    }
    while (step < this.#from) {
      this.#counts.unshift(0);
      this.#from -= 1;
    }
    while (step >= this.#from + this.#counts.length) this.#counts.push(0);
    const index = step - this.#from;
    this.#counts[index] = (this.#counts[index] ?? 0) + count;
  }

  addAll({ timeline: { from, stepMs, counts } }: TimeBuckets): void {
    while (this.#stepMs < stepMs) this.#coarsen();
    for (const [index, count] of counts.entries()) {
      if (count > 0) this.add(from + index * stepMs, count);
    }
  }

  get timeline(): Timeline {
    return { from: this.#from * this.#stepMs, stepMs: this.#stepMs, counts: [...this.#counts] };
  }

  #lengthWith(step: number): number {
    const end = this.#from + this.#counts.length;
    return Math.max(end, step + 1) - Math.min(this.#from, step);
  }

  #coarsen(): void {
    const from = Math.floor(this.#from / 2);
    const counts: number[] = [];
    for (const [index, count] of this.#counts.entries()) {
      const at = Math.floor((this.#from + index) / 2) - from;
      counts[at] = (counts[at] ?? 0) + count;
    }
    this.#stepMs *= 2;
    this.#from = from;
    this.#counts = counts;
  }
}
