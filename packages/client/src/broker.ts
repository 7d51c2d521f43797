// The broker's endpoints as methods (protocol §2): wire names and wire errors end here.

import {
  type AdminAuthRequest,
  type AppAuthRequest,
  type DelegateRequest,
  type DelegationRecord,
  type HealthAnswer,
  type LaunchTokenRequest,
  readAppRegistration,
  readAuth,
  readChallenge,
  readDelegation,
  readHealth,
  readLaunchToken,
  readRegistration,
  readRenewal,
  readRevocation,
  readValidation,
  type RegisterAppAnswer,
  type RegisterAppRequest,
  type RegisterRequest,
  type RevokeAnswer,
  type RevokeRequest,
  type ValidateAnswer,
  type ValidateRequest,
  WireError,
} from '@agentwrit/protocol';
import { AccessToken } from './access-token.js';
import { readAnswer } from './answer.js';
import { MalformedAnswerError } from './errors.js';
import { readRefusal } from './refusal.js';
import { type ConnectionOptions, Transport, type TransportAnswer } from './transport.js';

interface Call {
  readonly body?: object;
  readonly bearer?: AccessToken;
  /** What of the body must not come back in an error. The bearer token is always among them. */
  readonly secrets?: readonly string[];
  readonly signal?: AbortSignal | undefined;
}

interface Cancellable {
  readonly signal?: AbortSignal | undefined;
}

interface Authorised extends Cancellable {
  readonly bearer: AccessToken;
}

/** One method per endpoint. Each sends one request, retries nothing, and keeps nothing. */
export class Broker {
  readonly #transport: Transport;

  /** @throws TypeError naming the option that is wrong or unknown */
  constructor(options: ConnectionOptions) {
    this.#transport = new Transport(options);
  }

  get url(): string {
    return this.#transport.brokerUrl;
  }

  health({ signal }: Cancellable): Promise<HealthAnswer> {
    return this.#get('/v1/health', { signal }, readHealth);
  }

  async challenge({ signal }: Cancellable): Promise<string> {
    return (await this.#get('/v1/challenge', { signal }, readChallenge)).nonce;
  }

  authenticateApp(body: AppAuthRequest): Promise<AccessToken> {
    const call = { body, secrets: [body.client_secret] };
    return this.#post('/v1/app/auth', call, (answer, sentAt) => {
      return new AccessToken(readAuth(answer), sentAt);
    });
  }

  authenticateAdmin(body: AdminAuthRequest): Promise<AccessToken> {
    const call = { body, secrets: [body.secret] };
    return this.#post('/v1/admin/auth', call, (answer, sentAt) => {
      return new AccessToken(readAuth(answer), sentAt);
    });
  }

  async issueLaunchToken(body: LaunchTokenRequest, by: Authorised): Promise<string> {
    const call = { ...by, body };
    return (await this.#post('/v1/app/launch-tokens', call, readLaunchToken)).launch_token;
  }

  /** No bearer: the launch token in the body is the credential (protocol §10.3). */
  register(
    body: RegisterRequest,
    { signal }: Cancellable,
  ): Promise<{ agentId: string; token: AccessToken }> {
    const call = { body, secrets: [body.launch_token], signal };
    return this.#post('/v1/register', call, (value, sentAt) => {
      const answer = readRegistration(value);
      return { agentId: answer.agent_id, token: new AccessToken(answer, sentAt) };
    });
  }

  renew(by: Authorised): Promise<AccessToken> {
    return this.#post('/v1/token/renew', by, (answer, sentAt) => {
      return new AccessToken(readRenewal(answer), sentAt);
    });
  }

  async release(by: Authorised): Promise<void> {
    const path = '/v1/token/release';
    const { status } = await this.#send('POST', path, by);
    // A 200 is from something that is not the broker: the token would go on living unnoticed.
    if (status !== 204) {
      throw new MalformedAnswerError(path, new WireError('status', '204', status));
    }
  }

  delegate(
    body: DelegateRequest,
    by: Authorised,
  ): Promise<{ token: AccessToken; chain: readonly DelegationRecord[] }> {
    return this.#post('/v1/delegate', { ...by, body }, (value, sentAt) => {
      const answer = readDelegation(value);
      return { token: new AccessToken(answer, sentAt), chain: answer.delegation_chain };
    });
  }

  validate(body: ValidateRequest, { signal }: Cancellable): Promise<ValidateAnswer> {
    const call = { body, secrets: [body.token], signal };
    return this.#post('/v1/token/validate', call, readValidation);
  }

  registerApp(body: RegisterAppRequest, by: Authorised): Promise<RegisterAppAnswer> {
    return this.#post('/v1/admin/apps', { ...by, body }, readAppRegistration);
  }

  revoke(body: RevokeRequest, by: Authorised): Promise<RevokeAnswer> {
    return this.#post('/v1/revoke', { ...by, body }, (value) => {
      const answer = readRevocation(value);
      // Protocol §2.9: always true. Anything else must not pass for a revocation.
      if (!answer.revoked) throw new WireError('revocation.revoked', 'true', answer.revoked);
      return answer;
    });
  }

  /** Lets requests under way finish. */
  close(): Promise<void> {
    return this.#transport.close();
  }

  /** Does not wait for anything. */
  destroy(): Promise<void> {
    return this.#transport.destroy();
  }

  async #get<T>(path: string, call: Call, read: (value: unknown) => T): Promise<T> {
    return readAnswer(path, await this.#send('GET', path, call), read);
  }

  async #post<T>(
    path: string,
    call: Call,
    read: (value: unknown, sentAtMs: number) => T,
  ): Promise<T> {
    const sentAtMs = Date.now();
    const answer = await this.#send('POST', path, call);
    return readAnswer(path, answer, (value) => read(value, sentAtMs));
  }

  /** Resolves with 2xx answers only. */
  async #send(
    method: 'GET' | 'POST',
    path: string,
    { body, bearer, secrets = [], signal }: Call,
  ): Promise<TransportAnswer> {
    const credential = bearer?.text;
    const answer = await this.#transport.send({ method, path, body, bearer: credential, signal });
    if (answer.status >= 200 && answer.status <= 299) return answer;
    throw readRefusal(answer, {
      path,
      secrets: credential === undefined ? secrets : [...secrets, credential],
    });
  }
}
