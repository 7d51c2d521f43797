// A caller's signal and a limit in → one signal for everything that one call does out.

import { setTimeout as setTimeoutPromise } from 'node:timers/promises';
import { raiseListenerLimit } from './listener-limit.js';

/** What one call of a program may still do: any number of requests, retries and waits share it. */
export interface Deadline {
  /** Aborts with the caller's reason, or with the error that says that time is up. */
  readonly signal: AbortSignal;
  /** Milliseconds that are left; 0 when time is up. */
  readonly remainingMs: () => number;
  /** Resolves after so many milliseconds. @throws the signal's reason when it is aborted meanwhile */
  readonly wait: (ms: number) => Promise<void>;
}

export interface DeadlineLimits {
  readonly timeoutMs: number;
  /** The caller's. */
  readonly signal?: AbortSignal | undefined;
  /** What the call rejects with when time is up. */
  readonly expired: () => Error;
}

/**
 * Does `work` within the limits. Nothing is left of them afterwards: not `AbortSignal.timeout` and `.any`, whose
 * timers and listeners outlive what they were made for.
 */
export async function withDeadline<T>(
  { timeoutMs, signal, expired }: DeadlineLimits,
  work: (deadline: Deadline) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  const endsAt = performance.now() + timeoutMs;
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(expired()), timeoutMs);
  const giveUp = (): void => controller.abort(signal?.reason);
  if (signal !== undefined) raiseListenerLimit(signal);
  signal?.addEventListener('abort', giveUp, { once: true });
  try {
    return await work({
      signal: controller.signal,
      remainingMs: () => Math.max(0, endsAt - performance.now()),
      wait: (ms) => waitFor(ms, controller.signal),
    });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', giveUp);
  }
}

async function waitFor(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await setTimeoutPromise(ms, undefined, { signal });
  } catch {
    // With the reason; the platform's own error says only that it was aborted.
    signal.throwIfAborted();
  }
}
