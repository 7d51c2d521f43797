// Decisions in → batches in the file, one at a time, out; and when that fails, who is told, and when it is
// tried again.

import type { DecisionEvent } from '@agentwrit/protocol';
import { BAD_EVENT, sealBatch } from './batch.js';
import { sizeOfEvent } from '../event-size.js';
import { AuditFileError } from './file-error.js';
import type { Log } from './log.js';
import { Pause } from './pause.js';
import type { GapReason, Queue } from './queue.js';

export interface WriterOptions {
  readonly log: Log;
  readonly queue: Queue;
  readonly isRequired: boolean;
  /** Of the file, for messages. */
  readonly path: string;
  readonly report: (fault: AuditFileError) => void;
  /** One more fault of which has been told. */
  readonly note: () => void;
}

export class Writer {
  readonly #options: WriterOptions;
  #turns: Promise<unknown> = Promise.resolve();
  #isScheduled = false;
  #isClosed = false;
  /** How many of the first in the queue are being written. */
  #busy = 0;
  /** Decisions are missing that the file does not say are. */
  #isOverflowing = false;
  /** Why the last try failed. */
  #fault: AuditFileError | undefined;
  readonly #pause: Pause;
  readonly #counts = { written: 0, dropped: 0, rejected: 0 };

  constructor(options: WriterOptions) {
    this.#options = options;
    this.#pause = new Pause(() => this.#wakeIfNeeded(), { isGrowing: !options.isRequired });
    this.#wakeIfNeeded();
  }

  get counts(): Readonly<{ written: number; dropped: number; rejected: number }> {
    return this.#counts;
  }

  /** @returns a promise where a request is not to be let in before the event is on disk */
  add(event: DecisionEvent): Promise<void> | undefined {
    const { queue, isRequired } = this.#options;
    const size = sizeOfEvent(event);
    if (!isRequired || event.outcome === 'refuse') {
      if (this.#isClosed) this.#counts.dropped += 1;
      else if (!queue.hasRoomFor(event, size)) {
        this.#drop(event.time, this.#fault ? 'write_failed' : 'queue_full');
      } else {
        queue.add({ kind: 'event', event, size, waiter: undefined });
        this.#wake();
      }
      return undefined;
    }
    const refusal = this.#refusalOf(event, size);
    if (refusal) {
      this.#counts.rejected += 1;
      return handled(Promise.reject(refusal));
    }
    return handled(
      new Promise((resolve, reject) => {
        queue.add({ kind: 'event', event, size, waiter: { resolve, reject } });
        this.#wake();
      }),
    );
  }

  /** Tries at once, whatever failed before. Rejects when something that waits now could not be written. */
  async flush(): Promise<void> {
    if (this.#isClosed) throw this.#closed();
    await this.#takeTurn(() => this.#flush());
  }

  /** What comes later is turned away; rejects as `flush` does, and whatever could not be written is given up. */
  async close(): Promise<void> {
    this.#isClosed = true;
    // One turn: between the last write and letting go of the file, no other operation begins.
    await this.#takeTurn(async () => {
      try {
        await this.#flush();
      } finally {
        this.#pause.end();
        const { queue, log } = this.#options;
        this.#rejectAwaited(this.#fault ?? this.#closed());
        this.#giveUp(queue.eventCount);
        queue.take(queue.items.length);
        log.close();
      }
    });
  }

  #refusalOf(event: DecisionEvent, size: number): AuditFileError | undefined {
    if (this.#isClosed) return this.#closed();
    // Until it is tried again.
    if (this.#fault && this.#pause.isOn) return this.#fault;
    if (this.#options.queue.hasRoomFor(event, size)) return undefined;
    return new AuditFileError('queue_full', `too many events wait for ${this.#options.path}`);
  }

  #closed(): AuditFileError {
    return new AuditFileError('closed', `${this.#options.path} was closed`);
  }

  #wakeIfNeeded(): void {
    if (this.#options.queue.items.length > 0) this.#wake();
  }

  #wake(): void {
    if (this.#isScheduled || this.#pause.isOn) return;
    this.#isScheduled = true;
    // After all the requests that are there now have been decided: they share a batch.
    setImmediate(() => {
      this.#isScheduled = false;
      void this.#takeTurn(() => this.#run());
    });
  }

  /** One after the other, in the order they were asked for. */
  #takeTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turns.then(work);
    this.#turns = turn.catch(() => undefined);
    return turn;
  }

  async #run(): Promise<void> {
    if (this.#pause.isOn || this.#options.queue.items.length === 0) return;
    await this.#writeBatch();
  }

  async #flush(): Promise<void> {
    const { queue, log, path } = this.#options;
    // What comes meanwhile is not waited for.
    for (let left = queue.items.length; left > 0 && queue.items.length > 0; ) {
      const count = await this.#writeBatch();
      if (this.#fault) throw this.#fault;
      left -= count;
    }
    try {
      await log.sync();
      this.#recover();
    } catch (error) {
      throw this.#fail(error);
    }
    // It was told of when it happened.
    if (log.isUnsure) {
      throw new AuditFileError('write_failed', `${path} may have lost events: a sync had failed`);
    }
  }

  async #writeBatch(): Promise<number> {
    const { queue, log } = this.#options;
    try {
      await log.append((end) => {
        const batch = sealBatch(queue, end, (isAwaited) => this.#noteBadEvent(isAwaited));
        this.#busy = batch.count;
        return batch;
      });
    } catch (error) {
      this.#busy = 0;
      this.#fail(error);
      return 0;
    }
    const count = this.#busy;
    this.#busy = 0;
    this.#counts.written += count;
    const taken = queue.take(count);
    if (!queue.hasGaps) this.#isOverflowing = false;
    for (const item of taken) {
      if (item.kind === 'event') item.waiter?.resolve();
    }
    this.#recover();
    return count;
  }

  #fail(error: unknown): AuditFileError {
    const { path, report, note } = this.#options;
    const fault =
      error instanceof AuditFileError
        ? error
        : new AuditFileError('write_failed', `${path} cannot be written`, error);
    // Once for each outage, and for each way it takes.
    if (this.#fault?.message === fault.message) note();
    else report(fault);
    this.#fault = fault;
    this.#rejectAwaited(fault);
    this.#pause.begin();
    return fault;
  }

  #recover(): void {
    this.#fault = undefined;
    this.#pause.end();
    this.#wakeIfNeeded();
  }

  #rejectAwaited(error: AuditFileError): void {
    for (const waiter of this.#options.queue.takeAwaited()) {
      this.#counts.rejected += 1;
      waiter.reject(error);
    }
  }

  #drop(time: number, reason: GapReason): void {
    const { queue, path, report } = this.#options;
    this.#counts.dropped += 1;
    queue.drop(time, reason, this.#busy);
    // Once, until the file says all that is missing.
    if (this.#isOverflowing) return;
    this.#isOverflowing = true;
    report(new AuditFileError('queue_full', `too many events wait for ${path}: some are lost`));
  }

  /** The next process knows nothing of them, and leaves no gap. */
  #giveUp(count: number): void {
    if (count === 0) return;
    this.#counts.dropped += count;
    const { path, report } = this.#options;
    report(new AuditFileError('closed', `${path} was closed before ${count} events were written`));
  }

  #noteBadEvent(isAwaited: boolean): void {
    this.#counts[isAwaited ? 'rejected' : 'dropped'] += 1;
    this.#options.report(new AuditFileError('bad_event', BAD_EVENT));
  }
}

/** Whoever drops it instead of waiting must not end the process by that. */
function handled(promise: Promise<void>): Promise<void> {
  promise.catch(() => undefined);
  return promise;
}
