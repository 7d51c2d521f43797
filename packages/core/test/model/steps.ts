// A schedule in → a world that has gone through it, and what the oracle says of it, out.

import { REVOCATIONS, TOKENS } from './cast.js';
import { brokenPromise } from './oracle.js';
import type { FaultKind, WorldRecord, WorldSettings } from './record.js';
import { type CreateGuard, ScriptedWorld } from './scripted-world.js';
import { quiet } from './world-clock.js';

/** Calls are counted among those not answered yet, revocations and tokens by their place in the cast. */
export type Step =
  | readonly ['arrive', token: number, maxAge: number, count: number]
  | readonly ['pass', ms: number]
  | readonly ['jump', ms: number]
  | readonly ['look', call: number]
  | readonly ['answer', call: number]
  | readonly ['fail', call: number, kind: FaultKind]
  | readonly ['answer all']
  | readonly ['fail all']
  | readonly ['issue', token: number]
  | readonly ['revoke', revocation: number]
  | readonly ['tell', revocation: number, through: 'guard' | 'feed', except?: number]
  | readonly ['revoke and tell', revocation: number, through: 'guard' | 'feed']
  | readonly ['renew', through: 'guard' | 'feed' | 'nobody']
  | readonly ['moment']
  | readonly ['synced', back: number]
  | readonly ['poll']
  | readonly ['lost'];

export interface Schedule {
  readonly settings: WorldSettings;
  readonly steps: readonly Step[];
}

export interface Outcome {
  readonly complaint: string | undefined;
  readonly record: WorldRecord;
}

// A's two tokens, and what a guard is told when the one takes the place of the other.
export const OLD = 0;
export const NEW = 1;
export const RENEWAL = 4;

export async function run(
  { settings, steps }: Schedule,
  createGuard: CreateGuard,
): Promise<Outcome> {
  const world = new ScriptedWorld(createGuard, settings);
  const uninstall = world.clock.install(settings.chance);
  try {
    for (const step of steps) await take(step, world);
    // Nobody is left waiting. What is asked again and again meanwhile ends, too.
    while (world.pending.length > 0) await take(['answer all'], world);
    const { record } = world;
    const complaint = brokenPromise(record, world.stats());
    await world.close();
    return { complaint, record };
  } finally {
    uninstall();
  }
}

async function take(step: Step, world: ScriptedWorld): Promise<void> {
  switch (step[0]) {
    case 'arrive':
      return world.arrive(step[1], step[2], step[3]);
    case 'pass':
      return world.pass(step[1]);
    case 'jump':
      return world.jump(step[1]);
    case 'issue':
      return world.issue(step[1]);
    case 'moment':
      return world.takeMoment();
    case 'synced':
      return world.synced(step[1]);
    case 'poll':
      world.takeMoment();
      return world.synced(0);
    case 'lost':
      return world.lose();
    case 'revoke':
      return world.revoke(revocationAt(step[1]));
    case 'tell':
      return world.tell(revocationAt(step[1], step[3]), step[2]);
    case 'revoke and tell':
      world.revoke(revocationAt(step[1]));
      return world.tell(revocationAt(step[1]), step[2]);
    case 'renew':
      world.revoke(revocationAt(OLD));
      world.issue(NEW);
      if (step[1] !== 'nobody') world.tell(revocationAt(RENEWAL, NEW), step[1]);
      return;
    case 'look':
      for (const call of at(world.pending, step[1])) world.look(call);
      return;
    case 'answer':
      for (const call of at(world.pending, step[1])) world.answer(call);
      return quiet();
    case 'fail':
      for (const call of at(world.pending, step[1])) world.fail(call, step[2]);
      return quiet();
    case 'answer all':
      for (const call of world.pending) world.answer(call);
      return quiet();
    case 'fail all':
      for (const call of world.pending) world.fail(call, 'status');
      return quiet();
  }
}

function at<T>(list: readonly T[], index: number): T[] {
  return list.slice(index % Math.max(1, list.length)).slice(0, 1);
}

function revocationAt(index: number, except?: number): (typeof REVOCATIONS)[number] {
  const [revocation = { level: 'token', target: 'none' }] = REVOCATIONS.slice(index);
  const spared = except === undefined ? undefined : TOKENS[except]?.jti;
  return spared === undefined ? revocation : { ...revocation, exceptTokenId: spared };
}
