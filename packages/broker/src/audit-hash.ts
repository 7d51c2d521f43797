// An event and the hash of the one before in → its own hash out (protocol §7.2): who changes, drops or
// reorders an event breaks every hash after it.

import { createHash } from 'node:crypto';
import type { UnsealedAuditEvent } from './audit-log.js';

/** What stands before the first event. */
export const FIRST_PREV_HASH: string = '0'.repeat(64);

/**
 * @param event its detail already redacted
 * @param prevHash 64 lower-case hex characters
 * @returns 64 lower-case hex characters
 */
export function hashAuditEvent(event: UnsealedAuditEvent, prevHash: string): string {
  const values = [
    prevHash,
    event.id,
    event.timestamp,
    event.event_type,
    event.agent_id,
    event.task_id,
    event.orch_id,
    event.detail,
    event.resource,
    event.outcome,
    event.deleg_depth ?? 0,
    event.deleg_chain_hash,
    event.bytes_transferred ?? 0,
  ];
  // Texts as they are, not escaped; `join` writes nothing for one that is absent.
  return createHash('sha256').update(values.join('|')).digest('hex');
}
