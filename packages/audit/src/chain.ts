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

/** An event with exactly the members that its line has, in the broker's order. */
export type SealedEvent = Pick<AuditEvent, 'id' | 'hash' | 'prev_hash'> & AuditEntry;

/** Gives an entry the place behind the end of a chain. */
export function sealEntry(entry: AuditEntry, end: ChainEnd): SealedEvent {
  const { timestamp, event_type, agent_id, task_id, orch_id, detail, resource } = entry;
  const { outcome, deleg_depth, deleg_chain_hash } = entry;
  const unchained = {
    id: auditEventId(end.number + 1),
    timestamp,
    event_type,
    ...(agent_id && { agent_id }),
    ...(task_id && { task_id }),
    ...(orch_id && { orch_id }),
    detail,
    ...(resource && { resource }),
    ...(outcome && { outcome }),
    ...(deleg_depth && { deleg_depth }),
    ...(deleg_chain_hash && { deleg_chain_hash }),
  };
  return { ...unchained, hash: hashAuditEvent(unchained, end.hash), prev_hash: end.hash };
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
