// The operator's secret in → is this it? out (protocol §2.11).

import { compare, hash } from 'bcryptjs';

export class AdminSecret {
  readonly #secret: string;
  readonly #bcryptCost: number;
  #hash: Promise<string> | undefined;

  constructor(secret: string, bcryptCost: number) {
    this.#secret = secret;
    this.#bcryptCost = bcryptCost;
  }

  /** Hashed at the first question: most brokers in tests never get one and start faster. */
  async matches(secret: string): Promise<boolean> {
    this.#hash ??= hash(this.#secret, this.#bcryptCost);
    return compare(secret, await this.#hash);
  }
}
