// A delegation answered by the broker in → the token to hand to the other agent out (protocol §2.8).

import type { DelegationRecord } from '@agentwrit/protocol';
import type { AccessToken, BearerHeader } from './access-token.js';
import { Confidential } from './confidential.js';

export interface Delegation {
  readonly agentId: string;
  readonly scope: readonly string[];
  readonly delegationChain: readonly DelegationRecord[];
  readonly token: AccessToken;
}

/**
 * Part of one agent's authority in another agent's name, made by `Agent.delegate()`. It does not end when
 * the delegator releases or renews its own token (protocol §6.3): give it a short `ttl`.
 */
export class DelegatedToken extends Confidential {
  /** The delegate: who the token names. */
  readonly agentId: string;
  readonly scope: readonly string[];
  /** Oldest first. */
  readonly delegationChain: readonly DelegationRecord[];
  readonly #token: AccessToken;

  constructor({ agentId, scope, delegationChain, token }: Delegation) {
    super();
    this.agentId = agentId;
    this.scope = scope;
    this.delegationChain = delegationChain;
    this.#token = token;
  }

  get accessToken(): string {
    return this.#token.text;
  }

  /** Seconds at issue. */
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

  toJSON(): object {
    const { agentId, scope, delegationChain, expiresIn, expiresAt } = this;
    return { agentId, scope, delegationChain, expiresIn, expiresAt };
  }
}
