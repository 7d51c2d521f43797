// A guard over a scripted broker, with a clock that stands still until it is told to go on.

import { onTestFinished } from 'vitest';
import {
  createGuard,
  type DecisionEvent,
  type Guard,
  type GuardAnswer,
  type GuardOptions,
} from '../src/index.js';
import { claimsOf, FakeClock, json, ScriptedBroker, START_MS, tokenOf, turns } from './fixtures.js';

export interface Setup {
  readonly broker: ScriptedBroker;
  readonly clock: FakeClock;
  readonly guard: Guard;
  readonly events: DecisionEvent[];
  /** Turns of the loop until nobody is asked any more. */
  readonly settle: () => Promise<void>;
}

export function setUp(options: Partial<GuardOptions> = {}): Setup {
  const broker = new ScriptedBroker();
  const clock = new FakeClock();
  const events: DecisionEvent[] = [];
  const guard = createGuard({
    broker,
    clock,
    onDecision: (event) => events.push(event),
    ...options,
  });
  onTestFinished(() => guard.close());
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 1_000 && guard.stats().sizes.questions > 0; turn += 1) await turns(1);
  };
  return { broker, clock, guard, events, settle };
}

/** What came of it, in one word. */
export function outcomeOf(answer: GuardAnswer | Promise<GuardAnswer>): string {
  if (!('outcome' in answer)) return 'has to wait';
  return answer.outcome === 'refuse' ? answer.refusal.reason : answer.outcome;
}

/** Live for long, and like no other with another number. */
export function tokenNumber(
  serial: number,
  claims: Readonly<Record<string, unknown>> = {},
): string {
  const jti = serial.toString(16).padStart(32, '0');
  return tokenOf(claimsOf({ jti, exp: START_MS / 1000 + 86_400, nbf: 0, ...claims }));
}

export const outage = (): Response => json({}, { status: 500 });
