// Decisions that are lost, one by one, in → a notice now and then, and one warning, out.

import type { SinkFault } from './sink-error.js';

/** Decisions that were lost for the same reason, not long ago. */
export interface DropNotice {
  readonly count: number;
  readonly reason: SinkFault;
  /** When the first and the last of them were made: milliseconds since 1970. */
  readonly firstTime: number;
  readonly lastTime: number;
  /** What the last write failed with, where one has. */
  readonly cause?: unknown;
}

// A flood must not become a flood of notices.
const TELL_AFTER_MS = 1000;

export class DropNotices {
  readonly #name: string;
  readonly #onDropped: ((notice: DropNotice) => unknown) | undefined;
  readonly #notices = new Map<SinkFault, DropNotice>();
  #timer: NodeJS.Timeout | undefined;
  #hasWarned = false;

  constructor(name: string, onDropped: ((notice: DropNotice) => unknown) | undefined) {
    this.#name = name;
    this.#onDropped = onDropped;
  }

  add(events: readonly { readonly time: number }[], reason: SinkFault, cause?: unknown): void {
    for (const { time } of events) {
      const { count, firstTime, lastTime } = this.#notices.get(reason) ?? startingAt(time);
      this.#notices.set(reason, {
        count: count + 1,
        reason,
        firstTime: Math.min(firstTime, time),
        lastTime: Math.max(lastTime, time),
        ...(cause !== undefined && { cause }),
      });
    }
    this.#timer ??= setTimeout(() => this.tell(), TELL_AFTER_MS).unref();
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    process.emitWarning(`${this.#name}: decisions are lost (${reason}); this is said once`, {
      type: 'AgentWritWarning',
      code: 'AGENTWRIT_DECISIONS_LOST',
    });
  }

  /** Tells at once what has not been told yet. */
  tell(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const notices = [...this.#notices.values()];
    this.#notices.clear();
    for (const notice of notices) {
      try {
        // Adopts any thenable: one that rejects is of no concern here either.
        Promise.resolve(this.#onDropped?.(notice)).catch(() => undefined);
      } catch {
        // Whoever cannot be told cannot be told.
      }
    }
  }
}

function startingAt(time: number): Omit<DropNotice, 'reason'> {
  return { count: 0, firstTime: time, lastTime: time };
}
