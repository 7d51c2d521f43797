// Timers that nobody waits for → no process is kept alive by them.

/** Where a timer is a mere number, nothing can be done about it. */
export function unref(timer: number | { readonly unref?: () => unknown }): void {
  if (typeof timer !== 'number') timer.unref?.();
}

/** Resolves after that time, or when the signal is aborted. */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const wake = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', wake);
      resolve();
    };
    const timer = setTimeout(wake, ms);
    unref(timer);
    signal.addEventListener('abort', wake, { once: true });
    if (signal.aborted) wake();
  });
}
