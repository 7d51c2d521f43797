// The admin secret in → operator calls out (protocol §2.9, §2.14).

import {
  assertKnownOptions,
  assertText,
  REVOCATION_LEVELS,
  type RevocationLevel,
  type RevokeAnswer,
} from '@agentwrit/protocol';
import { AdminBroker } from './admin-broker.js';
import { Confidential } from './confidential.js';
import type { Authorised } from './exchange.js';
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
  readonly #broker: AdminBroker;
  readonly #session: Session;

  /** Sends nothing. @throws TypeError naming the option that is wrong or unknown */
  constructor(options: AgentWritOperatorOptions) {
    super();
    assertKnownOptions(options, 'AgentWritOperator', [...CONNECTION_OPTIONS, 'adminSecret']);
    const { adminSecret, ...connection } = options;
    assertText(adminSecret, 'adminSecret');
    const broker = new AdminBroker(connection);
    this.brokerUrl = broker.url;
    this.#broker = broker;
    this.#session = new Session({
      // Others may wait for it: not tied to the caller's signal or deadline.
      authenticate: () =>
        broker.within(undefined, (deadline) =>
          broker.authenticate({ secret: adminSecret }, { deadline }),
        ),
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
    return this.#authorised(signal, async (by) => {
      return new RegisteredApp(await this.#broker.registerApp(body, by));
    });
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
    return this.#authorised(signal, (by) => this.#broker.revoke({ level, target }, by));
  }

  /** Lets requests under way finish, then closes the connections; idempotent. */
  close(): Promise<void> {
    return this.#broker.close();
  }

  /** Closes the operator at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #authorised<T>(
    signal: AbortSignal | undefined,
    work: (by: Authorised) => Promise<T>,
  ): Promise<T> {
    return this.#broker.within(signal, (deadline) =>
      this.#session.use((bearer) => work({ bearer, deadline }), deadline.signal),
    );
  }

  toJSON(): object {
    return { brokerUrl: this.brokerUrl };
  }
}
