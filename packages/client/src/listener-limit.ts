// A signal that any number of calls may wait for in → the same, which Node does not take for a leak, out.

import { defaultMaxListeners, getMaxListeners, setMaxListeners } from 'node:events';

// As many as the platform's own fetch allows itself.
const MANY = 1500;

/** Each call under way listens once, and no longer than it takes; at the eleventh Node would warn of a leak. */
export function raiseListenerLimit(signal: AbortSignal): void {
  try {
    // A limit that the program has set is its own affair.
    if (getMaxListeners(signal) === defaultMaxListeners) setMaxListeners(MANY, signal);
  } catch {
    // Not a signal of Node's, but one of a simulated browser, say: nobody counts there.
  }
}
