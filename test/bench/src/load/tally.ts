// Answers as they come in → how many, with which status, and how long they took, out.

import { type Buckets, Histogram } from '../histogram.js';

export interface Tally {
  readonly requests: number;
  readonly statuses: Readonly<Record<string, number>>;
  readonly elapsedMs: number;
  readonly latencies: Buckets;
}

export class Tallying {
  readonly #startedAt = performance.now();
  readonly #histogram = new Histogram();
  readonly #statuses = new Map<number, number>();

  count(status: number, latencyMs: number): void {
    this.#histogram.record(latencyMs);
    this.#statuses.set(status, (this.#statuses.get(status) ?? 0) + 1);
  }

  tally(): Tally {
    const statuses = Object.fromEntries(this.#statuses);
    return {
      requests: Object.values(statuses).reduce((sum, count) => sum + count, 0),
      statuses,
      elapsedMs: performance.now() - this.#startedAt,
      latencies: this.#histogram.buckets(),
    };
  }
}
