// A challenge out → used once, or refused (protocol §2.1, §2.5).

import { randomBytes } from 'node:crypto';

export const NONCE_LIFETIME_SECONDS = 30;

const LIFETIME_MS = NONCE_LIFETIME_SECONDS * 1000;

// The broker never forgets a used nonce. Here its second use is told apart from an unknown one for an
// hour, far longer than any retry.
const REMEMBER_USED_MS = 3_600_000;

export class Nonces {
  // Both in order of time, so pruning looks at the front only.
  readonly #issuedAt = new Map<string, number>();
  readonly #usedAt = new Map<string, number>();
  readonly #clock: () => number;

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  issue(): string {
    const now = this.#clock();
    dropOlderThan(this.#issuedAt, now - LIFETIME_MS);
    const nonce = randomBytes(32).toString('hex');
    this.#issuedAt.set(nonce, now);
    return nonce;
  }

  /** Uses the nonce up. @returns why it could not be, in the broker's words */
  consume(nonce: string): 'nonce not found or expired' | 'nonce already consumed' | undefined {
    const now = this.#clock();
    dropOlderThan(this.#usedAt, now - REMEMBER_USED_MS);
    if (this.#usedAt.has(nonce)) return 'nonce already consumed';
    const issuedAt = this.#issuedAt.get(nonce);
    if (issuedAt === undefined || now - issuedAt > LIFETIME_MS) return 'nonce not found or expired';
    this.#issuedAt.delete(nonce);
    this.#usedAt.set(nonce, now);
    return undefined;
  }
}

function dropOlderThan(times: Map<string, number>, limit: number): void {
  for (const [key, time] of times) {
    if (time >= limit) return;
    times.delete(key);
  }
}
