// A holding in → all that its holder can do with it, the same for agents and delegated tokens, out.

import type { DelegationRecord } from '@agentwrit/protocol';
import type { AccessToken, BearerHeader } from './access-token.js';
import { authorizedFetch, readApiCall } from './authorized-fetch.js';
import { Confidential } from './confidential.js';
import { type DelegateOptions, readDelegateOptions } from './delegate-options.js';
import { KeepAlive, type KeepAliveOptions, readKeepAliveOptions } from './keep-alive.js';
import { type CallOptions, readSignal } from './option-checks.js';
import { isDeadToken } from './problem-response.js';
import type { Surroundings } from './surroundings.js';
import { TokenLife } from './token-life.js';

/** A token, and whose and what for it is. */
export interface Holding {
  readonly agentId: string;
  readonly scope: readonly string[];
  /** What for, and for whom; a delegated token has its delegator's. Only what an operator delegated has neither. */
  readonly taskId: string | undefined;
  readonly orchId: string | undefined;
  /** Oldest first; empty unless it was delegated. */
  readonly delegationChain: readonly DelegationRecord[];
  readonly token: AccessToken;
}

/** A token that can be used, renewed, delegated and released. */
export abstract class Credential extends Confidential {
  /** Who the token names. */
  readonly agentId: string;
  readonly scope: readonly string[];
  readonly taskId: string | undefined;
  readonly orchId: string | undefined;
  /** Who handed the authority on, oldest first; empty for an agent's own token. */
  readonly delegationChain: readonly DelegationRecord[];
  readonly #surroundings: Surroundings;
  readonly #life: TokenLife;
  readonly #keptAlive = new Set<KeepAlive>();

  /** @param noun what it is called in errors */
  constructor(surroundings: Surroundings, noun: string, holding: Holding) {
    super();
    const { agentId, scope, taskId, orchId, token, delegationChain } = holding;
    this.agentId = agentId;
    this.scope = scope;
    this.taskId = taskId;
    this.orchId = orchId;
    this.delegationChain = delegationChain;
    this.#surroundings = surroundings;
    this.#life = new TokenLife({
      broker: surroundings.broker,
      token,
      noun,
      onRefused: (error) => {
        for (const alive of this.#keptAlive) alive.lose(error);
      },
      onReleased: () => {
        for (const alive of this.#keptAlive) alive.stop();
      },
    });
  }

  /** The current token; after `release()` the last one. */
  get accessToken(): string {
    return this.#life.token.text;
  }

  /** Seconds at issue; not counted down. */
  get expiresIn(): number {
    return this.#life.token.expiresIn;
  }

  /** By this machine's clock. */
  get expiresAt(): Date {
    return this.#life.token.expiresAt;
  }

  get bearerHeader(): BearerHeader {
    return this.#life.token.bearerHeader;
  }

  get released(): boolean {
    return this.#life.isReleased;
  }

  protected get surroundings(): Surroundings {
    return this.#surroundings;
  }

  /**
   * Calls an API with the bearer header. Waits a moment for a renewal under way; when the answer is 401 because the
   * token was renewed meanwhile, asks once more with the new one, unless the body is a stream: it can be read once.
   * `init` is the platform's; its `signal` also ends the waiting.
   *
   * @throws TypeError for plain `http:` to another host without `allowInsecureHttp`; nothing is sent then
   * @throws AgentWritError `released`
   */
  async fetch(input: string | URL | Request, init: RequestInit = {}): Promise<Response> {
    const answer = await authorizedFetch(readApiCall(input, init, this.#surroundings), {
      fetch: this.#surroundings.fetch,
      soon: (signal) => this.#life.usableSoon('be used', signal),
      current: (signal) => this.#life.usable('be used', signal),
    });
    // The keeper would learn of a revocation with the next renewal only.
    if (answer.status === 401 && this.#keptAlive.size > 0) this.#life.look();
    return answer;
  }

  /**
   * Renews at 80 % of each life until `stop()`, release, or the loss of the authority. A renewal that fails for
   * another reason is tried again while the token lives. Does not keep the process running.
   *
   * @example
   * using alive = agent.keepAlive({ onLost: (error) => log.error(error) });
   * await work({ signal: alive.signal });
   */
  keepAlive(options: KeepAliveOptions = {}): KeepAlive {
    const checked = readKeepAliveOptions(options);
    this.#life.assertLive('be kept alive');
    const alive = new KeepAlive(checked, {
      agentId: this.agentId,
      token: () => this.#life.token,
      renew: () => this.renew(),
      onStop: () => this.#keptAlive.delete(alive),
    });
    this.#keptAlive.add(alive);
    return alive;
  }

  /**
   * Replaces the token in place; the agent id stays. The old token is dead at once, also for requests under
   * way. Concurrent calls share one renewal.
   *
   * @throws AuthenticationError when the token has expired or was revoked
   * @throws AgentWritError `released`
   */
  async renew(options: CallOptions = {}): Promise<void> {
    return this.#life.renew(readSignal(options, 'renew'));
  }

  /**
   * Gives the token back; idempotent. A token that is dead already (expired, revoked, released elsewhere) is
   * as good as released. After any other failure it stays live and `release()` may be called again.
   */
  async release(options: CallOptions = {}): Promise<void> {
    return this.#life.release(readSignal(options, 'release'));
  }

  /** Releases it at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.release();
  }

  /** Checks here what the broker would refuse, then asks it. */
  protected async requestDelegation(options: DelegateOptions): Promise<Holding> {
    const { body, signal } = readDelegateOptions(options, this);
    const { broker } = this.#surroundings;
    const { token, chain } = await broker.within(signal, async (deadline) => {
      for (;;) {
        const bearer = await this.#life.usable('delegate', deadline.signal);
        try {
          return await broker.delegate(body, { bearer, deadline });
        } catch (error) {
          if (!isDeadToken(error)) throw error;
          // A renewal that was asked for later may have come first; what was refused did nothing.
          if (await this.#life.isReplaced(bearer, deadline.signal)) continue;
          this.#life.refused(bearer, error);
          throw error;
        }
      }
    });
    const { taskId, orchId } = this;
    const { delegate_to: agentId, scope } = body;
    return { agentId, scope, taskId, orchId, token, delegationChain: chain };
  }
}
