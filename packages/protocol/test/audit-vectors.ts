// Nothing in → the two chained events of protocol §7.2 out, for whoever hashes or reads such events.

import { readFileSync } from 'node:fs';

/** Members in the order of the wire, empty ones left out. */
export interface ChainedEvent {
  readonly id: string;
  readonly timestamp: string;
  readonly event_type: string;
  readonly agent_id?: string;
  readonly task_id?: string;
  readonly orch_id?: string;
  readonly detail: string;
  readonly outcome: string;
  readonly deleg_depth?: number;
  readonly deleg_chain_hash?: string;
  readonly hash: string;
  readonly prev_hash: string;
}

export const [FIRST_EVENT, SECOND_EVENT] = JSON.parse(
  readFileSync(new URL('../../../test/vectors/audit-chain.json', import.meta.url), 'utf8'),
) as readonly [ChainedEvent, ChainedEvent];
