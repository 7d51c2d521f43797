// The broker's audit log on the wire (protocol §7.1, §7.4), read strictly from unknown JSON.

import { Fields } from './fields.js';
import { WireError } from './wire-error.js';

/** What an event says about itself, and about whom. The broker leaves out optional texts that are empty. */
export interface AuditEvent {
  /** `evt-` and a counter of at least six digits. */
  readonly id: string;
  /** RFC 3339 with up to nine fractional digits. */
  readonly timestamp: string;
  readonly event_type: string;
  /** Whose doing it was; with `token_revoked` what was revoked, whatever its level (protocol §2.9). */
  readonly agent_id: string | undefined;
  readonly task_id: string | undefined;
  readonly orch_id: string | undefined;
  /** May be redacted (protocol §7.3). */
  readonly detail: string;
  /** The path of the request that was refused; only what a bearer token was refused for has one. */
  readonly resource?: string | undefined;
  /** `success` or `denied`. */
  readonly outcome: string | undefined;
  /** Hops of the delegation; left out where there is none, as are the next two. */
  readonly deleg_depth?: number | undefined;
  readonly deleg_chain_hash?: string | undefined;
  readonly bytes_transferred?: number | undefined;
  /** 64 lower-case hex digits, as is `prev_hash`. */
  readonly hash: string;
  /** The hash of the event before it; 64 zeros in the first. */
  readonly prev_hash: string;
}

/** An event before it is chained. What is absent, empty or 0 is the same. */
export type UnchainedAuditEvent = Omit<Partial<AuditEvent>, 'hash' | 'prev_hash'> &
  Pick<AuditEvent, 'id' | 'timestamp' | 'event_type' | 'detail'>;

/** What stands before the first event of a chain. */
export const FIRST_PREV_HASH: string = '0'.repeat(64);

/**
 * What an event's SHA-256 covers, as UTF-8 text (protocol §7.2): texts as they are, not escaped.
 *
 * @param prevHash 64 lower-case hex digits
 */
export function auditHashInput(event: UnchainedAuditEvent, prevHash: string): string {
  return [
    prevHash,
    event.id,
    event.timestamp,
    event.event_type,
    // `join` writes nothing for one that is absent.
    event.agent_id,
    event.task_id,
    event.orch_id,
    event.detail,
    event.resource,
    event.outcome,
    event.deleg_depth ?? 0,
    event.deleg_chain_hash,
    event.bytes_transferred ?? 0,
  ].join('|');
}

/** `GET /v1/audit/events` */
export interface AuditPage {
  /** Oldest first. */
  readonly events: readonly AuditEvent[];
  /** Matches before paging. */
  readonly total: number;
  /** As asked for, as is `limit`. */
  readonly offset: number | undefined;
  readonly limit: number | undefined;
}

/** @throws WireError */
export function readAuditPage(value: unknown): AuditPage {
  const page = new Fields(value, 'audit');
  const total = page.integer('total');
  if (total < 0) throw new WireError('audit.total', 'a count', total);
  return {
    events: page.list('events', readAuditEvent),
    total,
    offset: page.optionalInteger('offset'),
    limit: page.optionalInteger('limit'),
  };
}

/** @throws WireError */
export function readAuditEvent(value: unknown, path = 'event'): AuditEvent {
  const event = new Fields(value, path);
  return {
    id: event.text('id'),
    timestamp: event.text('timestamp'),
    event_type: event.text('event_type'),
    agent_id: event.optionalString('agent_id'),
    task_id: event.optionalString('task_id'),
    orch_id: event.optionalString('orch_id'),
    detail: event.string('detail'),
    resource: event.optionalString('resource'),
    outcome: event.optionalString('outcome'),
    deleg_depth: event.optionalInteger('deleg_depth'),
    deleg_chain_hash: event.optionalString('deleg_chain_hash'),
    bytes_transferred: event.optionalInteger('bytes_transferred'),
    hash: readHash(event, 'hash'),
    prev_hash: readHash(event, 'prev_hash'),
  };
}

const HASH = /^[0-9a-f]{64}$/;

function readHash(event: Fields, key: 'hash' | 'prev_hash'): string {
  const text = event.text(key);
  if (HASH.test(text)) return text;
  throw new WireError(`${event.path}.${key}`, '64 lower-case hex digits', text);
}
