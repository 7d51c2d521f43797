// What the earlier steps found in → allow, let pass as nobody, or refuse with one reason out.

import type { HeldScopes, RefusalReason } from '@agentwrit/protocol';
import type { Agent } from './agent.js';
import { BrokerFault } from './fault.js';
import { isCovered, type Needed } from './requirement.js';
import { RouteFault } from './route-fault.js';

export interface Allowed {
  readonly outcome: 'allow';
  readonly agent: Agent;
  /** Where it was computed; else it follows from the route and the request. */
  readonly needed?: Needed;
}

/** No credentials, on a route where that is allowed. */
export interface Anonymous {
  readonly outcome: 'anonymous';
}

export interface Refused {
  readonly outcome: 'refuse';
  readonly reason: RefusalReason;
  /** A fixed word that says more than the reason; for events, never for the caller. */
  readonly cause: string;
  /** What an operator has to know to mend it. Only where something of ours is at fault. */
  readonly detail?: string;
  /** What the route needs of this request; absent when it could not be worked out. */
  readonly needed?: Needed | undefined;
  /** Known when the broker vouched for the token, even if the guard's policy then refused it. */
  readonly agent?: Agent;
  readonly retryAfterSeconds?: number | undefined;
}

export type Decision = Allowed | Anonymous | Refused;

export const ANONYMOUS: Anonymous = Object.freeze({ outcome: 'anonymous' });

/** Weighs a good token against what the route needs. */
export function decideScope(agent: Agent, held: HeldScopes, needed: Needed): Decision {
  return isCovered(needed, held)
    ? { outcome: 'allow', agent, needed }
    : refused('insufficient_scope', 'scope', needed, agent);
}

export function refused(
  reason: RefusalReason,
  cause: string,
  needed?: Needed,
  agent?: Agent,
): Refused {
  return { outcome: 'refuse', reason, cause, needed, ...(agent && { agent }) };
}

/** Something went wrong that says nothing about the token: never an acceptance, never a refusal of it. */
export function failed(error: unknown): Refused {
  if (error instanceof BrokerFault) {
    return {
      ...refused(error.code === 'overloaded' ? 'overloaded' : 'broker_unavailable', error.code),
      detail: error.message,
      retryAfterSeconds: error.retryAfterSeconds,
    };
  }
  if (error instanceof RouteFault) {
    return { ...refused('internal_error', error.code), detail: error.message };
  }
  // Not its message: it comes from anywhere, and may hold anything.
  return refused('internal_error', 'unexpected');
}
