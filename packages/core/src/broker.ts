// A token in → the broker's verdict out (protocol §2.4).

import { type Claims, readValidation, type ValidateAnswer, WireError } from '@agentwrit/protocol';
import { readJsonAnswer } from './broker-answer.js';
import type { BrokerGate } from './broker-gate.js';
import type { Deadline, Deadlines } from './deadlines.js';
import { BrokerFault, type FaultCode } from './fault.js';
import { decodeTokenPart } from './prefilter.js';
import type { BrokerAnswer, BrokerTransport } from './transport.js';
import type { CallPurpose } from './turns.js';

/** What the broker said about one token: vouched for, with its claims, or refused. */
export type Verdict = ValidateAnswer;

export interface CallOptions {
  readonly requestId: string;
  readonly purpose: CallPurpose;
}

/** Asks about one token. Rejects with a {@link BrokerFault} when there is no answer that can be trusted. */
export interface Broker {
  readonly validate: (token: string, options: CallOptions) => Promise<Verdict>;
  readonly close: () => Promise<void>;
}

export interface BrokerCallsOptions {
  /** Over the whole call: its turn, the connection, headers and body. */
  readonly deadlines: Deadlines;
  readonly gate: BrokerGate;
  readonly onCall: (call: BrokerCall) => void;
}

/** One call, from the moment it left. */
export interface BrokerCall {
  readonly durationMs: number;
  readonly fault: FaultCode | undefined;
}

export function createBrokerCalls(
  transport: BrokerTransport,
  { deadlines, gate, onCall }: BrokerCallsOptions,
): Broker {
  function post(
    token: string,
    requestId: string,
    { signal, race }: Deadline,
  ): Promise<BrokerAnswer> {
    const body = JSON.stringify({ token });
    const send = (): Promise<BrokerAnswer> =>
      // So that a call which nobody waits for any more frees its place.
      race(transport.post('/v1/token/validate', body, { requestId, signal }));
    return send().catch((fault: unknown) => {
      // A connection the broker had closed just then, say. To ask twice changes nothing at the broker.
      if (!isFault(fault, 'connection') || signal.aborted) throw fault;
      return send();
    });
  }

  async function exchange(token: string, requestId: string, deadline: Deadline): Promise<Verdict> {
    const startedAt = performance.now();
    const report = (fault: FaultCode | undefined): void =>
      onCall({ durationMs: performance.now() - startedAt, fault });
    try {
      const verdict = readAnswer(await post(token, requestId, deadline));
      if (verdict.valid) assertSameToken(token, verdict.claims);
      report(undefined);
      return verdict;
    } catch (error) {
      report(error instanceof BrokerFault ? error.code : 'malformed_answer');
      throw error;
    }
  }

  return {
    async validate(token, { requestId, purpose }) {
      const askedAt = performance.now();
      const deadline = deadlines.begin();
      try {
        return await gate.run({
          purpose,
          signal: deadline.signal,
          isTooLate: () => performance.now() - askedAt > deadlines.timeoutMs / 2,
          make: () => exchange(token, requestId, deadline),
        });
      } finally {
        deadline.end();
      }
    },
    async close() {
      deadlines.endAll(new BrokerFault('closed', 'the guard has been closed'));
      await transport.close();
    },
  };
}

function isFault(error: unknown, code: FaultCode): boolean {
  return error instanceof BrokerFault && error.code === code;
}

// The broker repeats what the token says (protocol §2.4). An answer about another token, from a cache or a
// connection that got out of step, would make its bearer somebody else.
function assertSameToken(token: string, claims: Claims): void {
  const payload = decodeTokenPart(token.split('.', 2)[1] ?? '');
  const isSame = (['jti', 'sub', 'exp'] as const).every((name) => payload?.[name] === claims[name]);
  if (!isSame)
    throw new BrokerFault('malformed_answer', 'the answer is about another token', {
      isOutage: false,
    });
}

function readAnswer(answer: BrokerAnswer): Verdict {
  const value = readJsonAnswer(answer);
  try {
    return readValidation(value);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    throw new BrokerFault('malformed_answer', error.message, { isOutage: false });
  }
}
