// What the run shows, a sentence each.

import type { Check } from '@agentwrit/example-setup';

export const CLAIMS = {
  warm: 'all APIs let everybody in, and do so from memory',
  token: 'revoking a token ends that token',
  agent: 'revoking an agent ends what it holds',
  task: 'revoking a task ends all agents at work on it',
  chain: "revoking a chain ends what was handed on; the root's own token lives on",
  count: 'each revocation counts one',
  told: 'the API that is told refuses the dead on their next call, in spite of its memory',
  listening: 'the API that reads the audit log refuses them a moment later',
  unaware: 'the API that does neither lets them in, from memory: this is what its maxAge allows',
  released: 'what an agent gives back dies at the broker, and at the API that reads the log',
  unheard: 'the API that is told lets it in, as nobody told of this',
  inStep: 'the feed was in step before, and still is',
  trail: 'the audit log has all of it, in order',
} as const;

export type Claim = keyof typeof CLAIMS;
export type CheckClaim = Check<Claim>;
