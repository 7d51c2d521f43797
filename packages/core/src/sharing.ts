// Whether requests may do work for each other, on a platform → the parts of a guard that follow from it out. The only
// place where it matters.
//
// A Worker's request owns what it begins: timers, connections, the promises that wait for them. Another request
// that waited for one of those would hang or fail, and when a request is over or its caller gone, what it began is
// never heard of again: not even `finally` runs. So there, each request asks for itself and nobody asks ahead of
// need; what is kept between requests are plain values, and what counts on an end has a time by which it ended.

import type { Clock } from './clock.js';
import { Deadlines } from './deadlines.js';
import type { Platform } from './platform.js';
import { type Questions, separateQuestions, sharedQuestions } from './questions.js';
import { NOTHING_SEEN, rememberedTexts, type SeenTexts } from './seen-texts.js';
import { promptTurns, queuedTurns, type Turns } from './turns.js';

export interface Sharing {
  readonly turns: Turns;
  readonly questions: Questions;
  readonly deadlines: Deadlines;
  /** Questions ahead of need that are under way at once. */
  readonly maxRefreshes: number;
  readonly seen: SeenTexts;
}

export interface SharingOptions {
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly timeoutMs: number;
  readonly maxConcurrentCalls: number;
  readonly maxQueuedCalls: number;
}

export function sharingOn({ sharesWork }: Platform, options: SharingOptions): Sharing {
  const { timeoutMs, maxConcurrentCalls } = options;
  return sharesWork
    ? {
        turns: queuedTurns(options),
        questions: sharedQuestions(),
        deadlines: new Deadlines({ timeoutMs, isBackground: false, canBeEnded: true }),
        maxRefreshes: maxConcurrentCalls,
        seen: rememberedTexts(),
      }
    : {
        turns: promptTurns(options),
        questions: separateQuestions(options),
        deadlines: new Deadlines({ timeoutMs, isBackground: false, canBeEnded: false }),
        maxRefreshes: 0,
        seen: NOTHING_SEEN,
      };
}
