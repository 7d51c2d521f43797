// Schedules that have broken a promise once → run again and again.

import type { WorldSettings } from './record.js';
import type { Schedule } from './steps.js';

export interface Regression extends Schedule {
  /** What broke. */
  readonly name: string;
}

const SETTINGS: WorldSettings = {
  feedAge: undefined,
  issued: [0, 2, 3],
  chance: 0,
  guard: { grace: 0, timeoutMs: 1000, maxConcurrentCalls: 64, maxCachedTokens: 8 },
};

const FED: WorldSettings = { ...SETTINGS, feedAge: 2 };

export const REGRESSIONS: readonly Regression[] = [
  {
    name: 'of three attempts one had gone to a question whose turn came too late, and the oracle missed it',
    settings: {
      ...SETTINGS,
      guard: { ...SETTINGS.guard, timeoutMs: 60_000, maxConcurrentCalls: 1 },
    },
    steps: [
      ['arrive', 1, 0.5, 1],
      ['arrive', 0, 0.5, 3],
      ['pass', 21_871],
      ['arrive', 0, 0.5, 1],
      ['tell', 0, 'guard'],
      ['pass', 8130],
      ['answer all'],
      ['arrive', 0, 0.5, 1],
      ['answer', 0],
      ['arrive', 0, 0.5, 1],
      ['tell', 0, 'guard'],
    ],
  },
  {
    name: 'a refusal was forgotten because a newer question was under way',
    settings: SETTINGS,
    steps: [
      ['arrive', 0, 0, 1],
      ['answer', 0],
      ['revoke', 0],
      ['arrive', 0, 0, 3],
      ['answer', 0],
      ['arrive', 0, 5, 1],
    ],
  },
  {
    name: 'a late answer to an older question brought a refused token back',
    settings: SETTINGS,
    steps: [
      ['arrive', 0, 0, 1],
      ['look', 0],
      ['revoke', 0],
      ['arrive', 0, 0, 1],
      ['answer', 1],
      ['answer', 0],
      ['arrive', 0, 60, 1],
    ],
  },
  {
    name: 'a revocation told before the feed was in step was forgotten when it was',
    settings: FED,
    steps: [
      ['moment'],
      ['arrive', 0, 60, 1],
      ['answer', 0],
      ['revoke and tell', 0, 'feed'],
      ['synced', 0],
      ['arrive', 0, 60, 1],
    ],
  },
  {
    name: 'a feed that was lost counted for as long as its last word was young',
    settings: FED,
    steps: [
      ['poll'],
      ['arrive', 0, 60, 1],
      ['answer', 0],
      ['pass', 2001],
      ['poll'],
      ['lost'],
      ['arrive', 0, 60, 1],
    ],
  },
  {
    name: 'a route that tolerates more used a verdict whose revocation had been let go',
    settings: SETTINGS,
    steps: [
      ['arrive', 0, 0.5, 1],
      ['answer', 0],
      ['revoke and tell', 0, 'guard'],
      ['pass', 10_000],
      ['tell', 3, 'guard'],
      ['arrive', 0, 60, 1],
    ],
  },
];
