// The real time in → a time that a test moves out.

import { assertNumber } from '@agentwrit/protocol';

export interface TestClock {
  /** Epoch milliseconds. Give it to what is under test, too, and both agree: `clock: broker.clock.now`. */
  readonly now: () => number;
  /**
   * Moves on at once. Fractions and negative numbers are allowed.
   *
   * @throws TypeError when `seconds` is not a finite number
   */
  readonly advance: (seconds: number) => void;
  /** Jumps to a time and runs on from there. */
  readonly set: (time: Date | number) => void;
}

/** Runs with `Date.now()`, so faked timers move it too. */
export function createTestClock(): TestClock {
  let offsetMs = 0;
  return {
    now: () => Date.now() + offsetMs,
    advance(seconds) {
      assertNumber(seconds, 'seconds', {});
      offsetMs += seconds * 1000;
    },
    set(time) {
      const target = Number(time);
      assertNumber(target, 'time', {});
      offsetMs = target - Date.now();
    },
  };
}
