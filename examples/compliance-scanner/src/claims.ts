// What the run shows, a sentence each.

import type { AgentWritApp } from '@agentwrit/client';
import type { Check } from '@agentwrit/example-setup';

export const CLAIMS = {
  health: 'the broker is well',
  scanned:
    'three agents are there to be scanned, and the API lets in the two that were not released',
  verdicts: 'seven seconds later the broker vouches for one of the three',
  api: 'the API lets in that one, and neither of the others',
  again: 'being asked about changes nothing: it is still good',
  compliant: 'what it was granted is within policy',
  excess: 'held against a policy of reading only, its right to write is too much',
  gate: 'the API does not let it read what it was not granted',
  closed: 'when the scan is over, its token is dead as well',
  unknownApp: "wrong credentials are an AuthenticationError, with the broker's problem in it",
  deadAtApi: 'the API refuses a dead token with a problem of the same members',
  beyondCeiling: "a scope beyond the app's ceiling is an AuthorizationError, the same way",
  lackingAtApi: 'the API refuses a scope beyond the token with a problem of the same members',
  renewReleased: 'a released agent cannot be renewed: the client says so itself',
  delegateReleased: 'nor can it delegate',
  garbage: 'none of five texts that are no tokens is valid',
  garbageAtApi: 'and none gets into the API',
} as const;

/** What each part of the scan has at hand. */
export interface Scan {
  readonly app: AgentWritApp;
  readonly apiUrl: string;
  readonly check: Check<keyof typeof CLAIMS>;
}
