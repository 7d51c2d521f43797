// An answer as it came in → the JSON value that it holds out, or a BrokerFault.

import { isJsonType } from '@agentwrit/protocol';
import { BrokerFault } from './fault.js';
import type { BrokerAnswer } from './transport.js';

/** Rejects any status but 200, and what is not JSON. What the value should look like is its reader's business. */
export function readJsonAnswer(answer: BrokerAnswer): unknown {
  if (answer.status !== 200) {
    const hint = answer.status === 404 ? " (is the URL the broker's base URL?)" : '';
    throw new BrokerFault('unexpected_status', `the broker answered ${answer.status}${hint}`, {
      retryAfterSeconds: readRetryAfter(answer.retryAfter),
      // It, or something before it, does not like this request; others may fare better.
      isOutage: answer.status < 400 || answer.status >= 500 || answer.status === 429,
    });
  }
  // A proxy's log-in page is 200 too.
  if (!isJsonType(answer.contentType)) {
    throw new BrokerFault('malformed_answer', 'the answer is not application/json');
  }
  try {
    return JSON.parse(answer.body);
  } catch {
    // The parser's own message quotes the text it read, which may hold claims: it is not kept as cause.
    throw new BrokerFault('malformed_answer', 'the answer is not JSON');
  }
}

// Seconds only, and not more than a minute: a date, or a proxy's "come back tomorrow", is no use to an agent
// whose token lives for minutes.
export function readRetryAfter(value: string | undefined): number | undefined {
  if (value === undefined || !/^\d{1,5}$/.test(value)) return undefined;
  return Math.min(Number(value), 60);
}
