// Items in → the next ones to be written out; bounded, and without those for which it is too late.

import { Room } from './room.js';
import { SinkError } from './sink-error.js';

export interface QueueOptions<Item> {
  /** Those being written included. */
  readonly maxQueued: number;
  /** All of them together, as `sizeOf` says. */
  readonly maxQueuedBytes?: number | undefined;
  /** About how much memory it takes; nothing unless said otherwise. */
  readonly sizeOf?: ((item: Item) => number) | undefined;
  /** Takes at most half of the queue, so that a flood of these leaves room for the others. */
  readonly isMinor?: ((item: Item) => boolean) | undefined;
}

export interface Waiter {
  readonly keep: () => void;
  readonly fail: (error: SinkError) => void;
}

export interface Entry<Item> {
  readonly item: Item;
  /** In which order they came. */
  readonly number: number;
  readonly isMinor: boolean;
  /** How much of the memory it takes. */
  readonly bytes: number;
  /** When it is too late, monotonic milliseconds; infinite where it never is. */
  readonly expiresAt: number;
  /** Gone when it was too late: it has been told so, and has acted on it. */
  waiter: Waiter | undefined;
}

export class Queue<Item> {
  readonly #options: QueueOptions<Item>;
  #waiting: Entry<Item>[] = [];
  /** What is being written. */
  #batch: readonly Entry<Item>[] = [];
  readonly #room: Room;
  readonly #minorRoom: Room;

  constructor(options: QueueOptions<Item>) {
    this.#options = options;
    const { maxQueued, maxQueuedBytes = Infinity } = options;
    this.#room = new Room(maxQueued, maxQueuedBytes);
    this.#minorRoom = new Room(Math.ceil(maxQueued / 2), maxQueuedBytes / 2);
  }

  get length(): number {
    return this.#waiting.length + this.#batch.length;
  }

  get hasMore(): boolean {
    return this.#waiting.length > 0;
  }

  /** The batch under way. */
  get batch(): readonly Entry<Item>[] {
    return this.#batch;
  }

  isMinor(item: Item): boolean {
    return this.#options.isMinor?.(item) ?? false;
  }

  sizeOf(item: Item): number {
    return this.#options.sizeOf?.(item) ?? 0;
  }

  /** Whether there was room. */
  enter(entry: Entry<Item>): boolean {
    const { bytes, isMinor } = entry;
    if (!this.#room.hasFor(bytes) || (isMinor && !this.#minorRoom.hasFor(bytes))) return false;
    this.#room.take(bytes);
    if (isMinor) this.#minorRoom.take(bytes);
    this.#waiting.push(entry);
    return true;
  }

  /** The oldest become the batch under way. The one before has been ended. */
  beginBatch(max: number): void {
    this.#batch = this.#waiting.splice(0, max);
  }

  endBatch(): readonly Entry<Item>[] {
    const ended = this.#batch;
    this.#batch = [];
    return this.#leave(ended);
  }

  /** Takes out of the batch for what it has become too late. */
  thinBatch(): readonly Entry<Item>[] {
    const [late, rest] = divide(this.#batch, (entry) => hasEnd(entry) && !entry.waiter);
    this.#batch = rest;
    return this.#leave(late);
  }

  /** Takes out for what it is too late. Those being written stay; who waits for one is told. */
  expire(now: number): readonly Entry<Item>[] {
    for (const entry of this.#batch) {
      if (entry.expiresAt > now) continue;
      entry.waiter?.fail(new SinkError('timeout'));
      entry.waiter = undefined;
    }
    const [late, rest] = divide(this.#waiting, ({ expiresAt }) => expiresAt <= now);
    this.#waiting = rest;
    return this.#leave(late);
  }

  /** When it is too late for the next one. They came in the order in which it will be. */
  get nextExpiry(): number | undefined {
    const isNext = (entry: Entry<Item>): boolean => hasEnd(entry) && entry.waiter !== undefined;
    return (this.#batch.find(isNext) ?? this.#waiting.find(isNext))?.expiresAt;
  }

  /** Takes out all that have not begun. */
  clear(): readonly Entry<Item>[] {
    const left = this.#waiting;
    this.#waiting = [];
    return this.#leave(left);
  }

  #leave(entries: readonly Entry<Item>[]): readonly Entry<Item>[] {
    for (const { isMinor, bytes } of entries) {
      this.#room.giveBack(bytes);
      if (isMinor) this.#minorRoom.giveBack(bytes);
    }
    return entries;
  }
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
