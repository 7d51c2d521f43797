// Which app launched which agent, as the broker tells it.

import { copyOf } from './first-texts.js';
import { MAX_TEXT } from './scope-book.js';

// Some tens of megabytes.
const MAX_AGENTS = 100_000;

export class AppDirectory {
  readonly #apps = new Map<string, string>();
  #folded = 0;

  /** @returns whether that was news */
  note(agentId: string, appId: string): boolean {
    if (this.#apps.has(agentId)) return false;
    if (this.#apps.size >= MAX_AGENTS || agentId.length > MAX_TEXT || appId.length > MAX_TEXT) {
      this.#folded += 1;
      return false;
    }
    this.#apps.set(copyOf(agentId, MAX_TEXT), copyOf(appId, MAX_TEXT));
    return true;
  }

  appOf(agentId: string | undefined): string | undefined {
    return agentId === undefined ? undefined : this.#apps.get(agentId);
  }

  get folded(): number {
    return this.#folded;
  }
}
