// Items one by one in → arrays of them, one write at a time, out; and to whoever waits, whether theirs was written.
//
// While one write runs the next batch collects, so that many items share one round trip, or one fsync.

import { RepeatedWrite, type RepeatedWriteOptions } from './repeated-write.js';
import { SinkError, type SinkFault } from './sink-error.js';

/**
 * `write` is called again only when it has ended: one that ignores its signal holds up those after it, because
 * two at a time could bring items out of order, or write one twice. `timeoutMs` is also how long somebody waits.
 */
export interface BatchesOptions<Item> extends RepeatedWriteOptions<Item> {
  /** Those being written included. */
  readonly maxQueued: number;
  readonly maxBatch: number;
  /** Takes at most half of the queue, so that a flood of these leaves room for the others. */
  readonly isMinor?: ((item: Item) => boolean) | undefined;
  /** Must not throw. */
  readonly onDropped?: ((items: readonly Item[], reason: SinkFault) => void) | undefined;
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

interface Waiter {
  readonly keep: () => void;
  readonly fail: (error: SinkError) => void;
}

interface Entry<Item> {
  readonly item: Item;
  /** In which order they came. */
  readonly number: number;
  readonly isMinor: boolean;
  /** When nobody waits for it any more, monotonic milliseconds; infinite where nobody does, or as long as it takes. */
  readonly expiresAt: number;
  /** Gone when its time was over: it has been told so, and has acted on it. */
  waiter: Waiter | undefined;
}

export class Batches<Item> {
  readonly #options: BatchesOptions<Item>;
  readonly #write: RepeatedWrite<Item>;
  readonly #figures = { written: 0, dropped: 0 };
  #waiting: Entry<Item>[] = [];
  /** What is being written. */
  #batch: readonly Entry<Item>[] = [];
  #minors = 0;
  #entered = 0;
  #isRunning = false;
  #expiry: NodeJS.Timeout | undefined;
  #flushes: { readonly upTo: number; readonly done: () => void }[] = [];
  #closing: Promise<void> | undefined;
  #isAbandoned = false;

  constructor(options: BatchesOptions<Item>) {
    this.#options = options;
    this.#write = new RepeatedWrite(options);
  }

  get figures(): BatchFigures {
    const queued = this.#waiting.length + this.#batch.length;
    return { ...this.#figures, queued, faults: this.#write.faults };
  }

  /** Nobody waits for it: where there is no room it is dropped. */
  add(item: Item): void {
    this.#enter(item, Infinity, undefined);
  }

  /**
   * Kept when the item has been written. One whose time is over is not written any more, unless that is happening
   * already. What is minor may take its time.
   *
   * @throws SinkError
   */
  commit(item: Item): Promise<void> {
    const expiresAt = this.#isMinor(item) ? Infinity : performance.now() + this.#options.timeoutMs;
    return new Promise((keep, fail) => this.#enter(item, expiresAt, { keep, fail }));
  }

  /** When all that were added before have been written or dropped. */
  flush(): Promise<void> {
    if (!this.#isRunning) return Promise.resolve();
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

  #isMinor(item: Item): boolean {
    return this.#options.isMinor?.(item) ?? false;
  }

  #enter(item: Item, expiresAt: number, waiter: Waiter | undefined): void {
    const isMinor = this.#isMinor(item);
    const entry = { item, number: (this.#entered += 1), isMinor, expiresAt, waiter };
    const fault = this.#faultOf(isMinor);
    if (isMinor) this.#minors += 1;
    if (fault !== undefined) {
      this.#drop([entry], fault);
      return;
    }
    this.#waiting.push(entry);
    if (expiresAt < Infinity) this.#expiry ??= this.#watch(expiresAt);
    if (this.#isRunning) return;
    this.#isRunning = true;
    // Not now: a decision does not wait for a write to begin, and others of this turn can join.
    setImmediate(() => void this.#run());
  }

  #faultOf(isMinor: boolean): SinkFault | undefined {
    if (this.#closing !== undefined) return 'closed';
    const { maxQueued } = this.#options;
    const isFull = this.#waiting.length + this.#batch.length >= maxQueued;
    return isFull || (isMinor && this.#minors >= Math.ceil(maxQueued / 2))
      ? 'queue_full'
      : undefined;
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      this.#batch = this.#waiting.splice(0, this.#options.maxBatch);
      const last = this.#batch.at(-1)?.number ?? 0;
      try {
        await this.#write.run(() => this.#current());
        if (this.#isAbandoned) return;
        this.#figures.written += this.#batch.length;
        for (const { waiter } of this.#leave(this.#batch)) waiter?.keep();
      } catch (error) {
        if (this.#isAbandoned) return;
        this.#drop(this.#batch, 'write_failed', error);
      }
      this.#batch = [];
      this.#endFlushes(last);
    }
    this.#isRunning = false;
    this.#endFlushes(Infinity);
  }

  /** Whoever waited too long acts as if theirs had not been written: so it is not. */
  #current(): readonly Item[] {
    const [late, rest] = divide(this.#batch, (entry) => !isAwaited(entry) && hasEnd(entry));
    this.#drop(late, 'timeout');
    this.#batch = rest;
    return rest.map(({ item }) => item);
  }

  /** One timer for all who wait: they come in the order in which their time ends. */
  #watch(firstExpiry: number): NodeJS.Timeout {
    return setTimeout(() => this.#expire(), Math.ceil(firstExpiry - performance.now())).unref();
  }

  #expire(): void {
    const now = performance.now();
    const [late, rest] = divide(this.#waiting, ({ expiresAt }) => expiresAt <= now);
    this.#waiting = rest;
    this.#drop(late, 'timeout');
    for (const entry of this.#batch) {
      if (entry.expiresAt > now) continue;
      entry.waiter?.fail(new SinkError('timeout'));
      entry.waiter = undefined;
    }
    const next = [...this.#batch, ...rest].find((entry) => isAwaited(entry) && hasEnd(entry));
    this.#expiry = next && this.#watch(next.expiresAt);
  }

  async #end(): Promise<void> {
    this.#write.hurry();
    let timer: NodeJS.Timeout | undefined;
    // Keeps the process alive, unlike the others: somebody waits for the end.
    const end = new Promise((resolve) => {
      timer = setTimeout(resolve, this.#options.timeoutMs);
    });
    await Promise.race([this.flush(), end]);
    clearTimeout(timer);
    clearTimeout(this.#expiry);
    if (!this.#isRunning) return;
    this.#isAbandoned = true;
    const left = [...this.#batch, ...this.#waiting];
    this.#batch = [];
    this.#waiting = [];
    this.#drop(left, 'closed');
    this.#write.abort();
    this.#endFlushes(Infinity);
  }

  #endFlushes(upTo: number): void {
    for (const flush of this.#flushes) if (flush.upTo <= upTo) flush.done();
    this.#flushes = this.#flushes.filter((flush) => flush.upTo > upTo);
  }

  #drop(entries: readonly Entry<Item>[], reason: SinkFault, cause?: unknown): void {
    if (entries.length === 0) return;
    this.#figures.dropped += entries.length;
    for (const { waiter } of this.#leave(entries)) {
      waiter?.fail(new SinkError(reason, cause === undefined ? {} : { cause }));
    }
    this.#options.onDropped?.(
      entries.map(({ item }) => item),
      reason,
    );
  }

  #leave(entries: readonly Entry<Item>[]): readonly Entry<Item>[] {
    for (const { isMinor } of entries) if (isMinor) this.#minors -= 1;
    return entries;
  }
}

function isAwaited<Item>({ waiter }: Entry<Item>): boolean {
  return waiter !== undefined;
}

function hasEnd<Item>({ expiresAt }: Entry<Item>): boolean {
  return expiresAt < Infinity;
}

function divide<Value>(
  values: readonly Value[],
  isFirst: (value: Value) => boolean,
): readonly [Value[], Value[]] {
  const first: Value[] = [];
  const rest: Value[] = [];
  for (const value of values) (isFirst(value) ? first : rest).push(value);
  return [first, rest];
}
