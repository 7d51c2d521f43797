// A token in → the broker's verdict out (protocol §2.4).

import { readValidation, type ValidateAnswer, WireError } from '@agentwrit/protocol';
import { BrokerFault } from './fault.js';
import type { BrokerAnswer, BrokerTransport } from './transport.js';

/** What the broker said about one token: vouched for, with its claims, or refused. */
export type Verdict = ValidateAnswer;

/** Asks about one token. Rejects with a {@link BrokerFault} when there is no answer that can be trusted. */
export interface Broker {
  validate(token: string, requestId: string): Promise<Verdict>;
  close(): Promise<void>;
}

/** @param timeoutMs deadline over the whole call: connection, headers and body */
export function createBrokerCalls(transport: BrokerTransport, timeoutMs: number): Broker {
  return {
    async validate(token, requestId) {
      const answer = await withDeadline(timeoutMs, (signal) =>
        transport.post('/v1/token/validate', JSON.stringify({ token }), { requestId, signal }),
      );
      return readAnswer(answer);
    },
    close: () => transport.close(),
  };
}

function readAnswer(answer: BrokerAnswer): Verdict {
  if (answer.status !== 200) {
    throw new BrokerFault('unexpected_status', `the broker answered ${answer.status}`, {
      retryAfterSeconds: readRetryAfter(answer.retryAfter),
    });
  }
  // A proxy's log-in page is 200 too.
  if (answer.contentType.split(';', 1)[0]?.trim().toLowerCase() !== 'application/json') {
    throw new BrokerFault('malformed_answer', 'the answer is not application/json');
  }
  const value = parseJson(answer.body);
  try {
    return readValidation(value);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    throw new BrokerFault('malformed_answer', error.message);
  }
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    // The parser's own message quotes the text it read, which may hold claims: it is not kept as cause.
    throw new BrokerFault('malformed_answer', 'the answer is not JSON');
  }
}

// Seconds only, and not more than a minute: a date, or a proxy's "come back tomorrow", is no use to an agent
// whose token lives for minutes.
function readRetryAfter(value: string | undefined): number | undefined {
  if (value === undefined || !/^\d{1,5}$/.test(value)) return undefined;
  return Math.min(Number(value), 60);
}

async function withDeadline<T>(
  timeoutMs: number,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new BrokerFault('timeout', `no whole answer within ${timeoutMs} ms`));
      controller.abort();
    }, timeoutMs);
  });
  try {
    // A race and not only the signal: a broker object in this process need not listen to it.
    return await Promise.race([run(controller.signal), expired]);
  } finally {
    clearTimeout(timer);
  }
}
