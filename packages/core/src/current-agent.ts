// An agent and what runs for it in → the agent, wherever in that it is asked for, out.

import type { Agent } from './agent.js';
import { builtin } from './builtin.js';

const { AsyncLocalStorage } = builtin('node:async_hooks');
const storage = AsyncLocalStorage && new AsyncLocalStorage<Agent | undefined>();

/**
 * The agent whose request is being handled, anywhere in what its handler calls or awaits: for audit code far from
 * it. `undefined` outside of a guarded request, and on runtimes without `AsyncLocalStorage` (a Worker without
 * `nodejs_compat`): there, hand the agent on yourself.
 *
 * @example
 * log.info('order read', { by: currentAgent()?.id });
 */
export function currentAgent(): Agent | undefined {
  return storage?.getStore();
}

/** Runs something for an agent, or for nobody, which {@link currentAgent} is then until it is done. For adapters. */
export function runAs<T>(agent: Agent | undefined, run: () => T): T {
  return storage === undefined ? run() : storage.run(agent, run);
}
