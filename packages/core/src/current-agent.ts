// An entry of its own: to import it is to say that `currentAgent()` is wanted, and nobody else pays for it.

import type { Agent } from './agent.js';
import { agentInContext, keepAgentContext } from './agent-context.js';

keepAgentContext();

/**
 * The agent whose request is being handled, anywhere in what its handler calls or awaits: for audit code far from
 * it. `undefined` outside of a guarded request, and on runtimes without `AsyncLocalStorage` (a Worker without
 * `nodejs_compat`): there, hand the agent on yourself.
 *
 * @example
 * log.info('order read', { by: currentAgent()?.id });
 */
export function currentAgent(): Agent | undefined {
  return agentInContext();
}
