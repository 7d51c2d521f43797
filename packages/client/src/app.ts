// An app's credentials in → agents out (protocol §10.2, §10.3).

import { assertKnownOptions, assertText, type LaunchTokenRequest } from '@agentwrit/protocol';
import {
  type AcceptDelegationOptions,
  readAcceptOptions,
  readHolding,
} from './accepted-delegation.js';
import type { Agent } from './agent.js';
import { Confidential } from './confidential.js';
import { DelegatedToken } from './delegated-token.js';
import { readVariable } from './environment.js';
import { AgentWritError } from './errors.js';
import { assertSeconds, type CallOptions, readSignal } from './option-checks.js';
import { AGENT_OPTIONS, type AgentOptions, readRegistrant, register } from './registration.js';
import { Session } from './session.js';
import { REACH_EXTRAS, type ReachOptions, reach, type Surroundings } from './surroundings.js';
import { type ValidateResult, validateWith } from './validation.js';

export interface AgentWritAppOptions extends ReachOptions {
  readonly clientId: string;
  readonly clientSecret: string;
}

export interface CreateAgentOptions extends AgentOptions {
  /** Seconds each of the agent's tokens lives; 300 when absent. */
  readonly maxTtl?: number | undefined;
  /** The agent's name in the broker's audit log; `ORCH/TASK` when absent. */
  readonly label?: string | undefined;
}

export interface HealthStatus {
  readonly status: string;
  readonly version: string;
  /** Whole seconds. */
  readonly uptime: number;
  readonly dbConnected: boolean;
  readonly auditEventsCount: number;
}

/**
 * An application that is registered at the broker. Authenticates when first needed and again before its token
 * runs out; keeps one pool of connections.
 *
 * @example
 * await using app = AgentWritApp.fromEnv();
 * await using agent = await app.createAgent({
 *   orchId: 'orders', taskId: 'order-7', scope: ['read:data:order-7'],
 * });
 */
export class AgentWritApp extends Confidential {
  /** Normalised: no trailing slash. */
  readonly brokerUrl: string;
  readonly clientId: string;
  readonly #surroundings: Surroundings;
  readonly #session: Session;

  /** Sends nothing. @throws TypeError naming the option that is wrong or unknown */
  constructor(options: AgentWritAppOptions) {
    super();
    const { clientId, clientSecret, ...reaching } = options;
    const surroundings = reach(reaching, (known) => {
      assertKnownOptions(options, 'AgentWritApp', [...known, 'clientId', 'clientSecret']);
      assertText(clientId, 'clientId');
      assertText(clientSecret, 'clientSecret');
    });
    const { broker } = surroundings;
    const credentials = { client_id: clientId, client_secret: clientSecret };
    this.brokerUrl = broker.url;
    this.clientId = clientId;
    this.#surroundings = surroundings;
    this.#session = new Session({
      // Others may wait for it: not tied to the caller's signal or deadline.
      authenticate: () =>
        broker.within(undefined, (deadline) => broker.authenticateApp(credentials, { deadline })),
    });
  }

  /**
   * Reads `AGENTWRIT_BROKER_URL`, `AGENTWRIT_CLIENT_ID` and `AGENTWRIT_CLIENT_SECRET`.
   *
   * @throws TypeError naming the variable that is missing or empty
   */
  static fromEnv(
    options: Omit<AgentWritAppOptions, 'brokerUrl' | 'clientId' | 'clientSecret'> = {},
    env: Readonly<Record<string, string | undefined>> = process.env,
  ): AgentWritApp {
    assertKnownOptions(options, 'AgentWritApp.fromEnv', REACH_EXTRAS);
    return new AgentWritApp({
      ...options,
      brokerUrl: readVariable(env, 'AGENTWRIT_BROKER_URL'),
      clientId: readVariable(env, 'AGENTWRIT_CLIENT_ID'),
      clientSecret: readVariable(env, 'AGENTWRIT_CLIENT_SECRET'),
    });
  }

  /**
   * Registers a new agent: launch token, challenge, proof of a key, registration.
   *
   * @throws TypeError when an option is malformed; nothing is sent
   * @throws AuthorizationError `forbidden` when the scope exceeds the app's ceiling
   * @throws RateLimitError when the app authenticates too often (protocol §1.10) and time is too short to wait
   */
  async createAgent(options: CreateAgentOptions): Promise<Agent> {
    assertKnownOptions(options, 'createAgent', [...AGENT_OPTIONS, 'maxTtl', 'label']);
    const { maxTtl, label, signal } = options;
    const registrant = readRegistrant(options);
    assertSeconds(maxTtl, 'maxTtl');
    if (label !== undefined) assertText(label, 'label');
    const { broker } = this.#surroundings;
    const policy: LaunchTokenRequest = {
      agent_name: label ?? `${registrant.orchId}/${registrant.taskId}`,
      allowed_scope: registrant.scope,
      ...(maxTtl === undefined ? {} : { max_ttl: maxTtl }),
      single_use: true,
    };
    return broker.within(signal, async (deadline) => {
      const launchToken = await this.#session.use(
        (bearer) => broker.issueLaunchToken(policy, { bearer, deadline }),
        deadline.signal,
      );
      return register(this.#surroundings, launchToken, registrant, deadline);
    });
  }

  /**
   * Takes over a token that was delegated to one of this app's agents in another process and handed over as text.
   * Asks the broker what it says, so that scope and chain are not the sender's word.
   *
   * @throws TypeError when it cannot stand in a header, as with the end of the line that it was read from
   * @throws AgentWritError `invalid_token` when the broker does not vouch for it, or it was not delegated
   */
  async acceptDelegation(
    accessToken: string,
    options: AcceptDelegationOptions = {},
  ): Promise<DelegatedToken> {
    const { delegate, signal } = readAcceptOptions(accessToken, options);
    const askedAtMs = Date.now();
    const result = await this.validate(accessToken, { signal });
    if (!result.valid) throw new AgentWritError('invalid_token', result.error);
    const holding = readHolding(accessToken, result.claims, { delegate, askedAtMs });
    return new DelegatedToken(this.#surroundings, holding);
  }

  /** Asks the broker about any token, this app's or not; see the function of the same name. */
  async validate(token: string, options: CallOptions = {}): Promise<ValidateResult> {
    return validateWith(this.#surroundings.broker, token, readSignal(options, 'validate'));
  }

  async health(options: CallOptions = {}): Promise<HealthStatus> {
    const { broker } = this.#surroundings;
    const answer = await broker.within(readSignal(options, 'health'), (deadline) =>
      broker.health({ deadline }),
    );
    return {
      status: answer.status,
      version: answer.version,
      uptime: answer.uptime,
      dbConnected: answer.db_connected,
      auditEventsCount: answer.audit_events_count,
    };
  }

  /**
   * Lets requests under way finish, then closes the connections; idempotent. Does not release agents, and
   * they can no longer talk to the broker.
   */
  close(): Promise<void> {
    return this.#surroundings.broker.close();
  }

  /** Closes the app at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  toJSON(): object {
    return { brokerUrl: this.brokerUrl, clientId: this.clientId };
  }
}
