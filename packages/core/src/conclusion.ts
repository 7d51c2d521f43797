// A decision and its request in → told to whoever listens, and what the adapter does next, out: steps 8 and 9.

import type { RefusalReason } from '@agentwrit/protocol';
import type { Agent } from './agent.js';
import { type Decision, refused, type Refused } from './decision.js';
import { describeDecision } from './events.js';
import type { GuardSettings } from './guard-settings.js';
import { isExpired } from './judgement.js';
import { type Refusal, refuse } from './refusal.js';
import { renderRefusal } from './render.js';
import type { RequestFacts } from './request-facts.js';
import { Sinks } from './sinks.js';
import { readFact, type Visit } from './visit.js';
import { Warnings } from './warnings.js';

/** What the adapter does next: go on with the agent, go on without one, or send the refusal. */
export type GuardAnswer =
  | { readonly outcome: 'allow'; readonly agent: Agent }
  | { readonly outcome: 'anonymous' }
  | { readonly outcome: 'refuse'; readonly refusal: Refusal };

export interface Conclude<Request> {
  /** At once, unless the request has to be on record before it proceeds. Never throws and never rejects. */
  (decision: Decision, visit: Visit<Request>): GuardAnswer | Promise<GuardAnswer>;
  /** Whether anybody is told of a request that is let in. */
  readonly isFollowed: () => boolean;
}

/**
 * Nothing that goes wrong here changes a decision, or how it is answered; but for sinks that are required.
 *
 * @param countRefusal called with every refusal
 */
export function createConclude<Request>(
  settings: GuardSettings<Request>,
  countRefusal: (reason: RefusalReason) => void,
): Conclude<Request> {
  const { clock, realm, recordTimeoutMs, render, resource } = settings;
  const sinks = new Sinks(settings.sinks, recordTimeoutMs);
  const warnings = new Warnings('AGENTWRIT_REFUSING');

  function tell(decision: Decision, visit: Visit<Request>): void {
    if (sinks.isObserved) {
      sinks.tell(describeDecision(decision, visit, clock));
    } else if (decision.outcome === 'refuse' && decision.detail !== undefined) {
      // Nobody listens, and the caller is told nothing of it. The broker's troubles are nobody's route's.
      const where = decision.reason === 'internal_error' ? whereOf(visit.facts) : '';
      warnings.warn(`requests${where} are refused with ${decision.reason}: ${decision.detail}`);
    }
  }

  function refusalOf(decision: Refused, visit: Visit<Request>): GuardAnswer {
    countRefusal(decision.reason);
    tell(decision, visit);
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
  }

  /** Lets a request proceed that is on record, and refuses it otherwise: the later event then corrects the first. */
  async function onRecord(decision: Admitted, visit: Visit<Request>): Promise<GuardAnswer> {
    const event = describeDecision(decision, visit, clock);
    const fault = await sinks.record(event);
    if (fault !== undefined) {
      const { needed, agent } = { needed: undefined, agent: undefined, ...decision };
      return refusalOf(
        { ...refused('audit_unavailable', fault, needed, agent), detail: RECORD_DETAIL },
        visit,
      );
    }
    // That took its time, and a token is good until its last second and no longer.
    if (decision.outcome === 'allow' && isExpired(decision.agent, clock.now())) {
      const { needed, agent } = decision;
      return refusalOf(refused('invalid_token', 'expired', needed, agent), visit);
    }
    sinks.tellOthers(event);
    return decision;
  }

  const conclude = (
    decision: Decision,
    visit: Visit<Request>,
  ): GuardAnswer | Promise<GuardAnswer> => {
    if (decision.outcome === 'refuse') return refusalOf(decision, visit);
    if (sinks.isRequired) return onRecord(decision, visit);
    tell(decision, visit);
    return decision;
  };
  return Object.assign(conclude, { isFollowed: () => sinks.isObserved });
}

type Admitted = Exclude<Decision, Refused>;

const RECORD_DETAIL = 'a sink that is required has no record of the decision';

function whereOf(facts: Pick<RequestFacts, 'method' | 'route'>): string {
  const route = readFact(() => facts.route);
  return route === undefined ? '' : ` to ${readFact(() => facts.method) ?? ''} ${route}`;
}
