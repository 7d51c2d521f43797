// Items one by one in → arrays of them, one write at a time, out; and to whoever waits, whether theirs was written.
//
// While one write runs the next batch collects, so that many items share one round trip, or one fsync.

import { type Entry, Queue, type QueueOptions, type Waiter } from './queue.js';
import { RepeatedWrite, type RepeatedWriteOptions } from './repeated-write.js';
import { SinkError, type SinkFault } from './sink-error.js';

/**
 * `write` is called again only when it has ended: one that ignores its signal holds up those after it, because
 * two at a time could bring items out of order, or write one twice. `timeoutMs` is also how long somebody waits.
 */
export interface BatchesOptions<Item> extends RepeatedWriteOptions<Item>, QueueOptions<Item> {
  readonly maxBatch: number;
  /** Must not throw. */
  readonly onDropped?:
    | ((items: readonly Item[], reason: SinkFault, cause: unknown) => void)
    | undefined;
}

/** Counted since it was made. */
export interface BatchFigures {
  readonly written: number;
  /** Not written, and not going to be. */
  readonly dropped: number;
  /** Waiting or being written. */
  readonly queued: number;
  /** Writes that failed, repeated or not. */
  readonly faults: number;
}

export class Batches<Item> {
  readonly #options: BatchesOptions<Item>;
  readonly #queue: Queue<Item>;
  readonly #write: RepeatedWrite<Item>;
  #written = 0;
  #dropped = 0;
  #entered = 0;
  #isRunning = false;
  #expiry: NodeJS.Timeout | undefined;
  #flushes: { readonly upTo: number; readonly done: () => void }[] = [];
  #closing: Promise<void> | undefined;

  constructor(options: BatchesOptions<Item>) {
    this.#options = options;
    this.#queue = new Queue(options);
    this.#write = new RepeatedWrite(options);
  }

  get figures(): BatchFigures {
    const { faults } = this.#write;
    return { written: this.#written, dropped: this.#dropped, queued: this.#queue.length, faults };
  }

  /** Nobody waits for it: where there is no room it is dropped. */
  add(item: Item): void {
    this.#enter(item, this.#queue.isMinor(item), Infinity, undefined);
  }

  /**
   * Kept when the item has been written. One for which it is too late is not written any more, unless that is
   * happening already. What is minor may take its time.
   *
   * @throws SinkError
   */
  commit(item: Item): Promise<void> {
    const isMinor = this.#queue.isMinor(item);
    const expiresAt = isMinor ? Infinity : performance.now() + this.#options.timeoutMs;
    const written = new Promise<void>((keep, fail) => {
      this.#enter(item, isMinor, expiresAt, { keep, fail });
    });
    // Whoever drops the promise does not want to know: that must not end the process.
    written.catch(() => undefined);
    return written;
  }

  /** When all that were added before have been written or dropped. */
  flush(): Promise<void> {
    // Not whether a write runs: one that hangs goes on when all it has to write was dropped.
    if (this.#queue.length === 0) return Promise.resolve();
    return new Promise((done) => this.#flushes.push({ upTo: this.#entered, done }));
  }

  /**
   * Takes no more and writes what it has, for `timeoutMs` at the longest; what is left then is dropped. May be
   * called again.
   */
  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  #enter(item: Item, isMinor: boolean, expiresAt: number, waiter: Waiter | undefined): void {
    const bytes = this.#queue.sizeOf(item);
    const entry = { item, number: this.#entered + 1, isMinor, bytes, expiresAt, waiter };
    if (this.#closing !== undefined) {
      this.#drop([entry], 'closed');
      return;
    }
    if (!this.#queue.enter(entry)) {
      this.#drop([entry], 'queue_full');
      return;
    }
    this.#entered += 1;
    if (expiresAt < Infinity) this.#expiry ??= this.#watch(expiresAt);
    if (this.#isRunning) return;
    this.#isRunning = true;
    // Not now: a decision does not wait for a write to begin, and others of this turn can join.
    setImmediate(() => void this.#run());
  }

  async #run(): Promise<void> {
    while (this.#queue.hasMore) {
      this.#queue.beginBatch(this.#options.maxBatch);
      const last = this.#queue.batch.at(-1)?.number ?? 0;
      try {
        await this.#write.run(() => this.#takeBatch());
        const written = this.#queue.endBatch();
        this.#written += written.length;
        for (const { waiter } of written) waiter?.keep();
      } catch (error) {
        this.#drop(this.#queue.endBatch(), 'write_failed', error);
      }
      this.#endFlushes(last);
    }
    this.#isRunning = false;
    this.#endFlushes(Infinity);
  }

  /** Whoever waited too long acts as if theirs had not been written: so it is not. */
  #takeBatch(): readonly Item[] {
    this.#drop(this.#queue.thinBatch(), 'timeout');
    return this.#queue.batch.map(({ item }) => item);
  }

  /** One timer for all who wait. */
  #watch(nextExpiry: number): NodeJS.Timeout {
    const expire = (): void => {
      this.#drop(this.#queue.expire(performance.now()), 'timeout');
      const next = this.#queue.nextExpiry;
      this.#expiry = next === undefined ? undefined : this.#watch(next);
    };
    return setTimeout(expire, Math.ceil(nextExpiry - performance.now())).unref();
  }

  async #end(): Promise<void> {
    this.#write.hurry();
    let timer: NodeJS.Timeout | undefined;
    // Keeps the process alive, unlike the others: somebody waits for the end.
    const tooLong = new Promise((resolve) => {
      timer = setTimeout(resolve, this.#options.timeoutMs);
    });
    await Promise.race([this.flush(), tooLong]);
    clearTimeout(timer);
    clearTimeout(this.#expiry);
    if (!this.#isRunning) return;
    // What is under way finds nothing left, however it ends.
    this.#drop([...this.#queue.endBatch(), ...this.#queue.clear()], 'closed');
    this.#write.abort();
    this.#endFlushes(Infinity);
  }

  #endFlushes(number: number): void {
    for (const { upTo, done } of this.#flushes) if (upTo <= number) done();
    this.#flushes = this.#flushes.filter(({ upTo }) => upTo > number);
  }

  #drop(entries: readonly Entry<Item>[], reason: SinkFault, cause?: unknown): void {
    if (entries.length === 0) return;
    this.#dropped += entries.length;
    for (const { waiter } of entries) {
      waiter?.fail(new SinkError(reason, cause === undefined ? {} : { cause }));
    }
    const items = entries.map(({ item }) => item);
    this.#options.onDropped?.(items, reason, cause);
  }
}
