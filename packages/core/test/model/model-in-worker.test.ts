// A guard whose requests do nothing for each other, as in a Worker: the same promises.

import { describe, expect, it } from 'vitest';
import { guardOn } from '../../src/guard.js';
import { WORKER } from '../platforms.js';
import { ENDINGS, runMany, SCHEDULES, SEED } from './many-schedules.js';
import { alone, schedules } from './schedules.js';

describe('a guard in a Worker keeps its promises', () => {
  it(`over ${SCHEDULES} random schedules (AGENTWRIT_SEED=${SEED})`, async () => {
    const endings = await runMany(alone(schedules()), guardOn(WORKER.platform));
    expect([...endings.keys()]).toEqual(expect.arrayContaining([...ENDINGS, 'overloaded']));
  }, 600_000);
});
