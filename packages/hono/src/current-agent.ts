// An entry of its own: to import it is to say that `currentAgent()` is wanted, and nobody else pays for it.

export { currentAgent } from '@agentwrit/core/current-agent';
