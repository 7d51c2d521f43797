// A model that finds nothing may be blind. Here the guard is spoiled on purpose, one line at a time, and the
// model has to see each of them.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BUGS, type PlantedBug } from './bugs.js';
import { SEED } from './many-schedules.js';
import { alone, schedules } from './schedules.js';
import { run, type Schedule } from './steps.js';
import { spoiledGuard } from './spoiled-guard.js';

const options = { numRuns: 30_000, seed: SEED, endOnFailure: true };

function schedulesFor({ feed, inWorker }: PlantedBug): fc.Arbitrary<Schedule> {
  if (feed) return schedules(0.5, 2, 5);
  return inWorker ? alone(schedules()) : schedules();
}

describe('the model sees that', () => {
  it.each(BUGS)(
    '$name',
    async (bug) => {
      const createGuard = await spoiledGuard([bug], bug.inWorker && 'index-worker');
      const isKept = fc.asyncProperty(
        schedulesFor(bug),
        async (schedule) => (await run(schedule, createGuard)).complaint === undefined,
      );
      const result = await fc.check(isKept, options);
      expect(result.failed, `AGENTWRIT_SEED=${SEED}`).toBe(true);
    },
    120_000,
  );
});
