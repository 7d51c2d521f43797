// A place in the audit log in → the page that begins there out, as large as can be had; while following, whatever
// befalls the broker meanwhile.

import type { AuditPage } from '@agentwrit/protocol';
import type { AuditQuery } from './admin-broker.js';
import { isTooLarge, isUnreadable } from '../answer.js';
import type { AuditReading, Following } from './audit-options.js';
import { AgentWritError, TransportError } from '../errors.js';
import { pause } from './pause.js';
import { ProblemResponseError } from '../problem-response.js';

/** Where pages come from. */
export interface AuditSource {
  /** One call to the broker, with a deadline of its own. */
  readonly page: (query: AuditQuery, signal: AbortSignal) => Promise<AuditPage>;
  /** Aborted when there will be no more: nobody has to wait for the next look. */
  readonly closing: AbortSignal;
}

// As many as the broker gives at once (protocol §7.4): it goes through the whole log for each page. Half a
// megabyte, usually.
const MAX_PAGE_EVENTS = 1000;

// The last event that was seen, and one more: with fewer there is no progress.
const MIN_PAGE_EVENTS = 2;

// Long enough for a broker in trouble, each log-in costs it a bcrypt; short enough for whoever watches.
const MAX_BACKOFF_MS = 30_000;

// Whatever something in between says: an audit must not be sent away for a day.
const MAX_RETRY_AFTER_MS = 60_000;

export class AuditPages {
  readonly #reading: AuditReading;
  readonly #source: AuditSource;
  readonly #signal: AbortSignal;
  #pageEvents = MAX_PAGE_EVENTS;
  #hasBegun = false;
  /** In a row. */
  #faults = 0;

  /** @param signal rejects what is under way with its reason */
  constructor(reading: AuditReading, source: AuditSource, signal: AbortSignal) {
    this.#reading = reading;
    this.#source = source;
    this.#signal = signal;
  }

  /** @param count how many events are wanted at most; there can be fewer */
  async from(offset: number, count: number): Promise<AuditPage> {
    const { filter, following } = this.#reading;
    for (;;) {
      const limit = Math.min(this.#pageEvents, count);
      try {
        const page = await this.#source.page({ filter, offset, limit }, this.#signal);
        this.#pageEvents = Math.min(this.#pageEvents * 2, MAX_PAGE_EVENTS);
        this.#hasBegun = true;
        this.#faults = 0;
        return page;
      } catch (error) {
        this.#signal.throwIfAborted();
        if (isTooLarge(error) && limit > MIN_PAGE_EVENTS) {
          this.#shrink(limit);
          continue;
        }
        // A broker that never answered is a wrong address as likely as not: that is not waited out.
        if (following === undefined || !this.#hasBegun || !isFault(error)) throw error;
        if (error.code === 'timeout') this.#shrink(limit);
        following.onFault(error);
        await this.wait(this.#backoffMs(error, following));
      }
    }
  }

  /** @throws the signal's reason when it is aborted meanwhile */
  async wait(ms: number): Promise<void> {
    await pause(ms, [this.#signal, this.#source.closing]);
    this.#signal.throwIfAborted();
  }

  #shrink(limit: number): void {
    this.#pageEvents = Math.max(MIN_PAGE_EVENTS, Math.floor(limit / 4));
  }

  #backoffMs(error: AgentWritError, { pollMs }: Following): number {
    const asked = error instanceof ProblemResponseError ? (error.retryAfterSeconds ?? 0) * 1000 : 0;
    const backoffMs = Math.min(pollMs * 2 ** this.#faults, MAX_BACKOFF_MS);
    this.#faults += 1;
    return Math.max(pollMs, backoffMs, Math.min(asked, MAX_RETRY_AFTER_MS));
  }
}

/** Whether the broker, or the way there, is in trouble that may pass. */
function isFault(error: unknown): error is AgentWritError {
  if (error instanceof ProblemResponseError) return error.status >= 500 || error.status === 429;
  return (
    error instanceof TransportError || (error instanceof AgentWritError && isUnreadable(error))
  );
}
