// The admin secret in → operator calls out (protocol §2.9, §2.14).

import {
  assertKnownOptions,
  assertText,
  REVOCATION_LEVELS,
  type RevocationLevel,
  type RevokeAnswer,
} from '@agentwrit/protocol';
import { Broker } from './broker.js';
import { Confidential } from './confidential.js';
import { assertScopes, assertSeconds, assertSignal, type CallOptions } from './option-checks.js';
import { RegisteredApp } from './registered-app.js';
import { Session } from './session.js';
import { CONNECTION_OPTIONS, type ConnectionOptions } from './transport.js';

export interface AgentWritOperatorOptions extends ConnectionOptions {
  readonly adminSecret: string;
}

export interface RegisterAppOptions extends CallOptions {
  /** Lower-case letters, digits and single hyphens, a letter first and no hyphen second; unique for ever (protocol §9). */
  readonly name: string;
  /** The app's ceiling: its agents can hold no more. */
  readonly scopes: readonly string[];
  /** Seconds the app's own token lives, 60 to 86,400; the broker's default when absent. */
  readonly tokenTtl?: number | undefined;
}

export interface RevokeOptions extends CallOptions {
  readonly level: RevocationLevel;
  /** `token`: jti. `agent`: agent id. `task`: task id. `chain`: agent id of the first delegator. */
  readonly target: string;
}

/** What the holder of the broker's admin secret can do. Authenticates when first needed. */
export class AgentWritOperator extends Confidential {
  /** Normalised: no trailing slash. */
  readonly brokerUrl: string;
  readonly #broker: Broker;
  readonly #session: Session;

  /** Sends nothing. @throws TypeError naming the option that is wrong or unknown */
  constructor(options: AgentWritOperatorOptions) {
    super();
    assertKnownOptions(options, 'AgentWritOperator', [...CONNECTION_OPTIONS, 'adminSecret']);
    const { adminSecret, ...connection } = options;
    assertText(adminSecret, 'adminSecret');
    const broker = new Broker(connection);
    this.brokerUrl = broker.url;
    this.#broker = broker;
    this.#session = new Session({
      authenticate: () => broker.authenticateAdmin({ secret: adminSecret }),
    });
  }

  /** @throws ProblemResponseError 400 for a bad name or ttl, 500 for a name already taken */
  async registerApp(options: RegisterAppOptions): Promise<RegisteredApp> {
    assertKnownOptions(options, 'registerApp', ['name', 'scopes', 'tokenTtl', 'signal']);
    const { name, scopes, tokenTtl, signal } = options;
    assertText(name, 'name');
    assertScopes(scopes, 'scopes');
    assertSeconds(tokenTtl, 'tokenTtl');
    assertSignal(signal);
    const body = {
      name,
      scopes: [...scopes],
      ...(tokenTtl === undefined ? {} : { token_ttl: tokenTtl }),
    };
    const answer = await this.#session.use(
      (bearer) => this.#broker.registerApp(body, { bearer, signal }),
      signal,
    );
    return new RegisteredApp(answer);
  }

  /** Permanent and immediate; also hits tokens issued later (protocol §6.2). */
  async revoke(options: RevokeOptions): Promise<RevokeAnswer> {
    assertKnownOptions(options, 'revoke', ['level', 'target', 'signal']);
    const { level, target, signal } = options;
    if (!REVOCATION_LEVELS.includes(level)) {
      throw new TypeError(`"level" must be one of ${REVOCATION_LEVELS.join(', ')}`);
    }
    assertText(target, 'target');
    assertSignal(signal);
    return this.#session.use(
      (bearer) => this.#broker.revoke({ level, target }, { bearer, signal }),
      signal,
    );
  }

  /** Lets requests under way finish, then closes the connections; idempotent. */
  close(): Promise<void> {
    return this.#broker.close();
  }

  /** Closes the operator at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  toJSON(): object {
    return { brokerUrl: this.brokerUrl };
  }
}
