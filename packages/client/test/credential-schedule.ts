// A schedule of calls, bursts of calls and blows of fate in → done to one agent or delegated token; what the model
// says of it must hold after each step.

import fc from 'fast-check';
import { expect } from 'vitest';
import { allowedOf, type Burst, expectedRequests, isReleasedBy, isStrict } from './burst-oracle.js';
import { type Call, CALLS, outcomeOf, type State, TABLE, watch } from './credential-calls.js';
import {
  claimsIn,
  type CredentialWorld,
  type Fate,
  FATES,
  HARMLESS,
  type Kind,
  KINDS,
  kills,
  type Subject,
} from './credential-world.js';
import { RELEASE, RENEW } from './fake-broker.js';
import { IMMEDIATE, wait } from './watched-broker.js';

export type Step =
  | { readonly call: Call }
  | { readonly burst: Burst }
  | { readonly fate: Fate }
  | { readonly harmless: (typeof HARMLESS)[number] }
  | { readonly seconds: number };

export interface Schedule {
  readonly kind: Kind;
  readonly steps: readonly Step[];
}

const ROUTES: Readonly<Partial<Record<Call, string>>> = { renew: RENEW, release: RELEASE };

function bursts(): fc.Arbitrary<Burst> {
  const turns = fc.nat({ max: 12 });
  const gaps = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { arbitrary: turns, weight: 1 });
  return fc
    .record({
      // A renewal in most, for the rest to meet.
      calls: fc.array(fc.constantFrom<Call>('renew', ...CALLS), { minLength: 2, maxLength: 6 }),
      gaps: fc.oneof(fc.constant([]), fc.array(gaps, { minLength: 6, maxLength: 6 })),
      delays: fc.array(fc.tuple(turns, turns), { minLength: 1, maxLength: 6 }),
      failing: fc.oneof(
        { weight: 3, arbitrary: fc.constant<Call[]>([]) },
        { weight: 1, arbitrary: fc.subarray<Call>(['renew', 'release']) },
      ),
      isRevoked: fc.oneof(
        { weight: 7, arbitrary: fc.constant(false) },
        { weight: 1, arbitrary: fc.constant(true) },
      ),
    })
    .map(({ calls, gaps, ...rest }) => ({
      calls: calls.map((call, index) => ({ call, gap: gaps[index] ?? 0 })),
      ...rest,
    }));
}

export function schedules(): fc.Arbitrary<Schedule> {
  const step = fc.oneof<fc.WeightedArbitrary<Step>[]>(
    {
      weight: 4,
      arbitrary: fc.record({ call: fc.constantFrom<Call>('renew', 'delegate', 'fetch') }),
    },
    { weight: 1, arbitrary: fc.record({ call: fc.constantFrom(...CALLS) }) },
    { weight: 6, arbitrary: fc.record({ burst: bursts() }) },
    { weight: 1, arbitrary: fc.record({ fate: fc.constantFrom(...FATES) }) },
    { weight: 1, arbitrary: fc.record({ harmless: fc.constantFrom(...HARMLESS) }) },
    { weight: 2, arbitrary: fc.record({ seconds: fc.integer({ min: 1, max: 12 }) }) },
  );
  return fc.record({
    kind: fc.constantFrom(...KINDS),
    steps: fc.array(step, { minLength: 1, maxLength: 10 }),
  });
}

/** @returns the states it has gone through */
export async function run(world: CredentialWorld, schedule: Schedule): Promise<Set<State>> {
  const subject = await world.create(schedule.kind);
  const issuedBefore = world.broker.passed.length;
  const first = subject.holder.accessToken;
  const seen = new Set<State>();
  let state: State = 'live';
  for (const step of schedule.steps) {
    state = await take(world, subject, state, step);
    if (state === 'live' && world.now > claimsIn(subject.holder.accessToken).exp) state = 'dead';
    seen.add(state);
    const renewed = world.broker.passed
      .slice(issuedBefore)
      .flatMap(({ route, issued }) => (route === RENEW && issued !== undefined ? [issued] : []));
    await assertState(world, subject, state, [first, ...renewed]);
  }
  return seen;
}

/** The client, the broker and the model are of one mind, and no token has been left to itself. */
async function assertState(
  { broker }: CredentialWorld,
  { holder }: Subject,
  state: State,
  tokens: readonly string[],
): Promise<void> {
  expect(holder.released).toBe(state === 'released');
  const alive: string[] = [];
  for (const token of tokens) if (await broker.isAlive(token)) alive.push(token);
  expect(alive).toEqual(state === 'live' ? [holder.accessToken] : []);
  expect(holder.accessToken).toBe(tokens.at(-1));
}

async function take(
  world: CredentialWorld,
  subject: Subject,
  state: State,
  step: Step,
): Promise<State> {
  if ('seconds' in step) world.pass(step.seconds);
  if ('harmless' in step) await world.revoke(...subject.bystanders[step.harmless]);
  if ('fate' in step) {
    await world.befall(subject, step.fate);
    return state === 'live' && kills(step.fate, subject.kind) ? 'dead' : state;
  }
  if ('call' in step) {
    const { outcome, asked, next } = TABLE[state][step.call];
    const asking = watch(world);
    expect(await outcomeOf(step.call, subject)).toBe(outcome);
    expect(asking()).toEqual(asked);
    return next;
  }
  return 'burst' in step ? takeBurst(world, subject, state, step.burst) : state;
}

async function takeBurst(
  world: CredentialWorld,
  subject: Subject,
  state: State,
  burst: Burst,
): Promise<State> {
  const { broker } = world;
  let request = 0;
  broker.ways = () => {
    const [there = 0, back = 0] = burst.delays[request++ % burst.delays.length] ?? [];
    return { there: () => wait(there), back: () => wait(back) };
  };
  broker.failing = new Set(burst.failing.flatMap((call) => ROUTES[call] ?? []));
  const asking = watch(world);
  const outcomes: Promise<string>[] = [];
  for (const { call, gap } of burst.calls) {
    if (gap > 0) await wait(gap);
    outcomes.push(outcomeOf(call, subject));
  }
  if (burst.isRevoked) await world.befall(subject, 'agent revoked');
  for (const [index, outcome] of (await Promise.all(outcomes)).entries()) {
    expect(allowedOf(state, burst, index), `call ${index}`).toContain(outcome);
  }
  broker.ways = () => IMMEDIATE;
  broker.failing = new Set();
  const asked = asking();
  const count = (route: string): number => asked.filter((one) => one === route).length;
  const found = { renewals: count(RENEW), releases: count(RELEASE) };
  if (isStrict(burst)) expect(found).toEqual(expectedRequests(state, burst));
  if (state === 'released' || isReleasedBy(burst)) return 'released';
  return burst.isRevoked ? 'dead' : state;
}
