// How many random schedules → run, each judged by the oracle; what they led to, out.

import fc from 'fast-check';
import { createGuard } from '../../src/index.js';
import type { CreateGuard } from './scripted-world.js';
import { type Schedule, run } from './steps.js';

const chosen = Number(process.env['AGENTWRIT_SEED'] ?? Number.NaN);

/** Another one each time; `AGENTWRIT_SEED` goes back to one that found something. */
export const SEED: number = Number.isInteger(chosen) ? chosen : Date.now() % 2 ** 31;

/** `AGENTWRIT_SCHEDULES` for more of them, over night. */
export const SCHEDULES: number = Number(process.env['AGENTWRIT_SCHEDULES'] ?? 50_000);

/**
 * Throws with the shortest schedule that breaks a promise.
 *
 * @returns how often requests ended in which way
 */
export async function runMany(
  schedules: fc.Arbitrary<Schedule>,
  create: CreateGuard = createGuard,
): Promise<Map<string, number>> {
  const endings = new Map<string, number>();
  const isKept = fc.asyncProperty(schedules, async (schedule) => {
    const { complaint, record } = await run(schedule, create);
    if (complaint !== undefined) throw new Error(complaint);
    for (const { decided } of record.arrivals) {
      const ending = decided?.event.cause ?? decided?.event.proof?.source ?? 'none';
      endings.set(ending, (endings.get(ending) ?? 0) + 1);
    }
  });
  await fc.assert(isKept, { numRuns: SCHEDULES, seed: SEED });
  return endings;
}

/** Every way in which a request can end here: a model in which one never comes up would prove nothing of it. */
export const ENDINGS: readonly string[] = [
  'broker',
  'cache',
  'grace',
  'refused_by_broker',
  'expired',
  'not_a_live_token',
  'timeout',
  'connection',
  'unexpected_status',
  'malformed_answer',
  'circuit_open',
  'revoked_meanwhile',
];
