// An error in → what to tell the reader out.

import { inspect } from 'node:util';
import { AgentWritError, ProblemResponseError } from '@agentwrit/client';

/** One line for what a reader can mend; the whole error for what we must. */
export function explain(error: unknown): string {
  // What failed first is of interest, and not what failed to be tidied up after it.
  if (isSuppressedError(error)) return explain(error.suppressed);
  if (error instanceof ProblemResponseError) {
    const { instance } = error.problem;
    const credential = instance.startsWith('/v1/admin/')
      ? ' (AGENTWRIT_ADMIN_SECRET?)'
      : instance === '/v1/app/auth'
        ? ' (AGENTWRIT_CLIENT_ID and AGENTWRIT_CLIENT_SECRET?)'
        : '';
    return `the broker refused ${instance}: ${error.message}${credential}`;
  }
  if (error instanceof AgentWritError || error instanceof TypeError) return error.message;
  return inspect(error);
}

/** What `await using` throws when the block failed and the closing after it as well. Node 20 has no class for it. */
function isSuppressedError(error: unknown): error is Error & { readonly suppressed: unknown } {
  return error instanceof Error && error.name === 'SuppressedError' && 'suppressed' in error;
}
