// What an agent may become in → a launch token out → looked up and, if single-use, used up at
// registration (protocol §2.12, §2.5).

import { randomBytes } from 'node:crypto';

export interface LaunchToken {
  readonly allowedScope: readonly string[];
  /** Seconds the agent's token lives, before the broker's own ceiling. */
  readonly maxTtl: number;
  readonly singleUse: boolean;
  /** Unix seconds, inclusive. */
  readonly expiresAt: number;
  /** The app that asked for it; absent for operators. */
  readonly appId?: string;
}

export type LaunchTokenSearch =
  | { readonly found: true; readonly launchToken: LaunchToken }
  | {
      readonly found: false;
      readonly reason:
        | 'launch token not found'
        | 'launch token expired'
        | 'launch token already consumed';
    };

// The broker never forgets a launch token. Here an expired one is told apart from an unknown one for an
// hour after its end.
const REMEMBER_EXPIRED_SECONDS = 3600;
// Lifetimes differ, so pruning looks at all of them; once a minute that costs nothing.
const PRUNE_EVERY_SECONDS = 60;
// What RFC 3339 can write: the end of the year 9999.
const LATEST_TIME = 253_402_300_799;

export class LaunchTokens {
  // Keyed by 256 random bits: looking one up tells nothing about the others by its timing.
  readonly #launchTokens = new Map<string, LaunchToken>();
  readonly #consumed = new Set<string>();
  readonly #clock: () => number;
  #pruneAt = 0;

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** @param grant `ttl`: seconds the launch token itself lives */
  create({ ttl, ...grant }: Omit<LaunchToken, 'expiresAt'> & { readonly ttl: number }): {
    readonly token: string;
    readonly expiresAt: number;
  } {
    const now = this.#now();
    this.#prune(now);
    const token = randomBytes(32).toString('hex');
    const expiresAt = Math.min(now + ttl, LATEST_TIME);
    this.#launchTokens.set(token, { ...grant, expiresAt });
    return { token, expiresAt };
  }

  /** Expiry comes before consumption, the reverse of nonces (protocol §2.5). */
  find(token: string): LaunchTokenSearch {
    const launchToken = this.#launchTokens.get(token);
    if (launchToken === undefined) return { found: false, reason: 'launch token not found' };
    if (this.#now() > launchToken.expiresAt) {
      return { found: false, reason: 'launch token expired' };
    }
    if (this.#consumed.has(token)) {
      return { found: false, reason: 'launch token already consumed' };
    }
    return { found: true, launchToken };
  }

  /** Uses a single-use launch token up; others stay. */
  consume(token: string): void {
    if (this.#launchTokens.get(token)?.singleUse) this.#consumed.add(token);
  }

  #now(): number {
    return Math.floor(this.#clock() / 1000);
  }

  #prune(now: number): void {
    if (now < this.#pruneAt) return;
    this.#pruneAt = now + PRUNE_EVERY_SECONDS;
    for (const [token, { expiresAt }] of this.#launchTokens) {
      if (now - expiresAt <= REMEMBER_EXPIRED_SECONDS) continue;
      this.#launchTokens.delete(token);
      this.#consumed.delete(token);
    }
  }
}
