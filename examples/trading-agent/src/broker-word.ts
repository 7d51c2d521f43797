// A token in → what its broker says of it, in a word or its own text, out.

import type { AgentWritApp } from '@agentwrit/client';

export async function askBroker(app: AgentWritApp, token: string): Promise<string> {
  const verdict = await app.validate(token);
  return verdict.valid ? 'valid' : verdict.error;
}

/** What it says of all that is not, or no longer, alive. */
export const DEAD = 'token is invalid or expired';
