// Texts in → how many different ones there were, out; exactly up to a bound.

import type { Distinct } from './report.js';

export class DistinctTexts {
  readonly #texts = new Set<string>();
  readonly #max: number;
  #isExact = true;

  constructor(max: number) {
    this.#max = max;
  }

  add(text: string): void {
    if (this.#texts.has(text)) return;
    if (this.#texts.size < this.#max) this.#texts.add(text);
    else this.#isExact = false;
  }

  /** Takes over what another one has seen. */
  addAll(others: DistinctTexts): void {
    for (const text of others.#texts) this.add(text);
    this.#isExact &&= others.#isExact;
  }

  get count(): Distinct {
    return { count: this.#texts.size, isExact: this.#isExact };
  }

  /** Sorted, so that the order in which they came makes no difference. */
  get sorted(): readonly string[] {
    return [...this.#texts].toSorted();
  }
}
