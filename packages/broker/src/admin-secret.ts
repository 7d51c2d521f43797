// The operator's secret in → is this it? out (protocol §2.11, §8.1).

import { compare, hash } from 'bcryptjs';
import type { BrokerSettings } from './broker-settings.js';

export class AdminSecret {
  readonly #settings: BrokerSettings;
  #hash: Promise<string> | undefined;

  constructor(settings: BrokerSettings) {
    this.#settings = settings;
  }

  /** In the clear; `''` when only its hash is known. */
  get secret(): string {
    const { adminSecret } = this.#settings;
    return 'secret' in adminSecret ? adminSecret.secret : '';
  }

  /** Hashed at the first question: most brokers in tests never get one and start faster. */
  async matches(secret: string): Promise<boolean> {
    this.#hash ??= this.#hashed();
    try {
      return await compare(secret, await this.#hash);
    } catch {
      // A configured hash that only looks like one: nothing matches it.
      return false;
    }
  }

  async #hashed(): Promise<string> {
    const { adminSecret, bcryptCost } = this.#settings;
    return 'hash' in adminSecret ? adminSecret.hash : hash(adminSecret.secret, bcryptCost);
  }
}
