// A promise that is nobody's to cancel in → the same, for one caller who may leave before it ends, out.

import { raiseListenerLimit } from './listener-limit.js';

/** The promise goes on; only the waiting ends. @throws the signal's reason when it is aborted first */
export async function untilAborted<T>(
  promise: Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  if (signal === undefined) return promise;
  signal.throwIfAborted();
  raiseListenerLimit(signal);
  let abort = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    // Whatever the caller aborted with, by convention an Error.
    abort = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', abort, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
