// Pages of the audit log in → the events that were not seen before out, or a gap: the log does not go on where
// it was left.

import type { AuditEvent, AuditPage } from '@agentwrit/protocol';

/** Events may have been missed. The message is for an operator. */
export class LogGap extends Error {
  override readonly name = 'LogGap';
}

// Before the first event there is none to be linked to (protocol §7.2).
const NO_HASH = '0'.repeat(64);

/** How far the log has been read. */
export class AuditCursor {
  /** Events read, or skipped because they were there before. */
  #seen: number;
  /** The last of them. Read again with every page: its absence gives another log away. */
  #last: AuditEvent | undefined;

  /** @param last the one that ends the log, `undefined` when that is empty */
  constructor(seen: number, last: AuditEvent | undefined) {
    this.#seen = seen;
    this.#last = last;
  }

  /** Where the next page has to begin. */
  get offset(): number {
    return this.#last === undefined ? this.#seen : this.#seen - 1;
  }

  /** Whether nothing of a log of that length is left to be read. */
  hasSeen(total: number): boolean {
    return this.#seen >= total;
  }

  /**
   * @param page from {@link AuditCursor.offset} on
   * @returns the events of the page that are new
   * @throws LogGap when the last event is not where it was, or the events are not linked by their hashes
   */
  advance(page: AuditPage): readonly AuditEvent[] {
    const last = this.#last;
    if (last !== undefined) {
      const first = page.events[0];
      if (first?.id !== last.id || first.hash !== last.hash) {
        throw new LogGap('the audit log is not the one that was read before');
      }
    }
    const fresh = last === undefined ? page.events : page.events.slice(1);
    let hash = last?.hash ?? NO_HASH;
    for (const event of fresh) {
      if (event.prev_hash !== hash) throw new LogGap('events are missing in the audit log');
      hash = event.hash;
    }
    this.#seen += fresh.length;
    this.#last = fresh.at(-1) ?? last;
    return fresh;
  }
}
