// A token that can be renewed in → renewals in time, for as long as that is possible, out.

import { assertFunction, assertKnownOptions } from '@agentwrit/protocol';
import type { AccessToken } from './access-token.js';
import { AgentWritError, AuthorityLostError } from './errors.js';
import { raiseListenerLimit } from './listener-limit.js';
import { assertSignal } from './option-checks.js';
import { isDeadToken } from './problem-response.js';

export interface KeepAliveOptions {
  /** After each renewal of this keeper's. */
  readonly onRenewed?: (() => void) | undefined;
  /** After a renewal that failed and will be tried again. */
  readonly onMissed?: ((error: Error) => void) | undefined;
  /** Once, when renewing is no longer possible. Nothing comes after it. */
  readonly onLost?: ((error: AuthorityLostError) => void) | undefined;
  /** Aborting it is `stop()`. */
  readonly signal?: AbortSignal | undefined;
}

/** What has to be kept alive. */
export interface Life {
  readonly agentId: string;
  readonly token: () => AccessToken;
  readonly renew: () => Promise<void>;
  readonly onStop: () => void;
}

// The rest is for a few tries more, should the first fail.
const DUE_PART = 0.8;

// Of what is left of the life, the pause after a renewal that failed: ever shorter, hence some twenty tries.
const PAUSE_PART = 0.2;
const MIN_PAUSE_MS = 250;

// A timer stands still while the machine sleeps, and so it is set anew now and then: the token's clocks go on.
// It is also the longest pause.
const LOOK_MS = 30_000;

/** @throws TypeError naming the option that is wrong or unknown */
export function readKeepAliveOptions(options: KeepAliveOptions): KeepAliveOptions {
  assertKnownOptions(options, 'keepAlive', ['onRenewed', 'onMissed', 'onLost', 'signal']);
  for (const name of ['onRenewed', 'onMissed', 'onLost'] as const) {
    if (options[name] !== undefined) assertFunction(options[name], name);
  }
  assertSignal(options.signal);
  return { ...options };
}

/** Made by `keepAlive()`. */
export class KeepAlive {
  /** Aborts with an `AuthorityLostError` when the authority is lost for good, and never otherwise. */
  readonly signal: AbortSignal;
  readonly #options: KeepAliveOptions;
  readonly #life: Life;
  readonly #lost = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(options: KeepAliveOptions, life: Life) {
    this.signal = this.#lost.signal;
    this.#options = options;
    this.#life = life;
    if (options.signal?.aborted) {
      this.#isStopped = true;
      return;
    }
    if (options.signal !== undefined) raiseListenerLimit(options.signal);
    options.signal?.addEventListener('abort', this.stop, { once: true });
    this.#await(life.token());
  }

  /** Ends the renewing, and nothing else: the token lives out its life. Idempotent. */
  readonly stop = (): void => {
    if (this.#isStopped) return;
    this.#isStopped = true;
    clearTimeout(this.#timer);
    this.#options.signal?.removeEventListener('abort', this.stop);
    this.#life.onStop();
  };

  [Symbol.dispose](): void {
    this.stop();
  }

  /** To be called when the broker has refused the current token, whoever asked. */
  lose(error: Error): void {
    if (this.#isStopped) return;
    this.#lose(this.#life.token().remainingMs <= 0 ? 'expired' : 'refused', error);
  }

  #lose(reason: AuthorityLostError['reason'], cause: Error): void {
    const { onLost } = this.#options;
    const lost = new AuthorityLostError(this.#life.agentId, reason, cause);
    this.stop();
    this.#lost.abort(lost);
    notify(onLost, lost);
  }

  /** Until that token is due. */
  #await(token: AccessToken, minMs = 0): void {
    const dueMs = token.remainingMs - (1 - DUE_PART) * token.expiresIn * 1000;
    this.#schedule(token, Math.max(minMs, dueMs));
  }

  #schedule(token: AccessToken, delayMs: number): void {
    if (this.#isStopped) return;
    const isLook = delayMs > LOOK_MS;
    this.#timer = setTimeout(() => void this.#beat(token, isLook), isLook ? LOOK_MS : delayMs);
    // A program that has nothing else to do need not go on for it.
    this.#timer.unref();
  }

  async #beat(token: AccessToken, isLook: boolean): Promise<void> {
    const current = this.#life.token();
    // In the second case somebody else has renewed it.
    if (isLook || current !== token) {
      this.#await(current);
      return;
    }
    try {
      await this.#life.renew();
    } catch (error) {
      this.#miss(token, error instanceof Error ? error : new Error('unknown failure'));
      return;
    }
    if (this.#isStopped) return;
    // A broker whose tokens are dead on arrival must not be asked without end.
    this.#await(this.#life.token(), MIN_PAUSE_MS);
    notify(this.#options.onRenewed);
  }

  #miss(token: AccessToken, error: Error): void {
    if (this.#isStopped) return;
    const { remainingMs } = token;
    if (isClosed(error)) return this.#lose('closed', error);
    if (token.isOver) return this.#lose('expired', error);
    if (isDeadToken(error)) return this.lose(error);
    this.#schedule(token, Math.min(LOOK_MS, Math.max(MIN_PAUSE_MS, PAUSE_PART * remainingMs)));
    notify(this.#options.onMissed, error);
  }
}

/** Then no later try can do better. */
function isClosed(error: Error): boolean {
  return error instanceof AgentWritError && error.code === 'closed';
}

/** What the program makes of it must not end the renewing: an error of its own is thrown where nothing waits. */
function notify<A extends readonly unknown[]>(
  callback: ((...args: A) => void) | undefined,
  ...args: A
): void {
  if (callback !== undefined) queueMicrotask(() => callback(...args));
}
