// Texts in, in any order → the first few of them in the order of the alphabet out.

import { compareTexts } from './text-order.js';

export class FirstTexts {
  readonly #max: number;
  readonly #maxLength: number;
  #texts: readonly string[] = [];

  /** @param maxLength of each; the rest of a longer one is left out */
  constructor(max: number, maxLength: number) {
    this.#max = max;
    this.#maxLength = maxLength;
  }

  add(text: string): void {
    const last = this.#texts.at(-1);
    if (this.#texts.length >= this.#max && last !== undefined && text >= last) return;
    const kept = copyOf(text, this.#maxLength);
    if (this.#texts.includes(kept)) return;
    this.#texts = [...this.#texts, kept].toSorted(compareTexts).slice(0, this.#max);
  }

  addAll(others: FirstTexts): void {
    for (const text of others.#texts) this.add(text);
  }

  get sorted(): readonly string[] {
    return this.#texts;
  }
}

/** A text of its own: what is cut out of a longer one would keep all of that in memory. */
export function copyOf(text: string, maxLength: number): string {
  return String(JSON.parse(JSON.stringify(text.slice(0, maxLength))));
}
