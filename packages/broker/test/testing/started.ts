// Test brokers that end with the test, and a question to ask them.

import { afterEach } from 'vitest';
import {
  createTestBroker,
  type TestBroker,
  type TestBrokerOptions,
} from '../../src/testing/index.js';

const brokers: TestBroker[] = [];

afterEach(async () => {
  await Promise.all(brokers.splice(0).map((broker) => broker.close()));
});

export async function start(options: TestBrokerOptions = {}): Promise<TestBroker> {
  const broker = await createTestBroker(options);
  brokers.push(broker);
  return broker;
}

export interface Validation {
  readonly valid: boolean;
  readonly claims?: Record<string, unknown>;
}

export function ask(broker: TestBroker, token: string): Request {
  const body = JSON.stringify({ token });
  return new Request(`${broker.url}/v1/token/validate`, { method: 'POST', body });
}

export async function validate(broker: TestBroker, token: string): Promise<Validation> {
  return (await (await fetch(ask(broker, token))).json()) as Validation;
}

export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
