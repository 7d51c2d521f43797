// The broker's audit log in → revocations, told to a guard as they are found, out. Polls, with one cursor over
// all events, so that what is missing shows.

import { type AuditPage, WireError } from '@agentwrit/protocol';
import { AuditCursor, LogGap } from './audit-cursor.js';
import { revocationOf } from './audit-revocation.js';
import { type AuditSession, CannotAuthenticate } from './audit-session.js';
import { sleep } from './background-timer.js';
import { BrokerFault } from './fault.js';
import type { RevocationSink } from './revocation-feed.js';
import { OversizedAnswer } from './transport.js';

/** How the time passes. Tests have their own. */
export interface PollTime {
  /** Milliseconds since some fixed moment. */
  readonly monotonic: () => number;
  /** Resolves after that time, or when the signal is aborted. Keeps no process alive. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

export const systemTime: PollTime = {
  monotonic: () => performance.now(),
  sleep,
};

export interface AuditTailOptions {
  readonly session: AuditSession;
  readonly sink: RevocationSink;
  readonly pollMs: number;
  readonly time: PollTime;
}

// The broker gives no more at once (protocol §7.4).
const MAX_PAGE_EVENTS = 1000;
// The last event that was seen, and one more: with fewer there is no progress.
const MIN_PAGE_EVENTS = 2;

// Every log-in costs the broker a bcrypt, and a wrong secret does not get right by itself.
const FIRST_BACKOFF_MS = 1000;
const MAX_BACKOFF_MS = 30_000;

/** @returns ends it; resolves when nothing of it runs any more */
export function tailAuditLog(options: AuditTailOptions): () => Promise<void> {
  const { session, sink, pollMs, time } = options;
  const ending = new AbortController();
  let cursor: AuditCursor | undefined;
  let pageEvents = MAX_PAGE_EVENTS;
  let isInStep = false;
  let faults = 0;
  let refusals = 0;

  async function findEnd(): Promise<AuditCursor> {
    const { total } = await session.page(0, 1);
    if (total === 0) return new AuditCursor(0, undefined);
    const { events } = await session.page(total - 1, 1);
    const last = events[0];
    if (last === undefined) throw new LogGap('the audit log has become shorter');
    return new AuditCursor(total, last);
  }

  /** One that is too much is asked for in parts, at once or, when it took too long, in the next poll. */
  async function readPage(offset: number): Promise<AuditPage> {
    for (;;) {
      try {
        return await session.page(offset, pageEvents);
      } catch (error) {
        const isOversized = error instanceof OversizedAnswer;
        if (isOversized && pageEvents === MIN_PAGE_EVENTS) {
          throw new LogGap('an event is too large to be read');
        }
        if (isOversized || isTimeout(error)) {
          pageEvents = Math.max(Math.floor(pageEvents / 4), MIN_PAGE_EVENTS);
        }
        if (!isOversized) throw error;
      }
    }
  }

  async function poll(): Promise<void> {
    // The end is found before the moment is taken, so that nothing after that moment is skipped.
    cursor ??= await findEnd();
    const moment = sink.moment();
    for (;;) {
      const page = await readPage(cursor.offset);
      const events = cursor.advance(page);
      for (const event of events) {
        const revocation = revocationOf(event);
        if (revocation !== undefined) sink.revoked(revocation);
      }
      if (cursor.hasSeen(page.total)) break;
      if (events.length === 0) {
        throw new BrokerFault('malformed_answer', 'a page of the audit log stops short of its end');
      }
    }
    sink.synced(moment);
    pageEvents = Math.min(pageEvents * 4, MAX_PAGE_EVENTS);
  }

  function lost(reason: string): void {
    isInStep = false;
    sink.lost(reason);
  }

  /** @returns how long to wait, from the beginning of the poll that failed */
  function failed(error: unknown): number {
    if (error instanceof CannotAuthenticate) {
      lost(`cannot authenticate: ${error.message}`);
      const backoffMs = Math.min(FIRST_BACKOFF_MS * 2 ** refusals, MAX_BACKOFF_MS);
      refusals += 1;
      return Math.max(pollMs, backoffMs, (error.retryAfterSeconds ?? 0) * 1000);
    }
    if (error instanceof LogGap || error instanceof WireError) {
      cursor = undefined;
      lost(`gap: ${error.message}`);
      return pollMs;
    }
    if (error instanceof BrokerFault) {
      // The log waits, and nothing in it is missed. One fault need not cost a question about every token; and
      // if it lasts, the guard counts for itself how long it has heard nothing.
      faults += 1;
      if (!isInStep || faults > 1) lost(`the broker cannot be asked: ${error.message}`);
      return Math.max(pollMs, (error.retryAfterSeconds ?? 0) * 1000);
    }
    lost('the audit log cannot be read, for an unexpected reason');
    return pollMs;
  }

  async function run(): Promise<void> {
    while (!ending.signal.aborted) {
      const startedAt = time.monotonic();
      let waitMs = pollMs;
      try {
        await poll();
        isInStep = true;
        faults = 0;
        refusals = 0;
      } catch (error) {
        if (ending.signal.aborted) return;
        waitMs = failed(error);
      }
      const leftMs = startedAt + waitMs - time.monotonic();
      await time.sleep(Math.max(leftMs, 0), ending.signal);
    }
  }

  const running = run();
  return async () => {
    ending.abort();
    await session.close();
    await running;
  };
}

function isTimeout(error: unknown): boolean {
  return error instanceof BrokerFault && error.code === 'timeout';
}
