// An agent of one tenant in → what it gets of the others' data: nothing.

import type { Agent } from '@agentwrit/client';
import { readAnswer, say } from '@agentwrit/example-setup';

export interface Isolation {
  readonly foreignRead: string;
  readonly foreignWrite: string;
  readonly ownRead: string;
}

export async function tryOtherTenants(agent: Agent, apiUrl: string): Promise<Isolation> {
  const attempt = async (what: string, path: string, init: RequestInit = {}): Promise<string> => {
    const { outcome } = await readAnswer(agent.fetch(`${apiUrl}${path}`, init));
    say(`${what}: ${outcome}`);
    return outcome;
  };
  return {
    foreignRead: await attempt('read the bank', '/analytics/bank/figures'),
    foreignWrite: await attempt('write for the retailer', '/reports/retail', {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ total: 0, change: -100 }),
    }),
    ownRead: await attempt('read its own', '/analytics/hospital/figures'),
  };
}
