// Pages of the audit log in → the events that were not seen before out, or an error: the log does not go on where
// it was left.

import { type AuditEvent, type AuditPage, WireError } from '@agentwrit/protocol';
import { AgentWritError, MalformedAnswerError } from '../errors.js';

/**
 * How far the events that match a query have been read. The log only grows at its end (protocol §7.1), so a place
 * in it stays that place; should it not, the last event that was read is no longer in its own, and that shows
 * because each page begins with it.
 */
export class AuditCursor {
  /** Events read or skipped. */
  #seen: number;
  /** The last of them. */
  #last: AuditEvent | undefined;
  /** How many there are at least. */
  #total: number;

  /** @param total how many the log is known to have */
  constructor(seen: number, total: number) {
    this.#seen = seen;
    this.#total = total;
  }

  get seen(): number {
    return this.#seen;
  }

  /** Where the next page has to begin. */
  get offset(): number {
    return Math.max(0, this.#seen - 1);
  }

  /**
   * @param page from {@link AuditCursor.offset} on
   * @returns the events of the page that are new
   * @throws AgentWritError `audit_gap`
   * @throws MalformedAnswerError when the page has less than there is
   */
  advance(page: AuditPage): readonly AuditEvent[] {
    const { events, total } = page;
    if (total < this.#total) {
      throw gap(`it has ${total} matching events, where ${this.#total} were known`);
    }
    this.#total = total;
    const last = this.#last;
    const first = events[0];
    if (last !== undefined && first !== undefined && !isSame(first, last)) {
      throw gap(`number ${this.#seen} of the matching events is not what it was`);
    }
    const fresh = this.#seen === 0 ? events : events.slice(1);
    if (fresh.length === 0 && total > this.#seen) {
      throw new MalformedAnswerError(
        '/v1/audit/events',
        new WireError('audit.events', 'events up to the total', events),
      );
    }
    this.#seen += fresh.length;
    this.#last = fresh.at(-1) ?? first;
    return fresh;
  }
}

// Ids begin anew in another log; its hashes hold the time.
function isSame(a: AuditEvent, b: AuditEvent): boolean {
  return a.id === b.id && a.hash === b.hash;
}

function gap(evidence: string): AgentWritError {
  return new AgentWritError(
    'audit_gap',
    `the audit log is not the one that was being read, events may be missing: ${evidence}`,
  );
}
