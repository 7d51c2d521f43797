// An entry, its number and the hash before it in → the event that stands in a chain, and its line, out
// (protocol §7.1, §7.2).

import { hash } from 'node:crypto';
import {
  type AuditEvent,
  auditHashInput,
  encodeJson,
  type UnchainedAuditEvent,
} from '@agentwrit/protocol';
import type { AuditEntry } from './record.js';

/** Where a chain has got to. */
export interface ChainEnd {
  /** Of the last event; 0 where there is none. */
  readonly number: number;
  /** Of the last event; 64 zeros where there is none. */
  readonly hash: string;
}

/** An event whose members are in the broker's order; those that are `undefined` its line does not have. */
export type SealedEvent = Pick<AuditEvent, 'id' | 'hash' | 'prev_hash'> & AuditEntry;

/**
 * Gives an entry the place behind the end of a chain.
 *
 * @throws RangeError when its depth of delegation is none: what is hashed would not be what is read
 */
export function sealEntry(entry: AuditEntry, end: ChainEnd): SealedEvent {
  const { deleg_depth } = entry;
  if (deleg_depth !== undefined && !(Number.isSafeInteger(deleg_depth) && deleg_depth >= 0)) {
    throw new RangeError('the depth of delegation is no whole number');
  }
  // One object of one shape: this happens for every request, and spreading what may be absent takes longer.
  const sealed = {
    id: auditEventId(end.number + 1),
    timestamp: entry.timestamp,
    event_type: entry.event_type,
    agent_id: entry.agent_id || undefined,
    task_id: entry.task_id || undefined,
    orch_id: entry.orch_id || undefined,
    detail: entry.detail,
    resource: entry.resource || undefined,
    outcome: entry.outcome || undefined,
    deleg_depth: deleg_depth || undefined,
    deleg_chain_hash: entry.deleg_chain_hash || undefined,
    hash: '',
    prev_hash: end.hash,
  };
  sealed.hash = hashAuditEvent(sealed, end.hash);
  return sealed;
}

/** One line of JSON Lines, with the line break. */
export function auditLine(event: SealedEvent): string {
  return `${encodeJson(event)}\n`;
}

/** @returns 64 lower-case hex digits */
export function hashAuditEvent(event: UnchainedAuditEvent, prevHash: string): string {
  return hash('sha256', auditHashInput(event, prevHash), 'hex');
}

const ID_DIGITS = 6;

export function auditEventId(number: number): string {
  return `evt-${String(number).padStart(ID_DIGITS, '0')}`;
}

const ID = /^evt-(\d{6}|[1-9]\d{6,14})$/;

/** @returns `undefined` when the text is no id that {@link auditEventId} writes */
export function auditEventNumber(id: string): number | undefined {
  const digits = ID.exec(id)?.[1];
  return digits === undefined || Number(digits) === 0 ? undefined : Number(digits);
}
