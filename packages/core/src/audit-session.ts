// The operator's secret in → pages of the broker's audit log out (protocol §2.11, §7.4). Logs in when it has to.

import { type AuditPage, readAuditPage, readAuth, WireError } from '@agentwrit/protocol';
import { readJsonAnswer, readRetryAfter } from './broker-answer.js';
import type { CallSignal } from './call-signal.js';
import { Deadlines } from './deadlines.js';
import { BrokerFault } from './fault.js';
import { requestIdOf } from './request-id.js';
import type { BrokerAnswer, OperatorTransport } from './transport.js';

/** The broker refuses the operator. The message is for an operator, too. */
export class CannotAuthenticate extends Error {
  override readonly name = 'CannotAuthenticate';
  /** Whole seconds, when the broker said so itself. */
  readonly retryAfterSeconds: number | undefined;

  constructor(message: string, retryAfterSeconds?: number) {
    super(message);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

export interface AuditSession {
  /**
   * Rejects with a CannotAuthenticate, with a BrokerFault when the broker gives no answer, or with a WireError
   * when the page is none.
   */
  readonly page: (offset: number, limit: number) => Promise<AuditPage>;
  /** Breaks off what runs. */
  readonly close: () => Promise<void>;
}

export interface AuditSessionOptions {
  readonly adminSecret: string;
  /** Deadline of each request: connection, headers and body. */
  readonly timeoutMs: number;
  /** Milliseconds since some fixed moment. */
  readonly monotonic: () => number;
}

// A page of 1,000 events has 0.5 to 1 MB. Anybody can put some 12 MB into one event: a path of 1 MB (protocol §1.8),
// twice, at six bytes for some characters (§1.3, §1.9). Two of those fit, so that nobody can put an event there that
// cannot be read.
const MAX_PAGE_BYTES = 32 * 1024 * 1024;

// A log-in takes the broker a moment of bcrypt, and clocks do not run alike.
const MAX_MARGIN_MS = 30_000;

export function createAuditSession(
  transport: OperatorTransport,
  { adminSecret, timeoutMs, monotonic }: AuditSessionOptions,
): AuditSession {
  let login: { readonly token: string; readonly endsAt: number } | undefined;
  const deadlines = new Deadlines({ timeoutMs, isBackground: true, canBeEnded: true });
  let isClosed = false;

  async function exchange(
    send: (options: { requestId: string; signal: CallSignal }) => Promise<BrokerAnswer>,
  ): Promise<BrokerAnswer> {
    if (isClosed) throw new BrokerFault('closed', 'the feed has been closed');
    return deadlines.run(({ signal }) => send({ requestId: requestIdOf(undefined), signal }));
  }

  async function logIn(): Promise<string> {
    const askedAt = monotonic();
    const body = JSON.stringify({ secret: adminSecret });
    const answer = await exchange((options) => transport.post('/v1/admin/auth', body, options));
    if (answer.status >= 400 && answer.status < 500) {
      throw new CannotAuthenticate(
        answer.status === 429
          ? 'the broker limits log-ins (429)'
          : `the broker refuses the log-in with the admin secret (${answer.status})`,
        readRetryAfter(answer.retryAfter),
      );
    }
    const { token, lifeMs } = readLogIn(readJsonAnswer(answer));
    login = { token, endsAt: askedAt + lifeMs - Math.min(lifeMs / 10, MAX_MARGIN_MS) };
    return token;
  }

  return {
    async page(offset, limit) {
      const path = `/v1/audit/events?offset=${offset}&limit=${limit}`;
      const read = (token: string): Promise<BrokerAnswer> =>
        exchange((options) => transport.get(path, { token, maxBytes: MAX_PAGE_BYTES, ...options }));
      const known = login !== undefined && monotonic() < login.endsAt ? login.token : undefined;
      let answer = await read(known ?? (await logIn()));
      // Ended before its time: the broker was restarted with another key, say.
      if (answer.status === 401 && known !== undefined) answer = await read(await logIn());
      if (answer.status === 401 || answer.status === 403) {
        login = undefined;
        throw new CannotAuthenticate(
          `the broker refuses the operator's token (${answer.status}); was the admin revoked?`,
        );
      }
      return readAuditPage(readJsonAnswer(answer));
    },
    async close() {
      isClosed = true;
      deadlines.endAll(new BrokerFault('closed', 'the feed has been closed'));
      await transport.close();
    },
  };
}

function readLogIn(value: unknown): { token: string; lifeMs: number } {
  try {
    const { access_token: token, expires_in: seconds } = readAuth(value);
    if (seconds < 1) throw new WireError('auth.expires_in', 'at least 1', seconds);
    return { token, lifeMs: seconds * 1000 };
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    throw new BrokerFault('malformed_answer', error.message);
  }
}
