// What the run shows, and what every part of it has at hand.

import type { AgentWritApp } from '@agentwrit/client';
import type { Check } from '@agentwrit/example-setup';
import type { Deployment } from './platform.js';

export const CLAIMS = {
  first: 'the orchestrator hands on three scopes of its own, for two minutes (120 s)',
  notPassedOn: 'the analyst cannot hand on what it was not handed, and learns what is missing',
  second: 'it hands on one of the three, with the token that it was handed, for one minute (60 s)',
  orchestrator:
    'the orchestrator reaches what it has handed to nobody: another environment, another service',
  analyst: 'the analyst reaches one of each, and is told what it lacks for the others',
  deployer: 'the deployer releases one service, and that is all',
  onBehalf: 'the API knows who released it, and on whose behalf',
  tooFar:
    'the API takes releases from no longer chain than it wants, though the broker vouches for it',
  sixth: 'five hops are the most there can be: the client does not even ask for a sixth',
  dead: 'in the end the agents and what they handed on are dead',
} as const;

export interface WorkPlace {
  readonly app: AgentWritApp;
  readonly apiUrl: string;
  /** What the API has on record. */
  readonly deployments: readonly Deployment[];
  readonly check: Check<keyof typeof CLAIMS>;
}
