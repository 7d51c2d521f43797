// A checked query in → the events that match it, oldest first, as they are asked for, out (protocol §7).

import type { AuditEvent } from '@agentwrit/protocol';
import { AuditCursor } from './audit-cursor.js';
import type { AuditReading } from './audit-options.js';
import { raiseListenerLimit } from '../listener-limit.js';
import { AuditPages, type AuditSource } from './audit-pages.js';

// Why reading ends when nobody listens any more.
const LEFT = Symbol('the loop was left');

/** Begins anew with each loop over it. Asks for nothing before the first event is asked for. */
export function auditEvents(reading: AuditReading, source: AuditSource): AsyncIterable<AuditEvent> {
  return {
    [Symbol.asyncIterator]() {
      const ending = new AbortController();
      const events = untilEnded(reading, source, ending);
      return {
        next: () => events.next(),
        // A generator alone would first wait for its next event, and so for the next one in the log.
        return: () => {
          ending.abort(LEFT);
          return events.return(undefined);
        },
      };
    },
  };
}

async function* untilEnded(
  reading: AuditReading,
  source: AuditSource,
  ending: AbortController,
): AsyncGenerator<AuditEvent, undefined> {
  const { signal } = reading;
  signal?.throwIfAborted();
  const end = (): void => ending.abort(signal?.reason);
  if (signal !== undefined) raiseListenerLimit(signal);
  signal?.addEventListener('abort', end);
  try {
    yield* matches(reading, new AuditPages(reading, source, ending.signal), ending.signal);
  } catch (error) {
    if (ending.signal.reason !== LEFT) throw error;
  } finally {
    signal?.removeEventListener('abort', end);
  }
  return undefined;
}

async function* matches(
  { offset, limit, following }: AuditReading,
  pages: AuditPages,
  ending: AbortSignal,
): AsyncGenerator<AuditEvent, void> {
  // Whoever follows from a place in the log has counted that far. Without following there may just be no more.
  const cursor = new AuditCursor(offset, following === undefined ? 0 : offset);
  let endsAt = offset + limit;
  for (;;) {
    const page = await pages.from(cursor.offset, endsAt - cursor.offset);
    // The first total it is: a log that grows as fast as it is read has an end all the same.
    if (following === undefined) endsAt = Math.min(endsAt, page.total);
    const left = Math.max(0, endsAt - cursor.seen);
    for (const event of cursor.advance(page).slice(0, left)) {
      yield event;
      ending.throwIfAborted();
    }
    if (cursor.seen >= endsAt) return;
    if (following !== undefined && cursor.seen >= page.total) await pages.wait(following.pollMs);
  }
}
