// A `Response`, of a platform's `fetch` or of a broker object → the broker's answer out, read no further than it
// may be long.

import { AnswerText } from './answer-text.js';
import type { BrokerAnswer } from './transport.js';

export interface ReadingLimits {
  readonly maxBytes: number;
  /** Reading ends with it: nobody waits for the call any more, and a body that hangs must not be held. */
  readonly signal: AbortSignal;
}

export async function readResponse(
  response: Response,
  limits: ReadingLimits,
): Promise<BrokerAnswer> {
  const { status, headers, body } = response;
  return {
    status,
    contentType: headers.get('content-type') ?? '',
    retryAfter: headers.get('retry-after') ?? undefined,
    body: body === null ? '' : await readText(body, limits),
  };
}

async function readText(
  body: ReadableStream<Uint8Array>,
  { maxBytes, signal }: ReadingLimits,
): Promise<string> {
  const text = new AnswerText(maxBytes);
  const reader = body.getReader();
  const cancel = (): void => void reader.cancel().catch(() => undefined);
  signal.addEventListener('abort', cancel, { once: true });
  try {
    signal.throwIfAborted();
    for (;;) {
      const { done, value } = await reader.read();
      // One that was cut off looks like one that has ended.
      signal.throwIfAborted();
      if (done) return text.read();
      text.add(value);
    }
  } catch (error) {
    cancel();
    throw error;
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}
