// Random schedules, in a few moods: left to themselves, the rare things would hardly ever meet.

import fc from 'fast-check';
import { REVOCATIONS, TOKENS } from './cast.js';
import type { FaultKind } from './record.js';
import { NEW, OLD, RENEWAL, type Schedule, type Step } from './steps.js';

/** What schedules are about. */
interface Plot {
  readonly tokens: readonly number[];
  readonly maxAges: readonly number[];
  readonly revocations: readonly number[];
  readonly timeoutsMs: readonly number[];
  /** How much time passes at once; most often any that may matter. */
  readonly passesMs?: readonly number[];
  readonly maxSteps: number;
  /** How often, among the rest. */
  readonly weights: Readonly<Partial<Record<Step[0], number>>>;
}

// The ages that routes tolerate, and times around them.
const MAX_AGES = [0, 0.5, 2, 5, 60];
const BOUNDS_MS = MAX_AGES.flatMap((age) => [age * 1000 - 1, age * 1000, age * 1000 + 1]);

const HANDED_ON = 2;
const CHAIN = 9;

const EVERYTHING: Plot = {
  tokens: [OLD, OLD, OLD, OLD, NEW, HANDED_ON, HANDED_ON, 3],
  maxAges: MAX_AGES,
  revocations: [...REVOCATIONS.keys()],
  timeoutsMs: [1000, 60_000, 60_000],
  maxSteps: 24,
  weights: {
    arrive: 12,
    pass: 5,
    jump: 1,
    look: 1,
    answer: 3,
    fail: 1,
    'answer all': 6,
    'fail all': 1,
    issue: 1,
    revoke: 1,
    tell: 2,
    'revoke and tell': 1,
    renew: 1,
  },
};

/** A's tokens, and little else than being told of them. */
const HEARSAY: Plot = {
  tokens: [OLD, NEW, HANDED_ON],
  maxAges: [0.5, 60],
  revocations: [OLD, RENEWAL, RENEWAL, CHAIN],
  timeoutsMs: [60_000],
  maxSteps: 16,
  weights: { arrive: 6, pass: 1, 'answer all': 4, answer: 1, tell: 5, renew: 1 },
};

/** One token, asked about by many, while the broker changes its mind. */
const RACE: Plot = {
  tokens: [OLD],
  maxAges: [0, 60],
  revocations: [OLD],
  timeoutsMs: [60_000],
  maxSteps: 14,
  weights: { arrive: 6, answer: 6, look: 4, revoke: 2 },
};

/** Long enough for revocations to be let go, and routes that come late. */
const LATE: Plot = {
  tokens: [OLD],
  maxAges: [0.5, 0.5, 0.5, 0.5, 60],
  revocations: [OLD, OLD, 3],
  timeoutsMs: [1000],
  passesMs: [400, 5000, 10_000, 40_000],
  maxSteps: 20,
  weights: { arrive: 5, 'answer all': 5, pass: 3, tell: 4 },
};

const FEED_WEIGHTS: Plot['weights'] = { moment: 2, synced: 3, lost: 1, poll: 2 };

/** A feed that tells, but is not always in step. */
const TAIL: Plot = {
  tokens: [OLD],
  maxAges: [2, 60],
  revocations: [OLD],
  timeoutsMs: [60_000],
  maxSteps: 16,
  weights: {
    arrive: 6,
    'answer all': 5,
    pass: 2,
    poll: 2,
    lost: 2,
    moment: 2,
    synced: 2,
    tell: 3,
  },
};

/** A feed that comes and goes, and verdicts that outlive it. */
const SILENCE: Plot = {
  tokens: [OLD],
  maxAges: [60],
  revocations: [OLD],
  timeoutsMs: [60_000],
  passesMs: [400, 501, 2001, 5001, 10_000],
  maxSteps: 14,
  weights: { arrive: 5, 'answer all': 4, pass: 4, poll: 4, lost: 2 },
};

const call = fc.nat(3);
const crowd = fc.constantFrom(1, 1, 1, 3);
const spared = fc.nat(TOKENS.length - 1);
const fault = fc.constantFrom<FaultKind>('connection', 'status', 'nonsense');
const bound = fc.constantFrom(...BOUNDS_MS.filter((ms) => ms > 0));
const ms = fc.oneof(bound, fc.nat(600), fc.nat(10_000), fc.nat(70_000));

function step(plot: Plot, hasFeed: boolean): fc.Arbitrary<Step> {
  const { tokens, maxAges, revocations, passesMs, weights } = plot;
  const revocation = fc.constantFrom(...revocations);
  const through = fc.constantFrom<'guard' | 'feed'>(hasFeed ? 'feed' : 'guard', 'guard');
  const steps: Readonly<Record<Step[0], fc.Arbitrary<Step>>> = {
    arrive: fc.tuple(
      fc.constant('arrive'),
      fc.constantFrom(...tokens),
      fc.constantFrom(...maxAges),
      crowd,
    ),
    pass: fc.tuple(fc.constant('pass'), passesMs ? fc.constantFrom(...passesMs) : ms),
    jump: fc.tuple(fc.constant('jump'), fc.integer({ min: -400_000, max: 100_000 })),
    look: fc.tuple(fc.constant('look'), call),
    answer: fc.tuple(fc.constant('answer'), call),
    fail: fc.tuple(fc.constant('fail'), call, fault),
    'answer all': fc.constant(['answer all']),
    'fail all': fc.constant(['fail all']),
    issue: fc.tuple(fc.constant('issue'), fc.constant(NEW)),
    revoke: fc.tuple(fc.constant('revoke'), revocation),
    tell: fc.oneof(
      fc.tuple(fc.constant('tell'), revocation, through),
      fc.tuple(fc.constant('tell'), revocation, through, spared),
    ),
    'revoke and tell': fc.tuple(fc.constant('revoke and tell'), revocation, through),
    renew: fc.tuple(fc.constant('renew'), fc.constantFrom('guard', 'feed', 'nobody')),
    moment: fc.constant(['moment']),
    synced: fc.tuple(fc.constant('synced'), fc.nat(2)),
    poll: fc.constant(['poll']),
    lost: fc.constant(['lost']),
  };
  const names = Object.keys(steps) as Step[0][];
  return fc.oneof(...names.map((name) => ({ arbitrary: steps[name], weight: weights[name] ?? 0 })));
}

/** @param feedAges `maxAgeWithoutFeed` in seconds; none: no feed */
export function schedules(...feedAges: readonly number[]): fc.Arbitrary<Schedule> {
  const hasFeed = feedAges.length > 0;
  const feedAge = hasFeed ? fc.constantFrom(...feedAges) : fc.constant(undefined);
  const plots = hasFeed
    ? [TAIL, SILENCE, ...[EVERYTHING, HEARSAY, RACE].map((plot) => withFeed(plot))]
    : [EVERYTHING, EVERYTHING, HEARSAY, RACE, RACE, LATE];
  return fc.oneof(
    ...plots.map((plot) =>
      fc.record({
        settings: fc.record({
          feedAge,
          issued: fc.constantFrom([OLD, HANDED_ON, 3], [OLD, NEW, HANDED_ON, 3]),
          chance: fc.constantFrom(0, 0.5, 0.99),
          guard: fc.record({
            grace: fc.constantFrom(0, 0, 0, 30),
            timeoutMs: fc.constantFrom(...plot.timeoutsMs),
            maxConcurrentCalls: fc.constantFrom(64, 64, 64, 1),
            // With one, the next pushes it out.
            maxCachedTokens: fc.constantFrom(8, 8, 8, 1),
          }),
        }),
        steps: fc.array(step(plot, hasFeed), {
          minLength: 4,
          maxLength: plot.maxSteps,
          size: 'max',
        }),
      }),
    ),
  );
}

/** The same, for a guard whose requests do nothing for each other. */
export function alone(schedules: fc.Arbitrary<Schedule>): fc.Arbitrary<Schedule> {
  return schedules.map(({ settings, steps }) => ({
    settings: { ...settings, sharesNothing: true },
    steps,
  }));
}

function withFeed(plot: Plot): Plot {
  return { ...plot, weights: { ...plot.weights, ...FEED_WEIGHTS } };
}
