// Agents and delegated tokens against an embedded broker over HTTP: calls in any order and at the same time.

import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { run, schedules } from './credential-schedule.js';
import { CredentialWorld } from './credential-world.js';

const chosen = Number(process.env['AGENTWRIT_SEED'] ?? Number.NaN);

/** Another one each time; `AGENTWRIT_SEED` goes back to one that found something. */
const SEED = Number.isInteger(chosen) ? chosen : Date.now() % 2 ** 31;

/** `AGENTWRIT_SCHEDULES` for more of them, over night. */
const SCHEDULES = Math.min(Number(process.env['AGENTWRIT_SCHEDULES'] ?? 100), 200_000);

let world: CredentialWorld;
beforeAll(async () => {
  world = await CredentialWorld.start();
});
afterAll(() => world[Symbol.asyncDispose]());

test(`client, broker and model agree over ${SCHEDULES} random schedules (AGENTWRIT_SEED=${SEED})`, async () => {
  const seen = new Set<string>();
  const agree = fc.asyncProperty(schedules(), async (schedule) => {
    for (const state of await run(world, schedule)) seen.add(state);
  });
  await fc.assert(agree, { numRuns: SCHEDULES, seed: SEED });
  expect([...seen].toSorted()).toEqual(['dead', 'live', 'released']);
}, 600_000);
