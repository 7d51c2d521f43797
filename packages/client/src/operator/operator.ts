// The admin secret in → operator calls out (protocol §2.4, §2.9 to §2.18).

import {
  assertKnownOptions,
  assertText,
  type AuditEvent,
  type RevokeAnswer,
} from '@agentwrit/protocol';
import { AdminBroker } from './admin-broker.js';
import { type AppDetails, appDetails, type RemovedApp, removedApp } from './app-details.js';
import {
  assertAppId,
  readRegisterAppOptions,
  readUpdateAppOptions,
  type RegisterAppOptions,
  type UpdateAppOptions,
} from './app-options.js';
import { auditEvents } from './audit-events.js';
import { type AuditEventsOptions, readAuditEventsOptions } from './audit-options.js';
import { Confidential } from '../confidential.js';
import { readVariable } from '../environment.js';
import type { Authorised } from '../exchange.js';
import {
  type IssueLaunchTokenOptions,
  LaunchToken,
  readLaunchTokenOptions,
} from './launch-token.js';
import { type CallOptions, readSignal } from '../option-checks.js';
import { RegisteredApp } from './registered-app.js';
import { readRevokeOptions, type RevokeOptions } from './revoke-options.js';
import { Session } from '../session.js';
import { CONNECTION_EXTRAS, CONNECTION_OPTIONS, type ConnectionOptions } from '../transport.js';
import { type ValidateResult, validateWith } from '../validation.js';

export interface AgentWritOperatorOptions extends ConnectionOptions {
  readonly adminSecret: string;
}

/**
 * What the holder of the broker's admin secret can do. Authenticates when first needed.
 *
 * @example
 * await using operator = AgentWritOperator.fromEnv();
 * for await (const event of operator.auditEvents({ outcome: 'denied' })) console.log(event.detail);
 */
export class AgentWritOperator extends Confidential {
  /** Normalised: no trailing slash. */
  readonly brokerUrl: string;
  readonly #broker: AdminBroker;
  readonly #session: Session;
  readonly #closing = new AbortController();

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

  /**
   * Reads `AGENTWRIT_BROKER_URL` and `AGENTWRIT_ADMIN_SECRET`.
   *
   * @throws TypeError naming the variable that is missing or empty
   */
  static fromEnv(
    options: Omit<AgentWritOperatorOptions, 'brokerUrl' | 'adminSecret'> = {},
    env: Readonly<Record<string, string | undefined>> = process.env,
  ): AgentWritOperator {
    assertKnownOptions(options, 'AgentWritOperator.fromEnv', CONNECTION_EXTRAS);
    return new AgentWritOperator({
      ...options,
      brokerUrl: readVariable(env, 'AGENTWRIT_BROKER_URL'),
      adminSecret: readVariable(env, 'AGENTWRIT_ADMIN_SECRET'),
    });
  }

  /** @throws ProblemResponseError 500 for a name already taken, also by an app that was removed */
  async registerApp(options: RegisterAppOptions): Promise<RegisteredApp> {
    const { body, signal } = readRegisterAppOptions(options);
    return this.#authorised(signal, async (by) => {
      return new RegisteredApp(await this.#broker.registerApp(body, by));
    });
  }

  /** All of them, newest first, the removed ones too. */
  async listApps(options: CallOptions = {}): Promise<readonly AppDetails[]> {
    return this.#authorised(readSignal(options, 'listApps'), async (by) => {
      return Object.freeze((await this.#broker.listApps(by)).map(appDetails));
    });
  }

  /** @throws ProblemResponseError `not_found` */
  async getApp(appId: string, options: CallOptions = {}): Promise<AppDetails> {
    assertAppId(appId);
    return this.#authorised(readSignal(options, 'getApp'), async (by) => {
      return appDetails(await this.#broker.getApp(appId, by));
    });
  }

  /**
   * Changes what agents made later may hold, and how long the app's next tokens live; what was issued stays as it is.
   *
   * @throws TypeError for a ttl or scope that the broker would refuse, after it stored the other (protocol §2.17)
   * @throws ProblemResponseError `not_found`
   */
  async updateApp(appId: string, options: UpdateAppOptions): Promise<AppDetails> {
    assertAppId(appId);
    const { body, signal } = readUpdateAppOptions(options);
    return this.#authorised(signal, async (by) => {
      return appDetails(await this.#broker.updateApp(appId, body, by));
    });
  }

  /**
   * Keeps the app from authenticating again, for ever; idempotent. Its agents and its token live on until they
   * expire, and can be renewed (protocol §6.3): revoke what must end now.
   *
   * @throws ProblemResponseError `not_found`
   */
  async removeApp(appId: string, options: CallOptions = {}): Promise<RemovedApp> {
    assertAppId(appId);
    return this.#authorised(readSignal(options, 'removeApp'), async (by) => {
      return removedApp(await this.#broker.removeApp(appId, by));
    });
  }

  /** For an agent that registers itself, without an app: see `registerAgent`. */
  async issueLaunchToken(options: IssueLaunchTokenOptions): Promise<LaunchToken> {
    const { body, signal } = readLaunchTokenOptions(options);
    return this.#authorised(signal, async (by) => {
      return new LaunchToken(await this.#broker.issueLaunchToken(body, by));
    });
  }

  /** Permanent and immediate; also hits tokens issued later (protocol §6.2). */
  async revoke(options: RevokeOptions): Promise<RevokeAnswer> {
    const { body, signal } = readRevokeOptions(options);
    return this.#authorised(signal, (by) => this.#broker.revoke(body, by));
  }

  /**
   * The audit log, oldest first, in pages that are asked for as the loop gets to them, each with a deadline of its
   * own. Ends with what was in the log when the loop began; with `follow` it goes on, and after the first answer no
   * outage of the broker ends it. Leaving the loop ends it at once, and so does `signal`.
   *
   * @throws TypeError naming the option that is wrong or unknown; nothing is sent
   * @throws AgentWritError `audit_gap`, in the loop, when the log is another one than before
   */
  auditEvents(options: AuditEventsOptions = {}): AsyncIterable<AuditEvent> {
    return auditEvents(readAuditEventsOptions(options), {
      page: (query, signal) => this.#authorised(signal, (by) => this.#broker.auditPage(query, by)),
      closing: this.#closing.signal,
    });
  }

  /** Asks the broker about any token; see the function of the same name. */
  async validate(token: string, options: CallOptions = {}): Promise<ValidateResult> {
    return validateWith(this.#broker, token, readSignal(options, 'validate'));
  }

  /** Lets requests under way finish, then closes the connections; idempotent. Ends what follows the audit log. */
  close(): Promise<void> {
    const closed = this.#broker.close();
    this.#closing.abort();
    return closed;
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
