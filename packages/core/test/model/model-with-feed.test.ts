// A guard that follows a feed which may be late, silent, or wrong about having missed nothing.

import { describe, expect, it } from 'vitest';
import { ENDINGS, runMany, SCHEDULES, SEED } from './many-schedules.js';
import { schedules } from './schedules.js';

describe('a guard with a feed keeps its promises', () => {
  it(`over ${SCHEDULES} random schedules (AGENTWRIT_SEED=${SEED})`, async () => {
    const endings = await runMany(schedules(0, 0.5, 2, 5));
    expect([...endings.keys()]).toEqual(expect.arrayContaining([...ENDINGS]));
  }, 600_000);
});
