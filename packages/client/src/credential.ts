// A live token in → what can be done with it, one state machine for agents and delegated tokens, out
// (protocol §10.4).

import type { DelegationRecord } from '@agentwrit/protocol';
import type { AccessToken, BearerHeader } from './access-token.js';
import { authorizedFetch, readApiCall } from './authorized-fetch.js';
import { Confidential } from './confidential.js';
import { type DelegateOptions, readDelegateOptions } from './delegate-options.js';
import { AgentWritError } from './errors.js';
import { KeepAlive, type KeepAliveOptions, readKeepAliveOptions } from './keep-alive.js';
import { type CallOptions, readSignal } from './option-checks.js';
import { isDeadToken } from './problem-response.js';
import { SingleFlight } from './single-flight.js';
import type { Surroundings } from './surroundings.js';

export interface Holding {
  readonly agentId: string;
  readonly scope: readonly string[];
  readonly token: AccessToken;
  /** Oldest first; empty unless it was delegated. */
  readonly delegationChain: readonly DelegationRecord[];
}

/** What a delegation leaves: a holding of the delegate's. */
export type Delegation = Holding;

/** A token that can be renewed, delegated, released, and used. What it is called in errors is its subclass's. */
export abstract class Credential extends Confidential {
  /** Who the token names. */
  readonly agentId: string;
  readonly scope: readonly string[];
  /** Who handed the authority on, oldest first; empty for an agent's own token. */
  readonly delegationChain: readonly DelegationRecord[];
  protected abstract get noun(): string;
  readonly #surroundings: Surroundings;
  readonly #renewal = new SingleFlight<void>();
  readonly #release = new SingleFlight<void>();
  readonly #keptAlive = new Set<KeepAlive>();
  #token: AccessToken;
  #released = false;

  constructor(surroundings: Surroundings, { agentId, scope, token, delegationChain }: Holding) {
    super();
    this.agentId = agentId;
    this.scope = scope;
    this.delegationChain = delegationChain;
    this.#surroundings = surroundings;
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

  protected get surroundings(): Surroundings {
    return this.#surroundings;
  }

  /**
   * Calls an API with the bearer header. Waits for a renewal under way; when the answer is 401 because the token
   * was renewed meanwhile, asks once more with the new one, unless the body is a stream that cannot be read twice.
   * `init` is the platform's; its `signal` also ends the waiting.
   *
   * @throws TypeError for plain `http:` to another host without `allowInsecureHttp`; nothing is sent then
   * @throws AgentWritError `released`
   */
  async fetch(input: string | URL | Request, init: RequestInit = {}): Promise<Response> {
    return authorizedFetch(readApiCall(input, init, this.#surroundings), {
      fetch: this.#surroundings.fetch,
      current: (signal) => this.#usable('be used', signal),
    });
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
    this.#assertLive('be kept alive');
    const alive = new KeepAlive(checked, {
      agentId: this.agentId,
      token: () => this.#token,
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
    const signal = readSignal(options, 'renew');
    const { broker } = this.#surroundings;
    await broker.within(signal, async (waiting) => {
      // A release under way decides first: a token renewed behind its back would live on unnoticed.
      while (this.#release.underway) await this.#release.settled(waiting.signal);
      this.#assertLive('be renewed');
      // Not tied to the signal: were its answer thrown away, the agent would be left with a dead token.
      await this.#renewal.join(async () => {
        this.#token = await broker.within(undefined, (deadline) =>
          broker.renew({ bearer: this.#token, deadline }),
        );
      }, waiting.signal);
    });
  }

  /**
   * Gives the token back; idempotent. A token that is dead already (expired, revoked, released elsewhere) is
   * as good as released. After any other failure it stays live and `release()` may be called again.
   */
  async release(options: CallOptions = {}): Promise<void> {
    const signal = readSignal(options, 'release');
    if (this.#released) return;
    const { broker } = this.#surroundings;
    await this.#release.join(async () => {
      await broker.within(undefined, async (deadline) => {
        // What has to be released is the token that the renewal leaves.
        while (this.#renewal.underway) await this.#renewal.settled(deadline.signal);
        try {
          await broker.release({ bearer: this.#token, deadline });
        } catch (error) {
          if (!isDeadToken(error)) throw error;
        }
      });
      this.#released = true;
      for (const alive of this.#keptAlive) alive.stop();
    }, signal);
  }

  /** Releases it at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.release();
  }

  /** Checks here what the broker would refuse, then asks it. */
  protected async requestDelegation(options: DelegateOptions): Promise<Delegation> {
    const { body, signal } = readDelegateOptions(options, this);
    const { broker } = this.#surroundings;
    const { token, chain } = await broker.within(signal, async (deadline) => {
      for (;;) {
        const bearer = await this.#usable('delegate', deadline.signal);
        try {
          return await broker.delegate(body, { bearer, deadline });
        } catch (error) {
          // A renewal that was asked for later may have come first; what was refused did nothing.
          if (!isDeadToken(error)) throw error;
          if (!(await this.#isReplaced(bearer, deadline.signal))) throw error;
        }
      }
    });
    return { agentId: body.delegate_to, scope: body.scope, token, delegationChain: chain };
  }

  /** A token that nothing under way is about to kill. */
  async #usable(what: string, signal?: AbortSignal): Promise<AccessToken> {
    await this.#settled(signal);
    this.#assertLive(what);
    return this.#token;
  }

  /** Whether there is another token by now; one that was released has no successor. */
  async #isReplaced(token: AccessToken, signal: AbortSignal): Promise<boolean> {
    await this.#settled(signal);
    return !this.#released && this.#token !== token;
  }

  /** Until neither a renewal nor a release is under way. */
  async #settled(signal?: AbortSignal): Promise<void> {
    while (this.#release.underway || this.#renewal.underway) {
      await this.#release.settled(signal);
      await this.#renewal.settled(signal);
    }
  }

  #assertLive(what: string): void {
    if (!this.#released) return;
    throw new AgentWritError('released', `${this.noun} has been released and cannot ${what}`);
  }
}
