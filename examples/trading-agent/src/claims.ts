// What the run shows, and what every session has at hand.

import type { AgentWritApp } from '@agentwrit/client';
import type { Check } from '@agentwrit/example-setup';

export const CLAIMS = {
  quotes: 'swing: three quotes, and at the third the signal to sell',
  sale: 'swing: one sale of 100 shares, in the name of the agent',
  renewed: 'swing: in each cycle another token, for five minutes (300 s)',
  sameAgent: 'swing: and each names the same agent',
  oldDead: 'swing: the token before it is dead at once, at the broker and at the API',
  swingDead: 'swing: given back, the last one is dead too',
  scalp: 'scalp: ten seconds (10 s) are enough to buy 50 shares',
  scalpDead: 'scalp: given back, the token is dead before its time',
  valid: 'expiry: a token for five seconds (5 s) is good at first',
  expired: 'expiry: then it is dead by itself, at the broker and at the API',
  lost: 'expiry: who keeps it alive too late learns that nothing is left to keep',
  harmless: 'expiry: to give it back all the same does no harm',
  watch: 'watch: a loop of calls never sees a refusal',
  outlived: 'watch: for longer than the token (10 s) lives, as it is renewed in time',
  watchDead: 'watch: given back, it is not renewed any more, and dead',
} as const;

export interface WorkPlace {
  readonly app: AgentWritApp;
  readonly apiUrl: string;
  readonly check: Check<keyof typeof CLAIMS>;
}

export const ORCHESTRATION = 'trading-engine';
