// What should have been recorded since the last look in → compared with the raw text of
// `GET /v1/audit/events`, the hash chain included (protocol §7.1, §7.2).

import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import type { BrokerUnderTest } from './broker-under-test.js';
import { goJson } from './wire-text.js';

/** What an event says; the rest of it follows from its place in the log. */
export interface Event {
  readonly event_type: string;
  readonly agent_id?: string;
  readonly task_id?: string;
  readonly orch_id?: string;
  readonly detail: string;
  readonly resource?: string;
  readonly outcome: 'success' | 'denied';
  readonly deleg_depth?: number;
  readonly deleg_chain_hash?: string;
}

export interface AuditTrail {
  /** Compares the events since the last look, and forgets them. */
  readonly is: (...expected: readonly Event[]) => Promise<void>;
  /** Passes over what the preparations left. */
  readonly skip: () => Promise<void>;
}

export const FIRST_PREV_HASH: string = '0'.repeat(64);

export function auditTrail(broker: BrokerUnderTest): AuditTrail {
  let count = 0;
  let last = FIRST_PREV_HASH;
  const read = async (): Promise<string> => {
    const line = `GET /v1/audit/events?limit=1000&offset=${count}`;
    return (await broker.call(line, { token: broker.operator })).body;
  };

  return {
    async is(...expected) {
      const text = await read();
      const times = [...text.matchAll(/"timestamp":"([^"]*)"/g)].map(([, time = '']) => time);
      for (const time of times) expect(broker.readings).toContain(time);
      const offset = count;
      const events = expected.map((event, index) => {
        count += 1;
        const numbered = chained(event, count, times[index] ?? '', last);
        last = numbered.hash;
        return numbered;
      });
      const body = { events, total: count, offset, limit: 1000 };
      expect(text.replaceAll('},{', '},\n{')).toBe(`${goJson(body)}\n`.replaceAll('},{', '},\n{'));
    },
    async skip() {
      const text = await read();
      const hashes = [...text.matchAll(/"hash":"([0-9a-f]{64})"/g)];
      count += hashes.length;
      last = hashes.at(-1)?.[1] ?? last;
    },
  };
}

export interface ChainedEvent extends Event {
  readonly id: string;
  readonly timestamp: string;
  readonly hash: string;
  readonly prev_hash: string;
}

/** The whole event, members in the order of protocol §7.1. */
export function chained(
  event: Event,
  number: number,
  time: string,
  prev_hash: string,
): ChainedEvent {
  const id = `evt-${String(number).padStart(6, '0')}`;
  const { event_type, agent_id = '', task_id = '', orch_id = '', detail } = event;
  const { resource = '', outcome, deleg_depth = 0, deleg_chain_hash = '' } = event;
  const who = [agent_id, task_id, orch_id];
  const delegation = [String(deleg_depth), deleg_chain_hash];
  const hashed = [
    prev_hash,
    id,
    time,
    event_type,
    ...who,
    detail,
    resource,
    outcome,
    ...delegation,
  ];
  const hash = createHash('sha256')
    .update([...hashed, '0'].join('|'))
    .digest('hex');
  return {
    id,
    timestamp: time,
    event_type,
    ...(agent_id !== '' && { agent_id }),
    ...(task_id !== '' && { task_id }),
    ...(orch_id !== '' && { orch_id }),
    detail,
    ...(resource !== '' && { resource }),
    outcome,
    ...(deleg_depth !== 0 && { deleg_depth }),
    ...(deleg_chain_hash !== '' && { deleg_chain_hash }),
    hash,
    prev_hash,
  };
}
