// Calls that need a standing credential in → a live access token for each of them out.

import type { AccessToken } from './access-token.js';
import { TransportError } from './errors.js';
import { isRefusedByBroker, ProblemResponseError } from './problem-response.js';
import { SingleFlight } from './single-flight.js';

// How long before its end a token is replaced: while it is still good, so that nobody waits for it.
const AHEAD_SECONDS = 60;

// How long before its end a token is no longer used: it could run out on the way to the broker.
const MARGIN_SECONDS = 10;

// A life of 60 s, the shortest an app can have, must not mean an authentication per call: that meets the
// rate limit at the fourth (protocol §1.10). Hence never more than these parts of the life.
const AHEAD_PART = 0.2;
const MARGIN_PART = 0.05;

// After an attempt ahead of time has failed. There is time left for a few more.
const PAUSE_MS = 5000;

export interface SessionOptions {
  readonly authenticate: () => Promise<AccessToken>;
  /** Monotonic milliseconds. */
  readonly now?: () => number;
}

/**
 * The token of an app or operator. Near the end of its life the next call has it replaced in the background, so
 * that calls in steady use never wait for an authentication after the first. However many calls need a new one,
 * the broker is asked for one. A failed authentication is not kept.
 */
export class Session {
  readonly #authenticate: () => Promise<AccessToken>;
  readonly #now: () => number;
  readonly #authentication = new SingleFlight<AccessToken>();
  #token: AccessToken | undefined;
  /** On the clock of `now`, as is the next. */
  #goodUntil = 0;
  #replaceFrom = 0;

  constructor({ authenticate, now = () => performance.now() }: SessionOptions) {
    this.#authenticate = authenticate;
    this.#now = now;
  }

  /**
   * Does `work` with a live token. When the broker answers that with 401 the token was revoked, or the broker has
   * lost its key: authenticates again, once, and repeats `work`, which a 401 kept from having any effect.
   */
  async use<T>(work: (token: AccessToken) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const token = await this.#current(signal);
    try {
      return await work(token);
    } catch (error) {
      this.#dropIfRefused(token, error);
      if (!isRefusedByBroker(error)) throw error;
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
    const now = this.#now();
    if (this.#token === undefined || now >= this.#goodUntil) return this.#authenticated(signal);
    if (now >= this.#replaceFrom) this.#replaceAhead();
    return this.#token;
  }

  async #authenticated(signal: AbortSignal | undefined): Promise<AccessToken> {
    const isOthers = this.#authentication.underway;
    try {
      return await this.#authentication.join(() => this.#renewed(), signal);
    } catch (error) {
      // Somebody else's time was up, and not this caller's: one that tries again after a timeout comes here.
      if (!isOthers || !isTimeout(error)) throw error;
    }
    return this.#authentication.join(() => this.#renewed(), signal);
  }

  /** The token in use is still good: a failure is nobody's, until the next try. */
  #replaceAhead(): void {
    void this.#authentication
      .join(() => this.#renewed())
      .catch((error: unknown) => {
        const seconds = error instanceof ProblemResponseError ? error.retryAfterSeconds : undefined;
        this.#replaceFrom = this.#now() + Math.max(PAUSE_MS, (seconds ?? 0) * 1000);
      });
  }

  async #renewed(): Promise<AccessToken> {
    const askedAt = this.#now();
    const token = await this.#authenticate();
    const life = token.expiresIn;
    this.#goodUntil = askedAt + (life - Math.min(MARGIN_SECONDS, MARGIN_PART * life)) * 1000;
    this.#replaceFrom = askedAt + (life - Math.min(AHEAD_SECONDS, AHEAD_PART * life)) * 1000;
    this.#token = token;
    return token;
  }

  // Another call may have replaced the token meanwhile: only the refused one goes.
  #dropIfRefused(token: AccessToken, error: unknown): void {
    if (isRefusedByBroker(error) && this.#token === token) this.#token = undefined;
  }
}

function isTimeout(error: unknown): boolean {
  return error instanceof TransportError && error.code === 'timeout';
}
