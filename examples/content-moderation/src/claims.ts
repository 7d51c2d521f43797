// What the run shows, and what every part of it has at hand.

import type { AgentWritApp } from '@agentwrit/client';
import type { Check } from '@agentwrit/example-setup';

export const CLAIMS = {
  reads: 'the reviewer reads the queue, and who wrote the post',
  deletesNothing: 'the API does not let the reviewer delete it, nor the moderator',
  notHeld: 'the reviewer cannot hand on what it does not hold, and learns what is missing',
  handed: 'the lead, who holds the powers, hands on two of them over one user, for a minute (60 s)',
  takenOver: 'from the text alone the moderator learns whose the token is, what for, and from whom',
  acts: 'with it the moderator deletes the post and suspends the user, in its own name',
  otherUser: 'the API lets it do neither to another user',
  twoTokens: 'each token does what it says: the queue is read with the own one, not with this one',
  agentsDead: 'the agents give their own tokens back, and those are dead',
  outlives: 'the delegated token outlives all three agents',
  dead: 'once that is released too, it is dead at the broker and at the API',
} as const;

export interface WorkPlace {
  readonly app: AgentWritApp;
  readonly apiUrl: string;
  readonly check: Check<keyof typeof CLAIMS>;
}
