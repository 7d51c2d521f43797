// An event of an audit file in → how many decisions it says are missing there, out.

import { type AuditEvent, WireError } from '@agentwrit/protocol';

/**
 * `undefined` for an event that says nothing of the kind.
 *
 * @throws WireError when it does, and cannot be read
 */
export function lostDecisionsOf({
  event_type: type,
  detail,
}: Pick<AuditEvent, 'event_type' | 'detail'>): number | undefined {
  if (type !== 'audit_gap') return undefined;
  let value: unknown;
  try {
    value = JSON.parse(detail);
  } catch {
    throw new WireError('event.detail', 'JSON', detail);
  }
  const dropped =
    typeof value === 'object' && value !== null && 'dropped' in value ? value.dropped : undefined;
  if (typeof dropped === 'number' && Number.isSafeInteger(dropped) && dropped > 0) return dropped;
  throw new WireError('event.detail.dropped', 'a count', dropped);
}
