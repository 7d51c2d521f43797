// An event and the hash of the one before in → its own hash out (protocol §7.2): who changes, drops or
// reorders an event breaks every hash after it.

import { createHash } from 'node:crypto';
import { auditHashInput } from '@agentwrit/protocol';
import type { UnsealedAuditEvent } from './audit-log.js';

/**
 * @param event its detail already redacted
 * @param prevHash 64 lower-case hex characters
 * @returns 64 lower-case hex characters
 */
export function hashAuditEvent(event: UnsealedAuditEvent, prevHash: string): string {
  return createHash('sha256').update(auditHashInput(event, prevHash)).digest('hex');
}
