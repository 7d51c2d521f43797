// The real time in → a time that a test moves out.

import { types } from 'node:util';
import { assertNumber } from '@agentwrit/protocol';

/** What a guard asks of a clock is here, too, so that both agree: `createAgentWrit({ clock: broker.clock })`. */
export interface TestClock {
  /** Epoch milliseconds. */
  readonly now: () => number;
  /**
   * Milliseconds since some fixed moment. Goes on with real time and with `advance`, and never back; `set`
   * does not move it, as setting a machine's time does not.
   */
  readonly monotonic: () => number;
  /**
   * Moves on at once. Fractions and negative numbers are allowed.
   *
   * @throws TypeError when `seconds` is not a finite number, or leads out of the range of `Date`
   */
  readonly advance: (seconds: number) => void;
  /**
   * Jumps to a time and runs on from there.
   *
   * @param time a Date, or epoch milliseconds after 1973: less is taken for seconds by mistake
   * @throws TypeError when it is neither
   */
  readonly set: (time: Date | number) => void;
}

// What a Date can hold, either side of 1970.
const MAX_TIME = 8.64e15;

// 1973: any time in seconds is far below it.
const MIN_MILLISECONDS = 1e11;

/** Runs with `Date.now()` and `performance.now()`, so faked timers move it too. */
export function createTestClock(): TestClock {
  let offsetMs = 0;
  let elapsedMs = 0;
  let readAt = performance.now();

  return {
    now: () => Math.min(Date.now() + offsetMs, MAX_TIME),
    monotonic() {
      // Piece by piece, because faking or restoring timers makes the real one jump.
      const real = performance.now();
      elapsedMs += Math.max(0, real - readAt);
      readAt = real;
      return elapsedMs;
    },
    advance(seconds) {
      assertNumber(seconds, 'seconds');
      const movedMs = offsetMs + seconds * 1000;
      if (Math.abs(Date.now() + movedMs) > MAX_TIME) {
        throw new TypeError('"seconds" must not lead out of the range of Date');
      }
      offsetMs = movedMs;
      elapsedMs += Math.max(0, seconds * 1000);
    },
    set(time) {
      offsetMs = epochMs(time) - Date.now();
    },
  };
}

function epochMs(time: unknown): number {
  const ms = types.isDate(time) ? time.getTime() : time;
  if (typeof ms !== 'number' || Number.isNaN(ms) || Math.abs(ms) > MAX_TIME) {
    throw new TypeError('"time" must be a Date or epoch milliseconds');
  }
  if (typeof time === 'number' && time < MIN_MILLISECONDS) {
    throw new TypeError(
      `"time" must be a Date or epoch milliseconds, got ${time}: are these seconds?`,
    );
  }
  return ms;
}
