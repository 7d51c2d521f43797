// A decision and its request in → told to whoever listens, and what the adapter does next, out: steps 8 and 9.

import type { Agent } from './agent.js';
import type { Decision } from './decision.js';
import { describeDecision, emitDecision, isObserved } from './events.js';
import type { GuardSettings } from './guard-settings.js';
import { type Refusal, refuse } from './refusal.js';
import { renderRefusal } from './render.js';
import type { RequestFacts } from './request-facts.js';
import { readFact, type Visit } from './visit.js';
import { Warnings } from './warnings.js';

/** What the adapter does next: go on with the agent, go on without one, or send the refusal. */
export type GuardAnswer =
  | { readonly outcome: 'allow'; readonly agent: Agent }
  | { readonly outcome: 'anonymous' }
  | { readonly outcome: 'refuse'; readonly refusal: Refusal };

export interface Conclude<Request> {
  (decision: Decision, visit: Visit<Request>): GuardAnswer;
  /** Whether anybody is told of a request that is let in. */
  readonly isFollowed: () => boolean;
}

/** Nothing that goes wrong here changes a decision, or how it is answered. */
export function createConclude<Request>(settings: GuardSettings<Request>): Conclude<Request> {
  const { clock, onDecision, realm, render, resource } = settings;
  const warnings = new Warnings('AGENTWRIT_REFUSING');

  function tell(decision: Decision, visit: Visit<Request>): void {
    const { facts } = visit;
    if (isObserved(onDecision)) {
      emitDecision(describeDecision(decision, visit, clock), onDecision);
    } else if (decision.outcome === 'refuse' && decision.detail !== undefined) {
      // Nobody listens, and the caller is told nothing of it. The broker's troubles are nobody's route's.
      const where = decision.reason === 'internal_error' ? whereOf(facts) : '';
      warnings.warn(`requests${where} are refused with ${decision.reason}: ${decision.detail}`);
    }
  }

  const conclude = (decision: Decision, visit: Visit<Request>): GuardAnswer => {
    tell(decision, visit);
    if (decision.outcome !== 'refuse') return decision;
    const { facts, requestId } = visit;
    const refusal = refuse(decision, {
      realm,
      metadataUrl: resource?.metadataUrl,
      url: readFact(() => facts.url) ?? '/',
      requestId,
    });
    return {
      outcome: 'refuse',
      refusal: render ? renderRefusal(refusal, render, () => facts.request) : refusal,
    };
  };
  return Object.assign(conclude, { isFollowed: () => isObserved(onDecision) });
}

function whereOf(facts: Pick<RequestFacts, 'method' | 'route'>): string {
  const route = readFact(() => facts.route);
  return route === undefined ? '' : ` to ${readFact(() => facts.method) ?? ''} ${route}`;
}
