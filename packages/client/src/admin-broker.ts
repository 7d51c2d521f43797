// The broker's endpoints for operators as methods (protocol §2.9 to §2.18): wire names and wire errors end here.

import {
  type AdminAuthRequest,
  readAppRegistration,
  readAuth,
  readRevocation,
  type RegisterAppAnswer,
  type RegisterAppRequest,
  type RevokeAnswer,
  type RevokeRequest,
  WireError,
} from '@agentwrit/protocol';
import { AccessToken } from './access-token.js';
import type { Deadline } from './deadline.js';
import { type Authorised, type Cancellable, Exchange } from './exchange.js';
import type { ConnectionOptions } from './transport.js';

/** One method per endpoint. Keeps nothing. */
export class AdminBroker {
  readonly #exchange: Exchange;

  /** @throws TypeError naming the option that is wrong or unknown */
  constructor(options: ConnectionOptions) {
    this.#exchange = new Exchange(options);
  }

  /** Normalised: no trailing slash. */
  get url(): string {
    return this.#exchange.url;
  }

  /** Does `work`, any number of calls, within the connection's `timeoutMs` and until the signal aborts. */
  within<T>(signal: AbortSignal | undefined, work: (deadline: Deadline) => Promise<T>): Promise<T> {
    return this.#exchange.within(signal, work);
  }

  authenticate(body: AdminAuthRequest, by: Cancellable): Promise<AccessToken> {
    const call = { ...by, body, secrets: [body.secret], isSafe: true };
    return this.#exchange.call('POST', '/v1/admin/auth', call, (answer, sentAt) => {
      return new AccessToken(readAuth(answer), sentAt);
    });
  }

  /** Done twice, the second finds the name taken. */
  registerApp(body: RegisterAppRequest, by: Authorised): Promise<RegisterAppAnswer> {
    return this.#exchange.call('POST', '/v1/admin/apps', { ...by, body }, readAppRegistration);
  }

  revoke(body: RevokeRequest, by: Authorised): Promise<RevokeAnswer> {
    const call = { ...by, body, isSafe: true };
    return this.#exchange.call('POST', '/v1/revoke', call, (value) => {
      const answer = readRevocation(value);
      // Protocol §2.9: always true. Anything else must not pass for a revocation.
      if (!answer.revoked) throw new WireError('revocation.revoked', 'true', answer.revoked);
      return answer;
    });
  }

  /** Lets requests under way finish. */
  close(): Promise<void> {
    return this.#exchange.close();
  }

  /** Does not wait for anything. */
  destroy(): Promise<void> {
    return this.#exchange.destroy();
  }
}
