// A decision in → attributes for spans, and the few that a metric may be divided by, out.

import type { Attributes } from '@opentelemetry/api';
import type { DecisionEvent } from '@agentwrit/protocol';
import { methodName, type RouteNames } from '../route-names.js';
import { ATTRIBUTES } from './names.js';

/** All that is known of it; each request has a span of its own. What is absent has no attribute. */
export function spanAttributesOf(event: DecisionEvent): Attributes {
  const { requiredScope, usedScope, proof } = event;
  return {
    [ATTRIBUTES.outcome]: event.outcome,
    ...given(ATTRIBUTES.reason, event.reason),
    ...given(ATTRIBUTES.cause, event.cause),
    [ATTRIBUTES.requestId]: event.requestId,
    ...given(ATTRIBUTES.agentId, event.agentId),
    ...given(ATTRIBUTES.taskId, event.taskId),
    ...given(ATTRIBUTES.orchestratorId, event.orchId),
    ...given(ATTRIBUTES.tokenId, event.tokenId),
    ...given(ATTRIBUTES.delegationDepth, event.delegationDepth),
    ...given(ATTRIBUTES.delegationRoot, event.delegationRoot),
    ...given(ATTRIBUTES.proofSource, proof?.source),
    ...given(ATTRIBUTES.proofAge, proof?.ageMs),
    [ATTRIBUTES.requiredScope]: [...requiredScope],
    ...(usedScope && { [ATTRIBUTES.usedScope]: usedScope.map(({ held }) => held) }),
  };
}

/** What there is a bounded number of. */
export function countAttributesOf(event: DecisionEvent, routes: RouteNames): Attributes {
  const { outcome, route } = event;
  return {
    ...measureAttributesOf(event),
    ...given(ATTRIBUTES.reason, event.reason),
    [ATTRIBUTES.method]: methodName(event.method),
    ...given(ATTRIBUTES.route, route && routes.nameOf(route, outcome !== 'allow')),
  };
}

export function measureAttributesOf({ outcome, proof }: DecisionEvent): Attributes {
  return { [ATTRIBUTES.outcome]: outcome, ...given(ATTRIBUTES.proofSource, proof?.source) };
}

function given(name: string, value: string | number | undefined): Attributes | undefined {
  return value === undefined ? undefined : { [name]: value };
}
