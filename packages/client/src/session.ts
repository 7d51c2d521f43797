// Calls that need a standing credential in → a live access token for each of them out.

import type { AccessToken } from './access-token.js';
import { AuthenticationError } from './problem-response.js';
import { SingleFlight } from './single-flight.js';

// A token with less than this left could run out on the way to the broker.
const MARGIN_SECONDS = 60;

// A life of 60 s, the shortest an app can have, must not mean an authentication per call: that meets the
// rate limit at the fourth (protocol §1.10). Hence never more than this part of the life.
const MARGIN_PART = 0.2;

export interface SessionOptions {
  readonly authenticate: () => Promise<AccessToken>;
  /** Monotonic milliseconds. */
  readonly now?: () => number;
}

/**
 * The token of an app or operator, kept while it is good for a while longer. However many calls need a new
 * one, the broker is asked for one. A failed authentication is not kept.
 */
export class Session {
  readonly #authenticate: () => Promise<AccessToken>;
  readonly #now: () => number;
  readonly #authentication = new SingleFlight<AccessToken>();
  #token: AccessToken | undefined;
  /** On the clock of `now`. */
  #goodUntil = 0;

  constructor({ authenticate, now = () => performance.now() }: SessionOptions) {
    this.#authenticate = authenticate;
    this.#now = now;
  }

  /**
   * Does `work` with a live token. When that is answered with 401 the token was revoked, or the broker has
   * lost its key: authenticates again, once, and repeats `work`, which a 401 kept from having any effect.
   */
  async use<T>(work: (token: AccessToken) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const token = await this.#current(signal);
    try {
      return await work(token);
    } catch (error) {
      this.#dropIfRefused(token, error);
      if (!(error instanceof AuthenticationError)) throw error;
    }
    const fresh = await this.#current(signal);
    try {
      return await work(fresh);
    } catch (error) {
      this.#dropIfRefused(fresh, error);
      throw error;
    }
  }

  async #current(signal: AbortSignal | undefined): Promise<AccessToken> {
    if (this.#token !== undefined && this.#now() < this.#goodUntil) return this.#token;
    return this.#authentication.join(() => this.#renewed(), signal);
  }

  async #renewed(): Promise<AccessToken> {
    const askedAt = this.#now();
    const token = await this.#authenticate();
    const margin = Math.min(MARGIN_SECONDS, MARGIN_PART * token.expiresIn);
    this.#goodUntil = askedAt + (token.expiresIn - margin) * 1000;
    this.#token = token;
    return token;
  }

  // Another call may have replaced the token meanwhile: only the refused one goes.
  #dropIfRefused(token: AccessToken, error: unknown): void {
    if (error instanceof AuthenticationError && this.#token === token) this.#token = undefined;
  }
}
