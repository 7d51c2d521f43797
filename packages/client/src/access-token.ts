// A token answer of the broker in → the token and its times out, unprintable.

import { WireError } from '@agentwrit/protocol';
import { Confidential } from './confidential.js';

/**
 * The headers of a request, or part of them. A type and not an interface: only so does it fit where headers
 * are any record of texts, as `fetch` takes them.
 */
export type BearerHeader = { readonly authorization: string };

// A token is good up to and including its last second (protocol §3.4), and the broker may begin to count later.
const AFTERLIFE_MS = 2000;

// RFC 6750 §2.1 is narrower; this is what a header value can carry without changing it.
const PRINTABLE = /^[\x21-\x7e]+$/;

/** Whether a text can stand as a token in a header. */
export function isTokenText(text: string): boolean {
  return PRINTABLE.test(text);
}

/** One access token, as the broker issued it. Immutable. */
export class AccessToken extends Confidential {
  readonly #text: string;
  readonly #expiresAtMs: number;
  /** The same moment on the clock of `performance.now()`. */
  readonly #expiresAtMonotonicMs: number;
  /** Seconds at issue. */
  readonly expiresIn: number;

  /**
   * @param sentAtMs when the token was asked for: the broker's clock started later, so the expiry computed
   *   here is never late by more than the two clocks differ
   * @throws WireError when the text cannot stand in a header, or the life has no end
   */
  constructor(answer: { access_token: string; expires_in: number }, sentAtMs: number) {
    super();
    if (!isTokenText(answer.access_token)) {
      throw new WireError('access_token', 'printable ASCII', answer.access_token);
    }
    this.#text = answer.access_token;
    this.#expiresAtMs = sentAtMs + answer.expires_in * 1000;
    // Beyond what a Date can hold there is no end, and no time to renew.
    if (answer.expires_in < 0 || Number.isNaN(this.expiresAt.getTime())) {
      throw new WireError('expires_in', 'a life in seconds', answer.expires_in);
    }
    this.#expiresAtMonotonicMs = performance.now() + this.#expiresAtMs - Date.now();
    this.expiresIn = answer.expires_in;
  }

  get text(): string {
    return this.#text;
  }

  get expiresAt(): Date {
    return new Date(this.#expiresAtMs);
  }

  /**
   * Milliseconds until it expires, negative afterwards. The less of what two clocks say: one may be set back, the
   * other stands still while the machine sleeps.
   */
  get remainingMs(): number {
    const { wallMs, monotonicMs } = this.#remaining();
    return Math.min(wallMs, monotonicMs);
  }

  /** Whether it has expired for certain, by both clocks and with the benefit of the doubt. */
  get isOver(): boolean {
    const { wallMs, monotonicMs } = this.#remaining();
    return Math.max(wallMs, monotonicMs) < -AFTERLIFE_MS;
  }

  get bearerHeader(): BearerHeader {
    return { authorization: `Bearer ${this.#text}` };
  }

  #remaining(): { readonly wallMs: number; readonly monotonicMs: number } {
    return {
      wallMs: this.#expiresAtMs - Date.now(),
      monotonicMs: this.#expiresAtMonotonicMs - performance.now(),
    };
  }

  toJSON(): object {
    return { expiresIn: this.expiresIn, expiresAt: this.expiresAt };
  }
}
