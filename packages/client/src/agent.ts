// A registration in → one agent that can renew, delegate and release out (protocol §10.4).

import type { AccessToken } from './access-token.js';
import { Credential } from './credential.js';
import type { DelegateOptions } from './delegate-options.js';
import { DelegatedToken } from './delegated-token.js';
import type { Surroundings } from './surroundings.js';

export interface Registration {
  readonly agentId: string;
  readonly scope: readonly string[];
  readonly taskId: string;
  readonly orchId: string;
  readonly token: AccessToken;
}

/**
 * One agent, its scope and its current token. Made by `AgentWritApp.createAgent()`, over whose connection it
 * talks: release agents before closing the app; or by `registerAgent()`.
 *
 * @example
 * await using agent = await app.createAgent({ orchId: 'orders', taskId: 'order-7', scope });
 * using alive = agent.keepAlive();
 * const answer = await agent.fetch('https://orders.example.com/orders/7');
 */
export class Agent extends Credential {
  declare readonly taskId: string;
  declare readonly orchId: string;

  constructor(surroundings: Surroundings, registration: Registration) {
    super(surroundings, 'agent', { ...registration, delegationChain: Object.freeze([]) });
  }

  /**
   * Hands part of this agent's authority to another agent.
   *
   * @throws TypeError when an option is malformed
   * @throws DelegationError when a scope is not held
   * @throws AgentWritError `released`
   */
  async delegate(options: DelegateOptions): Promise<DelegatedToken> {
    return new DelegatedToken(this.surroundings, await this.requestDelegation(options));
  }

  toJSON(): object {
    const { agentId, scope, taskId, orchId, expiresIn, expiresAt, released } = this;
    return { agentId, scope, taskId, orchId, expiresIn, expiresAt, released };
  }
}
