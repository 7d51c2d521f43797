// What has to end in → ended at the broker, and told to an API that would remember otherwise, out.

import type { AgentWritOperator, RevocationLevel } from '@agentwrit/client';
import { say } from '@agentwrit/example-setup';
import type { CheckClaim } from './claims.js';
import type { PartitionsApi } from './api.js';

export interface Revocation {
  readonly level: RevocationLevel;
  readonly target: string;
}

export class IncidentCommand {
  readonly #operator: AgentWritOperator;
  readonly #told: PartitionsApi;
  readonly #check: CheckClaim;
  /** What was ordered so far. */
  readonly orders: Revocation[] = [];

  constructor(operator: AgentWritOperator, told: PartitionsApi, check: CheckClaim) {
    this.#operator = operator;
    this.#told = told;
    this.#check = check;
  }

  async revoke(revocation: Revocation): Promise<void> {
    const { level, target, count } = await this.#operator.revoke(revocation);
    // Only now: what the API asked before the broker knew would have the old answer, and stay.
    this.#told.revoke(revocation);
    this.orders.push(revocation);
    say(`revoked at level ${level}: ${target} (count ${count})`);
    this.#check('count', count, 1);
  }
}
