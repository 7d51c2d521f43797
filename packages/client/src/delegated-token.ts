// A delegation in → the token in the delegate's name, as able as an agent's own, out (protocol §2.8).

import { Credential, type Holding } from './credential.js';
import type { DelegateOptions } from './delegate-options.js';
import type { Surroundings } from './surroundings.js';

/**
 * Part of one agent's authority in another agent's name, made by `delegate()` or, from what another process
 * handed over, by `AgentWritApp.acceptDelegation()`. It does not end when the delegator releases or renews its
 * own token (protocol §6.3): give it a short `ttl`, or release it.
 */
export class DelegatedToken extends Credential {
  constructor(surroundings: Surroundings, holding: Holding) {
    super(surroundings, 'delegated token', holding);
  }

  /**
   * Hands part of it on to another agent.
   *
   * @throws TypeError when an option is malformed
   * @throws DelegationError when a scope is not held, or the chain is as long as it may be
   * @throws AgentWritError `released`
   */
  async delegate(options: DelegateOptions): Promise<DelegatedToken> {
    return new DelegatedToken(this.surroundings, await this.requestDelegation(options));
  }

  toJSON(): object {
    const { agentId, scope, taskId, orchId, delegationChain, expiresIn, expiresAt, released } =
      this;
    return { agentId, scope, taskId, orchId, delegationChain, expiresIn, expiresAt, released };
  }
}
