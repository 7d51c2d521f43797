// Calls that have to wait in → one after the other out: those that matter most first, each kind in its order.

import type { CallSignal } from './call-signal.js';
import type { CallPurpose } from './turns.js';

// Good agents come before strangers: a flood of forged tokens fills the queue for strangers alone.
const ORDER: readonly CallPurpose[] = ['known', 'refresh', 'new'];

export class WaitingLine {
  readonly #waiting: Readonly<Record<CallPurpose, Set<() => void>>> = {
    known: new Set(),
    refresh: new Set(),
    new: new Set(),
  };

  get length(): number {
    const { known, refresh, new: strangers } = this.#waiting;
    return known.size + refresh.size + strangers.size;
  }

  /** Resolves when it is called. Rejects with the signal's reason when that comes first. */
  wait(purpose: CallPurpose, signal: CallSignal): Promise<void> {
    const waiting = this.#waiting[purpose];
    return new Promise((resolve, reject) => {
      const go = (): void => {
        waiting.delete(go);
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const leave = (): void => {
        waiting.delete(go);
        reject(signal.reason);
      };
      if (signal.aborted) return leave();
      waiting.add(go);
      signal.addEventListener('abort', leave);
    });
  }

  /** Whether anybody was waiting. */
  callNext(): boolean {
    for (const purpose of ORDER) {
      for (const go of this.#waiting[purpose]) {
        go();
        return true;
      }
    }
    return false;
  }
}
