// The broker's endpoints for apps and agents as methods (protocol §2): wire names and wire errors end here.

import {
  type AppAuthRequest,
  type DelegateRequest,
  type DelegationRecord,
  type HealthAnswer,
  type LaunchTokenRequest,
  readAuth,
  readChallenge,
  readDelegation,
  readHealth,
  readLaunchToken,
  readRegistration,
  readRenewal,
  readValidation,
  type RegisterRequest,
  type ValidateAnswer,
  type ValidateRequest,
  WireError,
} from '@agentwrit/protocol';
import { AccessToken } from './access-token.js';
import { MalformedAnswerError } from './errors.js';
import { type Authorised, type Cancellable, Exchange } from './exchange.js';

// The broker asks for 60 s and lets an app in again after 6 (protocol §1.10).
const MAX_APP_AUTH_WAIT_MS = 6000;

/** One method per endpoint. */
export class Broker extends Exchange {
  health(by: Cancellable): Promise<HealthAnswer> {
    return this.call('GET', '/v1/health', by, readHealth);
  }

  async challenge(by: Cancellable): Promise<string> {
    return (await this.call('GET', '/v1/challenge', by, readChallenge)).nonce;
  }

  /** A second one harms nobody: it is a token that lives for a while unused. */
  authenticateApp(body: AppAuthRequest, by: Cancellable): Promise<AccessToken> {
    const call = {
      ...by,
      body,
      secrets: [body.client_secret],
      isSafe: true,
      maxRetryAfterMs: MAX_APP_AUTH_WAIT_MS,
    };
    return this.call('POST', '/v1/app/auth', call, (answer, sentAt) => {
      return new AccessToken(readAuth(answer), sentAt);
    });
  }

  async issueLaunchToken(body: LaunchTokenRequest, by: Authorised): Promise<string> {
    const call = { ...by, body };
    const path = '/v1/app/launch-tokens';
    return (await this.call('POST', path, call, readLaunchToken)).launch_token;
  }

  /** No bearer: the launch token in the body is the credential (protocol §10.3). Uses it up. */
  register(
    body: RegisterRequest,
    by: Cancellable,
  ): Promise<{ agentId: string; token: AccessToken }> {
    const call = { ...by, body, secrets: [body.launch_token] };
    return this.call('POST', '/v1/register', call, (value, sentAt) => {
      const answer = readRegistration(value);
      return { agentId: answer.agent_id, token: new AccessToken(answer, sentAt) };
    });
  }

  /** Done twice, the second finds the token dead. */
  renew(by: Authorised): Promise<AccessToken> {
    return this.call('POST', '/v1/token/renew', by, (answer, sentAt) => {
      return new AccessToken(readRenewal(answer), sentAt);
    });
  }

  async release(by: Authorised): Promise<void> {
    const path = '/v1/token/release';
    const { status } = await this.send('POST', path, { ...by, isSafe: true });
    // A 200 is from something that is not the broker: the token would go on living unnoticed.
    if (status !== 204) {
      throw new MalformedAnswerError(path, new WireError('status', '204', status));
    }
  }

  delegate(
    body: DelegateRequest,
    by: Authorised,
  ): Promise<{ token: AccessToken; chain: readonly DelegationRecord[] }> {
    return this.call('POST', '/v1/delegate', { ...by, body }, (value, sentAt) => {
      const answer = readDelegation(value);
      return { token: new AccessToken(answer, sentAt), chain: answer.delegation_chain };
    });
  }

  validate(body: ValidateRequest, by: Cancellable): Promise<ValidateAnswer> {
    const call = { ...by, body, secrets: [body.token], isSafe: true };
    return this.call('POST', '/v1/token/validate', call, readValidation);
  }
}
