// An agent and what runs for it in → the agent, wherever in that it is asked for, out. Only where somebody may ask: to
// keep it together costs every promise and timer of the process something.

import type { AsyncLocalStorage } from 'node:async_hooks';
import type { Agent } from './agent.js';
import { builtin } from './builtin.js';

let storage: AsyncLocalStorage<Agent | undefined> | undefined;

/** From now on it is kept, where the runtime can. */
export function keepAgentContext(): void {
  const { AsyncLocalStorage } = builtin('node:async_hooks');
  if (AsyncLocalStorage) storage ??= new AsyncLocalStorage();
}

export function agentInContext(): Agent | undefined {
  return storage?.getStore();
}

/** Runs something for an agent, or for nobody, which `currentAgent()` is then until it is done. For adapters. */
export function runAs<T>(agent: Agent | undefined, run: () => T): T {
  return storage === undefined || storage.getStore() === agent ? run() : storage.run(agent, run);
}
