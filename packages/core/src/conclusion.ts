// A decision and its request in → told to whoever listens, and what the adapter does next, out: steps 8 and 9.

import type { Agent } from './agent.js';
import type { Decision } from './decision.js';
import { describeDecision, emitDecision, isObserved } from './events.js';
import type { GuardSettings } from './guard-settings.js';
import { type Refusal, refuse } from './refusal.js';
import { renderRefusal } from './render.js';
import type { RequestFacts } from './request-facts.js';
import type { Requirement } from './requirement.js';
import { Warnings } from './warnings.js';

/** What the adapter does next: go on with the agent, go on without one, or send the refusal. */
export type GuardAnswer =
  | { readonly outcome: 'allow'; readonly agent: Agent }
  | { readonly outcome: 'anonymous' }
  | { readonly outcome: 'refuse'; readonly refusal: Refusal };

/** One request, as far as it is told of. */
export interface Concluded<Request> {
  readonly facts: RequestFacts<Request>;
  readonly requestId: () => string;
  readonly requirement: Requirement<Request>;
  /** Monotonic milliseconds. */
  readonly arrivedAt: number;
}

export type Conclude<Request> = (decision: Decision, concluded: Concluded<Request>) => GuardAnswer;

/** Nothing that goes wrong here changes a decision, or how it is answered. */
export function createConclude<Request>(settings: GuardSettings<Request>): Conclude<Request> {
  const { clock, onDecision, realm, render, resource } = settings;
  const warnings = new Warnings('AGENTWRIT_REFUSING');

  function tell(decision: Decision, concluded: Concluded<Request>): void {
    if (isObserved(onDecision)) {
      const { facts, requestId, requirement, arrivedAt } = concluded;
      const route = readFact(() => facts.route);
      emitDecision(
        {
          time: clock.now(),
          ...describeDecision(decision, requirement),
          method: readFact(() => facts.method) ?? '',
          ...(route !== undefined && { route }),
          requestId: requestId(),
          durationMs: clock.monotonic() - arrivedAt,
        },
        onDecision,
      );
    } else if (decision.outcome === 'refuse' && decision.detail !== undefined) {
      // Nobody listens, and the caller is told nothing of it. The broker's troubles are nobody's route's.
      const where = decision.reason === 'internal_error' ? whereOf(concluded.facts) : '';
      warnings.warn(`requests${where} are refused with ${decision.reason}: ${decision.detail}`);
    }
  }

  return (decision, concluded) => {
    tell(decision, concluded);
    if (decision.outcome !== 'refuse') return decision;
    const { facts, requestId } = concluded;
    const refusal = refuse(decision, {
      realm,
      metadataUrl: resource?.metadataUrl,
      url: readFact(() => facts.url) ?? '/',
      requestId: requestId(),
    });
    return {
      outcome: 'refuse',
      refusal: render ? renderRefusal(refusal, render, () => facts.request) : refusal,
    };
  };
}

function whereOf(facts: Pick<RequestFacts, 'method' | 'route'>): string {
  const route = readFact(() => facts.route);
  return route === undefined ? '' : ` to ${readFact(() => facts.method) ?? ''} ${route}`;
}

/** Something that is only told: a request that cannot say it is decided all the same. */
export function readFact<Fact>(read: () => Fact): Fact | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
