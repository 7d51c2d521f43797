// Milliseconds in → a promise for when they have passed, or something happened before, out.

import { raiseListenerLimit } from '../listener-limit.js';

/** Resolves, and leaves nothing behind, when the time has passed or one of the signals is aborted. */
export function pause(ms: number, signals: readonly AbortSignal[]): Promise<void> {
  return new Promise((resolve) => {
    const wake = (): void => {
      clearTimeout(timer);
      for (const signal of signals) signal.removeEventListener('abort', wake);
      resolve();
    };
    const timer = setTimeout(wake, ms);
    for (const signal of signals) {
      raiseListenerLimit(signal);
      signal.addEventListener('abort', wake);
    }
    if (signals.some((signal) => signal.aborted)) wake();
  });
}
