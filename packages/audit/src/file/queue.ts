// Decisions in, as they are made → what is to be written, in that order and never too much of it, out.

import type { DecisionEvent } from '@agentwrit/protocol';
import type { AuditFileError } from './file-error.js';

/** Why decisions are missing in the file. */
export type GapReason = 'queue_full' | 'write_failed' | 'bad_event';

/** A decision that waits to be written. */
export interface WaitingEvent {
  readonly kind: 'event';
  readonly event: DecisionEvent;
  /** About how much memory it takes, in bytes. */
  readonly size: number;
  /** Whoever waits for it; most wait for nothing. */
  readonly waiter: Waiter | undefined;
}

export interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: AuditFileError) => void;
}

/** Stands where decisions are missing. */
export interface Gap {
  readonly kind: 'gap';
  readonly reason: GapReason;
  dropped: number;
  readonly firstTime: number;
  lastTime: number;
}

/** Says that the file was repaired. */
export interface Repair {
  readonly kind: 'repair';
  readonly time: number;
  readonly bytes: number;
}

export type Waiting = WaitingEvent | Gap | Repair;

export interface QueueLimits {
  readonly events: number;
  readonly bytes: number;
  /** How much of both refusals may take, so that they do not crowd out what is let in: 0.5 is half. */
  readonly refusalShare: number;
}

export class Queue {
  readonly #limits: QueueLimits;
  #items: Waiting[] = [];
  #events = 0;
  #refusals = 0;
  #bytes = 0;
  #refusalBytes = 0;
  #gaps = 0;

  constructor(limits: QueueLimits) {
    this.#limits = limits;
  }

  /** In order. Whoever puts a gap or changes one that is among the first must not be writing them. */
  get items(): readonly Waiting[] {
    return this.#items;
  }

  get eventCount(): number {
    return this.#events;
  }

  get hasGaps(): boolean {
    return this.#gaps > 0;
  }

  hasRoomFor({ outcome }: DecisionEvent, size: number): boolean {
    const { events, bytes, refusalShare } = this.#limits;
    if (this.#events >= events || this.#bytes + size > bytes) return false;
    if (outcome !== 'refuse') return true;
    const hasBytes = this.#refusalBytes + size <= bytes * refusalShare;
    return hasBytes && this.#refusals < Math.floor(events * refusalShare);
  }

  add(item: Waiting): void {
    this.#items.push(item);
    this.#count(item, 1);
  }

  /**
   * Notes that a decision is missing behind all that wait now.
   *
   * @param busy how many of the first are being written: they stay as they are
   */
  drop(time: number, reason: GapReason, busy: number): void {
    for (let index = this.#items.length - 1; index >= busy; index -= 1) {
      const item = this.#items[index];
      if (item?.kind !== 'gap') break;
      if (item.reason !== reason) continue;
      item.dropped += 1;
      item.lastTime = time;
      return;
    }
    this.add({ kind: 'gap', reason, dropped: 1, firstTime: time, lastTime: time });
  }

  /** Puts a gap in an event's place. */
  replace(index: number, gap: Gap): void {
    for (const replaced of this.#items.splice(index, 1, gap)) this.#count(replaced, -1);
    this.#count(gap, 1);
  }

  remove(index: number): void {
    for (const removed of this.#items.splice(index, 1)) this.#count(removed, -1);
  }

  /** Takes out the first so many. */
  take(count: number): readonly Waiting[] {
    const taken = this.#items.splice(0, count);
    for (const item of taken) this.#count(item, -1);
    return taken;
  }

  /**
   * Takes out those that somebody waits for, and makes one of gaps that have nothing between them any more: there
   * are never more gaps than there may be events, for each reason. None may be being written.
   */
  takeAwaited(): readonly Waiter[] {
    const waiters: Waiter[] = [];
    const before = this.#items;
    this.#items = [];
    this.#gaps = 0;
    let gaps: Gap[] = [];
    for (const item of before) {
      if (item.kind === 'event' && item.waiter !== undefined) {
        waiters.push(item.waiter);
        this.#count(item, -1);
        continue;
      }
      const earlier = item.kind === 'gap' && gaps.find(({ reason }) => reason === item.reason);
      if (earlier) {
        earlier.dropped += item.dropped;
        earlier.lastTime = item.lastTime;
        continue;
      }
      gaps = item.kind === 'gap' ? [...gaps, item] : [];
      if (item.kind === 'gap') this.#gaps += 1;
      this.#items.push(item);
    }
    return waiters;
  }

  #count(item: Waiting, change: 1 | -1): void {
    if (item.kind === 'gap') this.#gaps += change;
    if (item.kind !== 'event') return;
    const bytes = change * item.size;
    this.#events += change;
    this.#bytes += bytes;
    if (item.event.outcome !== 'refuse') return;
    this.#refusals += change;
    this.#refusalBytes += bytes;
  }
}
