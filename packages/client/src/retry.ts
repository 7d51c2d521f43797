// One try of a request in → its answer out, after another try where that can do no harm.

import type { Deadline } from './deadline.js';
import { TransportError } from './errors.js';
import { ProblemResponseError } from './problem-response.js';

export interface RetryOptions {
  readonly deadline: Deadline;
  /** Whether having been done twice is as good as once. */
  readonly isSafe: boolean;
  /** The broker's word for how long to wait can be bounded where more is known (protocol §1.10). */
  readonly maxRetryAfterMs?: number | undefined;
}

// Long enough for a broker that restarts behind its port, short enough that nobody minds.
const CONNECTION_PAUSE_MS = 100;

// The request cannot have reached anybody.
const NOT_SENT: ReadonlySet<unknown> = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
]);

// With these the connection stood: a host can become unreachable while its answer is awaited, too.
const AFTER_CONNECTING: ReadonlySet<unknown> = new Set(['read', 'write']);

// It may have been read and done before the connection broke.
const BROKEN_OFF: ReadonlySet<unknown> = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

/**
 * Tries once more when the connection failed, as long as the request cannot have been done, or may be done
 * twice; and again after each `Retry-After` that fits into the deadline (RFC 9110 §10.2.3). Any other failure is
 * the caller's at once, and so is a wait that would not end in time.
 */
export async function retried<T>(attempt: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { deadline } = options;
  let hasReconnected = false;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      const waitMs = retryAfterMs(error, options);
      if (waitMs !== undefined && waitMs < deadline.remainingMs()) {
        await deadline.wait(waitMs);
      } else if (!hasReconnected && isConnectionFailure(error, options.isSafe)) {
        hasReconnected = true;
        await deadline.wait(CONNECTION_PAUSE_MS);
      } else {
        throw error;
      }
    }
  }
}

// 429 says that nothing was done. 503 may come from a proxy that gave up waiting.
function retryAfterMs(
  error: unknown,
  { isSafe, maxRetryAfterMs = Infinity }: RetryOptions,
): number | undefined {
  if (!(error instanceof ProblemResponseError) || error.retryAfterSeconds === undefined) {
    return undefined;
  }
  const isRefusedUndone = error.status === 429 || (error.status === 503 && isSafe);
  if (!isRefusedUndone) return undefined;
  // At least a moment, so that "0" does not make a loop, and not the same one for everybody.
  const waitMs = Math.max(CONNECTION_PAUSE_MS, error.retryAfterSeconds * 1000);
  return Math.min(waitMs, maxRetryAfterMs) + Math.random() * CONNECTION_PAUSE_MS;
}

function isConnectionFailure(error: unknown, isSafe: boolean): boolean {
  if (!(error instanceof TransportError) || error.code !== 'transport') return false;
  if (!(error.cause instanceof Error)) return false;
  const code: unknown = Reflect.get(error.cause, 'code');
  const syscall: unknown = Reflect.get(error.cause, 'syscall');
  if (NOT_SENT.has(code) && !AFTER_CONNECTING.has(syscall)) return true;
  return isSafe && (NOT_SENT.has(code) || BROKEN_OFF.has(code));
}
