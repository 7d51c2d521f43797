// What happened in → a numbered, dated event, chained to the one before, kept out (protocol §7).

import { FIRST_PREV_HASH, formatTimestamp } from '@agentwrit/protocol';
import { hashAuditEvent } from './audit-hash.js';
import { redactDetail } from './audit-redaction.js';
import type { Metrics } from './metrics.js';
import type { Storage } from './storage.js';

/** The ones that are ever emitted (protocol §7.5). */
export type AuditEventType =
  | 'admin_auth'
  | 'admin_auth_failed'
  | 'launch_token_issued'
  | 'launch_token_denied'
  | 'agent_registered'
  | 'registration_policy_violation'
  | 'token_issued'
  | 'token_revoked'
  | 'token_renewed'
  | 'token_released'
  | 'delegation_created'
  | 'token_auth_failed'
  | 'scope_violation'
  | 'scope_ceiling_exceeded'
  | 'delegation_attenuation_violation'
  | 'app_registered'
  | 'app_authenticated'
  | 'app_auth_failed'
  | 'app_updated'
  | 'app_deregistered';

/** What a handler has to say, under the wire names. Empty texts and 0 are the same as absent. */
export interface AuditEntry {
  readonly event_type: AuditEventType;
  readonly agent_id?: string | undefined;
  readonly task_id?: string | undefined;
  readonly orch_id?: string | undefined;
  /** Redacted before it is kept. */
  readonly detail: string;
  /** The request path; bearer authentication only. */
  readonly resource?: string;
  readonly outcome: 'success' | 'denied';
  /** Records in the chain. */
  readonly deleg_depth?: number;
  readonly deleg_chain_hash?: string;
}

/** An event before it is chained, members in the order of the wire (protocol §7.1). */
export interface UnsealedAuditEvent extends Omit<AuditEntry, 'event_type' | 'outcome'> {
  /** `evt-` and a counter of at least six digits. */
  readonly id: string;
  readonly timestamp: string;
  /** Any text: a database may hold events that another broker wrote. */
  readonly event_type: string;
  readonly outcome?: string;
  /** Never set today. */
  readonly bytes_transferred?: number;
}

export interface AuditEvent extends UnsealedAuditEvent {
  /** 64 lower-case hex characters, as is `prev_hash`. */
  readonly hash: string;
  readonly prev_hash: string;
}

export interface AuditLogOptions {
  /** Epoch milliseconds. */
  readonly clock: () => number;
  readonly metrics: Metrics;
  readonly storage: Storage | undefined;
}

export class AuditLog {
  readonly #events: AuditEvent[] = [];
  readonly #options: AuditLogOptions;
  #number: number;
  #lastHash: string;

  /** @throws what the storage throws when it cannot give back its events */
  constructor(options: AuditLogOptions) {
    this.#options = options;
    const { metrics, storage } = options;
    if (storage !== undefined) {
      for (const { hash, prev_hash, ...event } of storage.loadAuditEvents()) {
        this.#events.push({ ...inOrder(event), hash, prev_hash });
      }
      metrics.auditEventsLoaded(this.#events.length);
    }
    const last = this.#events.at(-1);
    // Not the number of rows alone: a failed write leaves a gap, and no id may be given twice.
    this.#number = Math.max(this.#events.length, numberOf(last));
    this.#lastHash = last?.hash ?? FIRST_PREV_HASH;
  }

  /** Oldest first. */
  get events(): readonly AuditEvent[] {
    return this.#events;
  }

  record(entry: AuditEntry): void {
    this.#number += 1;
    const unsealed = inOrder({
      ...entry,
      id: `evt-${String(this.#number).padStart(6, '0')}`,
      timestamp: formatTimestamp(this.#options.clock()),
      detail: redactDetail(entry.detail),
    });
    const hash = hashAuditEvent(unsealed, this.#lastHash);
    const event = { ...unsealed, hash, prev_hash: this.#lastHash };
    this.#lastHash = hash;
    this.#events.push(event);
    this.#options.metrics.auditEvent(event.event_type);
    this.#write(event);
  }

  #write(event: AuditEvent): void {
    const { metrics, storage } = this.#options;
    if (storage === undefined) return;
    const startedAt = performance.now();
    try {
      storage.insertAuditEvent(event);
    } catch {
      // The event lives on in memory (protocol §7.6); the storage has said what is wrong with it.
    } finally {
      metrics.auditWrite((performance.now() - startedAt) / 1000);
    }
  }
}

/** The broker's way to write a list in texts: `[a b c]`. */
export function listText(items: readonly string[]): string {
  return `[${items.join(' ')}]`;
}

/** Members in the order of the wire, empty ones left out, whoever put them together. */
function inOrder(event: UnsealedAuditEvent): UnsealedAuditEvent {
  return {
    id: event.id,
    timestamp: event.timestamp,
    event_type: event.event_type,
    ...(event.agent_id && { agent_id: event.agent_id }),
    ...(event.task_id && { task_id: event.task_id }),
    ...(event.orch_id && { orch_id: event.orch_id }),
    detail: event.detail,
    ...(event.resource && { resource: event.resource }),
    ...(event.outcome && { outcome: event.outcome }),
    ...(event.deleg_depth && { deleg_depth: event.deleg_depth }),
    ...(event.deleg_chain_hash && { deleg_chain_hash: event.deleg_chain_hash }),
    ...(event.bytes_transferred && { bytes_transferred: event.bytes_transferred }),
  };
}

const ID = /^evt-(\d{1,15})$/;

function numberOf(event: AuditEvent | undefined): number {
  return Number(ID.exec(event?.id ?? '')?.[1] ?? 0);
}
