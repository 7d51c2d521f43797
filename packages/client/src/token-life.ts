// A live token in → the same renewed, released, found dead: what becomes of it, one thing at a time, out
// (protocol §10.4).

import type { AccessToken } from './access-token.js';
import type { Broker } from './broker.js';
import { withDeadline } from './deadline.js';
import { AgentWritError } from './errors.js';
import { isDeadToken } from './problem-response.js';
import { SingleFlight } from './single-flight.js';
import { validateWith } from './validation.js';

export interface TokenLifeOptions {
  readonly broker: Broker;
  readonly token: AccessToken;
  /** What holds it, for messages: "agent". */
  readonly noun: string;
  /** The broker does not know the current token any more. */
  readonly onRefused: (error: Error) => void;
  readonly onReleased: () => void;
}

// A renewal takes milliseconds, and a broker under load less than this.
const PATIENCE_MS = 1000;

// How often at most a refusal somewhere else makes us look.
const LOOK_PAUSE_MS = 1000;

/** The state machine of one credential. Whatever is begun here is tied to no caller: others may wait for it. */
export class TokenLife {
  readonly #options: TokenLifeOptions;
  readonly #renewal = new SingleFlight<void>();
  readonly #release = new SingleFlight<void>();
  #token: AccessToken;
  #isReleased = false;
  #nextLookAt = 0;

  constructor(options: TokenLifeOptions) {
    this.#options = options;
    this.#token = options.token;
  }

  get token(): AccessToken {
    return this.#token;
  }

  get isReleased(): boolean {
    return this.#isReleased;
  }

  async renew(signal: AbortSignal | undefined): Promise<void> {
    if (!this.#release.underway) return this.#renewed(signal);
    // It decides first: a token renewed behind its back would live on unnoticed.
    return this.#options.broker.within(signal, async (deadline) => {
      while (this.#release.underway) await this.#release.settled(deadline.signal);
      await this.#renewed(deadline.signal);
    });
  }

  async release(signal: AbortSignal | undefined): Promise<void> {
    if (this.#isReleased) return;
    const { broker, onReleased } = this.#options;
    const release = (): Promise<void> =>
      broker.within(undefined, async (deadline) => {
        // What has to be released is the token that the renewal leaves.
        while (this.#renewal.underway) await this.#renewal.settled(deadline.signal);
        const bearer = this.#token;
        try {
          await broker.release({ bearer, deadline });
        } catch (error) {
          // A token that is dead is as good as released, also when only the clock says so.
          if (!isDeadToken(error) && !bearer.isOver) throw error;
        }
        this.#isReleased = true;
        onReleased();
      });
    await this.#release.join(release, signal);
  }

  /** A token that nothing under way is about to kill. @throws AgentWritError `released` */
  async usable(what: string, signal: AbortSignal | undefined): Promise<AccessToken> {
    await this.#settled(signal);
    this.assertLive(what);
    return this.#token;
  }

  /**
   * The same, except for a renewal that takes its time: while the broker hangs, APIs that remember the old token go
   * on admitting it.
   */
  async usableSoon(what: string, signal: AbortSignal | undefined): Promise<AccessToken> {
    const patienceMs = PATIENCE_MS - this.#renewal.ageMs;
    if (this.#renewal.underway && patienceMs > 0) await this.#renewedWithin(patienceMs, signal);
    if (!this.#renewal.underway || this.#release.underway) return this.usable(what, signal);
    this.assertLive(what);
    return this.#token;
  }

  /** Whether there is another token by now; one that was released has no successor. */
  async isReplaced(token: AccessToken, signal: AbortSignal): Promise<boolean> {
    await this.#settled(signal);
    return !this.#isReleased && this.#token !== token;
  }

  /** To be called when the broker has refused that token. */
  refused(token: AccessToken, error: Error): void {
    if (token === this.#token && !this.#isReleased) this.#options.onRefused(error);
  }

  /** Asks the broker, in the background, whether the current token is still alive. */
  look(): void {
    if (performance.now() < this.#nextLookAt) return;
    this.#nextLookAt = performance.now() + LOOK_PAUSE_MS;
    const token = this.#token;
    void validateWith(this.#options.broker, token.text, undefined)
      .then(async (answer) => {
        // A renewal under way may be what killed it.
        await this.#settled();
        if (!answer.valid) this.refused(token, new AgentWritError('invalid_token', answer.error));
      })
      // It was only a look: whoever renews will learn of it.
      .catch(() => {});
  }

  /** @throws AgentWritError `released` */
  assertLive(what: string): void {
    if (!this.#isReleased) return;
    const { noun } = this.#options;
    throw new AgentWritError('released', `${noun} has been released and cannot ${what}`);
  }

  async #renewed(signal: AbortSignal | undefined): Promise<void> {
    this.assertLive('be renewed');
    const { broker } = this.#options;
    // Not tied to what its callers have time for: were its answer thrown away, they would be left with a dead token.
    await this.#renewal.join(async () => {
      const bearer = this.#token;
      try {
        this.#token = await broker.within(undefined, (deadline) =>
          broker.renew({ bearer, deadline }),
        );
      } catch (error) {
        if (isDeadToken(error)) this.refused(bearer, error);
        throw error;
      }
    }, signal);
  }

  async #renewedWithin(timeoutMs: number, signal: AbortSignal | undefined): Promise<void> {
    const over = new Error('the renewal takes its time');
    try {
      await withDeadline({ timeoutMs, signal, expired: () => over }, (deadline) =>
        this.#renewal.settled(deadline.signal),
      );
    } catch (error) {
      if (error !== over) throw error;
    }
  }

  /** Until neither a renewal nor a release is under way. */
  async #settled(signal?: AbortSignal): Promise<void> {
    while (this.#release.underway || this.#renewal.underway) {
      await this.#release.settled(signal);
      await this.#renewal.settled(signal);
    }
  }
}
