// A number of events in → a log of them, sealed as the protocol says (§7.2), out.

import { createHash } from 'node:crypto';
import {
  type AuditEvent,
  auditHashInput,
  encodeJson,
  FIRST_PREV_HASH,
  type UnchainedAuditEvent,
} from '@agentwrit/protocol';
import { auditEntryOf } from '../../src/record.js';

type Entry = Omit<UnchainedAuditEvent, 'id'>;

/** Gives the event its place after that hash, its members in the order of the wire. */
export function seal(event: UnchainedAuditEvent, prevHash: string): AuditEvent {
  const hash = createHash('sha256').update(auditHashInput(event, prevHash), 'utf8').digest('hex');
  const { detail, resource, outcome, deleg_depth, deleg_chain_hash, bytes_transferred } = event;
  const { id, timestamp, event_type, agent_id, task_id, orch_id } = event;
  return {
    id,
    timestamp,
    event_type,
    agent_id,
    task_id,
    orch_id,
    detail,
    resource,
    outcome,
    deleg_depth,
    deleg_chain_hash,
    bytes_transferred,
    hash,
    prev_hash: prevHash,
  };
}

export function idOf(number: number): string {
  return `evt-${String(number).padStart(6, '0')}`;
}

/** Consecutive, from the beginning of a log unless another hash stands before. */
export function sealAll(
  entries: readonly Entry[],
  {
    from = 1,
    prevHash = FIRST_PREV_HASH,
  }: { readonly from?: number; readonly prevHash?: string } = {},
): readonly AuditEvent[] {
  const events: AuditEvent[] = [];
  for (const [index, entry] of entries.entries()) {
    events.push(seal({ id: idOf(from + index), ...entry }, events.at(-1)?.hash ?? prevHash));
  }
  return events;
}

/** Decisions of a guard: admissions, refusals, text that needs escapes. */
export function entryAt(index: number): Entry {
  return auditEntryOf({
    version: 1,
    time: 1_771_156_800_000 + 500 * index,
    ...(index % 3 === 0
      ? { outcome: 'refuse', reason: 'insufficient_scope' }
      : { outcome: 'allow' }),
    method: 'GET',
    route: '/customers/:id',
    requestId: `req-${index}`,
    requiredScope: ['read:data:customer-cust-7291', 'read:data:a|b<&>"\u2028ü\u{1f512}'],
    agentId: `spiffe://orders.example/agent/order-worker/process-ord-4823/${index}`,
    taskId: 'process-ord-4823',
    orchId: 'order-worker',
    durationUs: 60 + index,
  });
}

export function logOf(length: number): readonly AuditEvent[] {
  return sealAll(Array.from({ length }, (_, index) => entryAt(index)));
}

/** As they stand in a file, without line ends. */
export function linesOf(events: readonly AuditEvent[]): readonly string[] {
  return events.map((event) => encodeJson(event));
}
