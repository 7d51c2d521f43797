// An app's credentials in → agents out (protocol §10.2, §10.3).

import {
  assertAgentIdSegment,
  assertKnownOptions,
  assertText,
  type LaunchTokenRequest,
} from '@agentwrit/protocol';
import { Agent } from './agent.js';
import { Broker } from './broker.js';
import { Confidential } from './confidential.js';
import {
  assertScopes,
  assertSeconds,
  assertSignal,
  type CallOptions,
  readSignal,
} from './option-checks.js';
import { generatePrivateKey, type PrivateKey, proveKey, readPrivateKey } from './proof.js';
import { Session } from './session.js';
import { CONNECTION_OPTIONS, type ConnectionOptions } from './transport.js';
import { type ValidateResult, validateWith } from './validation.js';

export interface AgentWritAppOptions extends ConnectionOptions {
  readonly clientId: string;
  readonly clientSecret: string;
}

export interface CreateAgentOptions extends CallOptions {
  /** Who orchestrates, as a segment of the agent id: `A-Z a-z 0-9 . - _`. */
  readonly orchId: string;
  /** What the agent works on; same characters. */
  readonly taskId: string;
  /** What the agent may do: at least one `action:resource:identifier`. */
  readonly scope: readonly string[];
  /** Seconds each of the agent's tokens lives; 300 when absent. */
  readonly maxTtl?: number | undefined;
  /** The agent's name in the broker's audit log; `ORCH/TASK` when absent. */
  readonly label?: string | undefined;
  /** Ed25519; a fresh key when absent. Used to register, and not kept. */
  readonly privateKey?: PrivateKey | undefined;
}

export interface HealthStatus {
  readonly status: string;
  readonly version: string;
  /** Whole seconds. */
  readonly uptime: number;
  readonly dbConnected: boolean;
  readonly auditEventsCount: number;
}

const CREATE_AGENT_OPTIONS: readonly (keyof CreateAgentOptions)[] = [
  'orchId',
  'taskId',
  'scope',
  'maxTtl',
  'label',
  'privateKey',
  'signal',
];

/** Where {@link AgentWritApp.fromEnv} looks. */
const ENVIRONMENT = {
  brokerUrl: 'AGENTWRIT_BROKER_URL',
  clientId: 'AGENTWRIT_CLIENT_ID',
  clientSecret: 'AGENTWRIT_CLIENT_SECRET',
} as const;

/**
 * An application that is registered at the broker. Authenticates when first needed and again when its token
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
  readonly #broker: Broker;
  readonly #session: Session;

  /** Sends nothing. @throws TypeError naming the option that is wrong or unknown */
  constructor(options: AgentWritAppOptions) {
    super();
    assertKnownOptions(options, 'AgentWritApp', [
      ...CONNECTION_OPTIONS,
      'clientId',
      'clientSecret',
    ]);
    const { clientId, clientSecret, ...connection } = options;
    assertText(clientId, 'clientId');
    assertText(clientSecret, 'clientSecret');
    const broker = new Broker(connection);
    const credentials = { client_id: clientId, client_secret: clientSecret };
    this.brokerUrl = broker.url;
    this.clientId = clientId;
    this.#broker = broker;
    this.#session = new Session({ authenticate: () => broker.authenticateApp(credentials) });
  }

  /**
   * Reads `AGENTWRIT_BROKER_URL`, `AGENTWRIT_CLIENT_ID` and `AGENTWRIT_CLIENT_SECRET`.
   *
   * @throws TypeError naming the variable that is missing or empty
   */
  static fromEnv(
    env: Readonly<Record<string, string | undefined>> = process.env,
    options: Omit<ConnectionOptions, 'brokerUrl'> = {},
  ): AgentWritApp {
    const read = (name: string): string => {
      const value = env[name];
      if (value === undefined || value === '') {
        throw new TypeError(`environment variable ${name} is not set`);
      }
      return value;
    };
    return new AgentWritApp({
      ...options,
      brokerUrl: read(ENVIRONMENT.brokerUrl),
      clientId: read(ENVIRONMENT.clientId),
      clientSecret: read(ENVIRONMENT.clientSecret),
    });
  }

  /**
   * Registers a new agent: launch token, challenge, proof of a key, registration.
   *
   * @throws TypeError when an option is malformed; nothing is sent
   * @throws AuthorizationError `forbidden` when the scope exceeds the app's ceiling
   * @throws RateLimitError when the app authenticates too often (protocol §1.10)
   */
  async createAgent(options: CreateAgentOptions): Promise<Agent> {
    assertKnownOptions(options, 'createAgent', CREATE_AGENT_OPTIONS);
    const { orchId, taskId, scope, maxTtl, label, privateKey, signal } = options;
    // The broker finds a bad segment only after it has used up the launch token (protocol §5).
    assertAgentIdSegment(orchId, 'orchId');
    assertAgentIdSegment(taskId, 'taskId');
    assertScopes(scope, 'scope');
    assertSeconds(maxTtl, 'maxTtl');
    if (label !== undefined) assertText(label, 'label');
    assertSignal(signal);
    const requested = Object.freeze([...scope]);
    const key = privateKey === undefined ? generatePrivateKey() : readPrivateKey(privateKey);

    const policy: LaunchTokenRequest = {
      agent_name: label ?? `${orchId}/${taskId}`,
      allowed_scope: requested,
      ...(maxTtl === undefined ? {} : { max_ttl: maxTtl }),
      single_use: true,
    };
    const launchToken = await this.#session.use(
      (bearer) => this.#broker.issueLaunchToken(policy, { bearer, signal }),
      signal,
    );
    const nonce = await this.#broker.challenge({ signal });
    const { publicKey, signature } = proveKey(key, nonce);
    const { agentId, token } = await this.#broker.register(
      {
        launch_token: launchToken,
        nonce,
        public_key: publicKey,
        signature,
        orch_id: orchId,
        task_id: taskId,
        requested_scope: requested,
      },
      { signal },
    );
    return new Agent(this.#broker, { agentId, scope: requested, taskId, orchId, token });
  }

  /** Asks the broker about any token, this app's or not; see the function of the same name. */
  async validate(token: string, options: CallOptions = {}): Promise<ValidateResult> {
    return validateWith(this.#broker, token, readSignal(options, 'validate'));
  }

  async health(options: CallOptions = {}): Promise<HealthStatus> {
    const answer = await this.#broker.health({ signal: readSignal(options, 'health') });
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
    return this.#broker.close();
  }

  /** Closes the app at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  toJSON(): object {
    return { brokerUrl: this.brokerUrl, clientId: this.clientId };
  }
}
