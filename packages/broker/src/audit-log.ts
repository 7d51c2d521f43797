// What happened in → a numbered, dated event kept out (protocol §7.1).

import { formatTimestamp } from '@agentwrit/protocol';

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

/** Under its wire names: it is written to the wire as it is. */
export interface AuditEntry {
  readonly event_type: AuditEventType;
  readonly agent_id?: string | undefined;
  readonly task_id?: string | undefined;
  readonly orch_id?: string | undefined;
  readonly detail: string;
  /** The request path; bearer authentication only. */
  readonly resource?: string;
  readonly outcome: 'success' | 'denied';
  readonly deleg_depth?: number;
  readonly deleg_chain_hash?: string;
}

export interface AuditEvent extends AuditEntry {
  /** `evt-` and a counter of at least six digits. */
  readonly id: string;
  readonly timestamp: string;
}

export class AuditLog {
  readonly #events: AuditEvent[] = [];
  readonly #clock: () => number;

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** Oldest first. */
  get events(): readonly AuditEvent[] {
    return this.#events;
  }

  record(entry: AuditEntry): void {
    const id = `evt-${String(this.#events.length + 1).padStart(6, '0')}`;
    this.#events.push({ id, timestamp: formatTimestamp(this.#clock()), ...entry });
  }
}

/** The broker's way to write a list in texts: `[a b c]`. */
export function listText(items: readonly string[]): string {
  return `[${items.join(' ')}]`;
}
