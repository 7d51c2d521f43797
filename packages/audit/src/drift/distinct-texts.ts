// Texts in → how many different ones there were, out; exactly up to a bound. The texts themselves are not kept.

import type { Distinct } from './report.js';
import { numberOf } from './text-number.js';

export class DistinctTexts {
  readonly #numbers = new Set<number>();
  readonly #max: number;
  #isExact = true;

  constructor(max: number) {
    this.#max = max;
  }

  add(text: string): void {
    this.#add(numberOf(text));
  }

  /** Takes over what another one has seen. */
  addAll(others: DistinctTexts): void {
    for (const number of others.#numbers) this.#add(number);
    this.#isExact &&= others.#isExact;
  }

  get count(): Distinct {
    return { count: this.#numbers.size, isExact: this.#isExact };
  }

  #add(number: number): void {
    if (this.#numbers.has(number)) return;
    if (this.#numbers.size < this.#max) this.#numbers.add(number);
    else this.#isExact = false;
  }
}
