// A guard without a feed: every promise, after every order of things.

import { describe, expect, it } from 'vitest';
import { createGuard } from '../../src/index.js';
import { ENDINGS, runMany, SCHEDULES, SEED } from './many-schedules.js';
import { REGRESSIONS } from './regressions.js';
import { schedules } from './schedules.js';
import { run } from './steps.js';

describe('a guard keeps its promises', () => {
  it.each(REGRESSIONS)('where $name', async (schedule) => {
    const { complaint } = await run(schedule, createGuard);
    expect(complaint).toBeUndefined();
  });

  it(`over ${SCHEDULES} random schedules (AGENTWRIT_SEED=${SEED})`, async () => {
    const endings = await runMany(schedules());
    expect([...endings.keys()]).toEqual(expect.arrayContaining([...ENDINGS]));
  }, 600_000);
});
