// The end of a call → told to whoever works on it. An `AbortSignal` in small: one of the platform's for each call
// costs more than all other upkeep of the call together, and only the platform's own functions need it.

/** What an `AbortSignal` has, too. */
export interface CallSignal {
  readonly aborted: boolean;
  /** Once it is aborted. */
  readonly reason: Error;
  throwIfAborted(): void;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** Is aborted, once, by whoever made it. */
export class LightSignal implements CallSignal {
  readonly #listeners: (() => void)[] = [];
  #reason: Error | undefined;

  get aborted(): boolean {
    return this.#reason !== undefined;
  }

  get reason(): Error {
    return this.#reason ?? new Error('not aborted');
  }

  throwIfAborted(): void {
    if (this.#reason !== undefined) throw this.#reason;
  }

  addEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners.push(listener);
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    const index = this.#listeners.indexOf(listener);
    if (index >= 0) this.#listeners.splice(index, 1);
  }

  abort(reason: Error): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    // They may remove themselves meanwhile.
    for (const listener of this.#listeners.splice(0)) listener();
  }
}

/** The same end, for the platform's own functions. */
export function abortSignalOf(signal: CallSignal): AbortSignal {
  if (signal instanceof AbortSignal) return signal;
  const controller = new AbortController();
  const abort = (): void => controller.abort(signal.reason);
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort);
  return controller.signal;
}
