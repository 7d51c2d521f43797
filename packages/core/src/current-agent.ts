// Replaced by the runtime-independent one.
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Agent } from './agent.js';

const storage = new AsyncLocalStorage<Agent>();

export function currentAgent(): Agent | undefined {
  return storage.getStore();
}

export function runAs<T>(agent: Agent, run: () => T): T {
  return storage.run(agent, run);
}
