// A guard over a scripted broker, its clock and its events.

import { createGuard, type DecisionEvent, type Guard, type GuardOptions } from '../src/index.js';
import { FakeClock, ScriptedBroker } from './fixtures.js';

/** What functions of the program get in these tests. */
export interface FakeRequest {
  readonly name: string;
}

export interface Scene {
  readonly broker: ScriptedBroker;
  readonly clock: FakeClock;
  readonly guard: Guard<FakeRequest>;
  readonly events: DecisionEvent[];
}

export function setScene(options: Partial<GuardOptions<FakeRequest>> = {}): Scene {
  const broker = new ScriptedBroker();
  const clock = new FakeClock();
  const events: DecisionEvent[] = [];
  const guard = createGuard<FakeRequest>({
    broker,
    clock,
    onDecision: (event) => events.push(event),
    ...options,
  });
  return { broker, clock, guard, events };
}
