// A token in → the broker's verdict out (protocol §2.4).

import {
  type Claims,
  isJsonType,
  readValidation,
  type ValidateAnswer,
  WireError,
} from '@agentwrit/protocol';
import { BrokerFault } from './fault.js';
import { decodeTokenPart } from './prefilter.js';
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
  /** Ends each running call with a fault. */
  const running = new Set<(fault: BrokerFault) => void>();

  async function withDeadline<T>(run: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const controller = new AbortController();
    let giveUp: (fault: BrokerFault) => void = () => undefined;
    const gaveUp = new Promise<never>((_, reject) => {
      giveUp = (fault) => {
        reject(fault);
        controller.abort();
      };
    });
    running.add(giveUp);
    const timer = setTimeout(
      () => giveUp(new BrokerFault('timeout', `no whole answer within ${timeoutMs} ms`)),
      timeoutMs,
    );
    try {
      // A race and not only the signal: a broker object in this process need not listen to it.
      return await Promise.race([run(controller.signal), gaveUp]);
    } finally {
      clearTimeout(timer);
      running.delete(giveUp);
    }
  }

  return {
    async validate(token, requestId) {
      const body = JSON.stringify({ token });
      const answer = await withDeadline((signal) =>
        transport.post('/v1/token/validate', body, { requestId, signal }),
      );
      const verdict = readAnswer(answer);
      if (verdict.valid) assertSameToken(token, verdict.claims);
      return verdict;
    },
    async close() {
      for (const giveUp of running) giveUp(new BrokerFault('closed', 'the guard has been closed'));
      await transport.close();
    },
  };
}

// The broker repeats what the token says (protocol §2.4). An answer about another token, from a cache or a
// connection that got out of step, would make its bearer somebody else.
function assertSameToken(token: string, claims: Claims): void {
  const payload = decodeTokenPart(token.split('.', 2)[1] ?? '');
  const isSame = (['jti', 'sub', 'exp'] as const).every((name) => payload?.[name] === claims[name]);
  if (!isSame) throw new BrokerFault('malformed_answer', 'the answer is about another token');
}

function readAnswer(answer: BrokerAnswer): Verdict {
  if (answer.status !== 200) {
    throw new BrokerFault('unexpected_status', `the broker answered ${answer.status}`, {
      retryAfterSeconds: readRetryAfter(answer.retryAfter),
    });
  }
  // A proxy's log-in page is 200 too.
  if (!isJsonType(answer.contentType)) {
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
