// A guard over a scripted broker, its clock and its events.

import {
  createGuard,
  type DecisionEvent,
  type Guard,
  type GuardAnswer,
  type GuardOptions,
} from '../src/index.js';
import { FakeClock, ScriptedBroker } from './fixtures.js';

/** What functions of the program get in tests of them. */
export interface FakeRequest {
  readonly name: string;
}

export interface Scene<Request = unknown> {
  readonly broker: ScriptedBroker;
  readonly clock: FakeClock;
  readonly guard: Guard<Request>;
  readonly events: DecisionEvent[];
}

export function setScene<Request = unknown>(
  options: Partial<GuardOptions<Request>> = {},
): Scene<Request> {
  const broker = new ScriptedBroker();
  const clock = new FakeClock();
  const events: DecisionEvent[] = [];
  const guard = createGuard<Request>({
    broker,
    clock,
    onDecision: (event) => events.push(event),
    ...options,
  });
  return { broker, clock, guard, events };
}

/** What came of it, in one word. */
export function outcomeOf(answer: GuardAnswer | Promise<GuardAnswer>): string {
  if (!('outcome' in answer)) return 'has to wait';
  return answer.outcome === 'refuse' ? answer.refusal.reason : answer.outcome;
}
