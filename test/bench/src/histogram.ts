// Latencies in → their quantiles out, within a hundredth, in a fixed space however many there are.

/** Pairs of bucket and count: as it goes from one process to another. */
export type Buckets = readonly (readonly [bucket: number, count: number])[];

// Each bucket is 1 % wider than the one before it, from one microsecond to ten minutes.
const GROWTH = Math.log(1.01);
const SIZE = 2100;

export class Histogram {
  readonly #counts = new Float64Array(SIZE);

  static of(buckets: Buckets): Histogram {
    const histogram = new Histogram();
    histogram.add(buckets);
    return histogram;
  }

  record(ms: number): void {
    const bucket = Math.floor(Math.log(Math.max(ms, 0.001) * 1000) / GROWTH);
    const index = Math.min(bucket, SIZE - 1);
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
  }

  add(buckets: Buckets): void {
    for (const [bucket, count] of buckets) {
      this.#counts[bucket] = (this.#counts[bucket] ?? 0) + count;
    }
  }

  buckets(): Buckets {
    return [...this.#counts.entries()].filter(([, count]) => count > 0);
  }

  /** @returns milliseconds: the middle of the bucket; NaN when nothing was recorded */
  quantile(share: number): number {
    const total = this.#counts.reduce((sum, count) => sum + count, 0);
    let seen = 0;
    for (const [bucket, count] of this.#counts.entries()) {
      seen += count;
      if (count > 0 && seen >= share * total) return Math.exp((bucket + 0.5) * GROWTH) / 1000;
    }
    return NaN;
  }
}
