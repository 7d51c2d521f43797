// A registration in → one agent that can renew, delegate and release out (protocol §10.4).

import { assertKnownOptions, type DelegateRequest, parseAgentId } from '@agentwrit/protocol';
import type { AccessToken, BearerHeader } from './access-token.js';
import type { Broker } from './broker.js';
import { Confidential } from './confidential.js';
import { DelegatedToken } from './delegated-token.js';
import { AgentWritError } from './errors.js';
import {
  assertScopes,
  assertSeconds,
  assertSignal,
  type CallOptions,
  readSignal,
} from './option-checks.js';
import { AuthenticationError } from './problem-response.js';
import { SingleFlight } from './single-flight.js';

export interface DelegateOptions extends CallOptions {
  /** The agent id of the delegate. */
  readonly to: string;
  readonly scope: readonly string[];
  /** Seconds the delegated token lives; 60 when absent. */
  readonly ttl?: number | undefined;
}

export interface Registration {
  readonly agentId: string;
  readonly scope: readonly string[];
  readonly taskId: string;
  readonly orchId: string;
  readonly token: AccessToken;
}

/**
 * One agent, its scope and its current token. Made by `AgentWritApp.createAgent()`, over whose connection it
 * talks: release agents before closing the app.
 *
 * @example
 * await using agent = await app.createAgent({ orchId: 'orders', taskId: 'order-7', scope });
 * await fetch(url, { headers: agent.bearerHeader });
 */
export class Agent extends Confidential {
  readonly agentId: string;
  readonly scope: readonly string[];
  readonly taskId: string;
  readonly orchId: string;
  readonly #broker: Broker;
  readonly #renewal = new SingleFlight<void>();
  readonly #release = new SingleFlight<void>();
  #token: AccessToken;
  #released = false;

  constructor(broker: Broker, { agentId, scope, taskId, orchId, token }: Registration) {
    super();
    this.agentId = agentId;
    this.scope = scope;
    this.taskId = taskId;
    this.orchId = orchId;
    this.#broker = broker;
    this.#token = token;
  }

  /** The current token; after `release()` the last one. */
  get accessToken(): string {
    return this.#token.text;
  }

  /** Seconds at issue; not counted down. */
  get expiresIn(): number {
    return this.#token.expiresIn;
  }

  /** By this machine's clock. */
  get expiresAt(): Date {
    return this.#token.expiresAt;
  }

  get bearerHeader(): BearerHeader {
    return this.#token.bearerHeader;
  }

  get released(): boolean {
    return this.#released;
  }

  /**
   * Replaces the token in place; the agent id stays. The old token is dead at once, also for requests under
   * way. Concurrent calls share one renewal.
   *
   * @throws AuthenticationError when the token has expired or was revoked
   * @throws AgentWritError `agent_released`
   */
  async renew(options: CallOptions = {}): Promise<void> {
    const signal = readSignal(options, 'renew');
    // A release under way decides first: a token renewed behind its back would live on unnoticed.
    while (this.#release.underway) await this.#release.settled(signal);
    this.#assertLive('be renewed');
    // Not tied to the signal: were its answer thrown away, the agent would be left with a dead token.
    await this.#renewal.join(async () => {
      this.#token = await this.#broker.renew({ bearer: this.#token });
    }, signal);
  }

  /**
   * Gives the token back; idempotent. A token that is dead already (expired, revoked, released elsewhere) is
   * as good as released. After any other failure the agent stays live and `release()` may be called again.
   */
  async release(options: CallOptions = {}): Promise<void> {
    const signal = readSignal(options, 'release');
    if (this.#released) return;
    await this.#release.join(async () => {
      // What has to be released is the token that the renewal leaves.
      while (this.#renewal.underway) await this.#renewal.settled();
      try {
        await this.#broker.release({ bearer: this.#token });
      } catch (error) {
        if (!isDeadToken(error)) throw error;
      }
      this.#released = true;
    }, signal);
  }

  /**
   * Hands part of this agent's authority to another agent.
   *
   * @throws TypeError when an option is malformed; nothing is sent
   * @throws AuthorizationError `scope_violation` when this agent does not hold the scope
   * @throws AgentWritError `agent_released`
   */
  async delegate(options: DelegateOptions): Promise<DelegatedToken> {
    assertKnownOptions(options, 'delegate', ['to', 'scope', 'ttl', 'signal']);
    const { to, scope, ttl, signal } = options;
    if (typeof to !== 'string' || parseAgentId(to) === undefined) {
      throw new TypeError('"to" must be an agent id "spiffe://DOMAIN/agent/ORCH/TASK/INSTANCE"');
    }
    assertScopes(scope, 'scope');
    assertSeconds(ttl, 'ttl');
    assertSignal(signal);
    const granted = Object.freeze([...scope]);
    // Either would kill the token on its way to the broker.
    while (this.#release.underway || this.#renewal.underway) {
      await this.#release.settled(signal);
      await this.#renewal.settled(signal);
    }
    this.#assertLive('delegate');
    const body: DelegateRequest = {
      delegate_to: to,
      scope: granted,
      ...(ttl === undefined ? {} : { ttl }),
    };
    const { token, chain } = await this.#broker.delegate(body, { bearer: this.#token, signal });
    return new DelegatedToken({ agentId: to, scope: granted, delegationChain: chain, token });
  }

  /** Releases the agent at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.release();
  }

  toJSON(): object {
    const { agentId, scope, taskId, orchId, expiresIn, expiresAt, released } = this;
    return { agentId, scope, taskId, orchId, expiresIn, expiresAt, released };
  }

  #assertLive(what: 'be renewed' | 'delegate'): void {
    if (!this.#released) return;
    throw new AgentWritError('agent_released', `agent has been released and cannot ${what}`);
  }
}

// A 401 of the broker carries its code (protocol §1.9). One from something between here and there says
// nothing about the token.
function isDeadToken(error: unknown): boolean {
  return error instanceof AuthenticationError && error.code === 'unauthorized';
}
