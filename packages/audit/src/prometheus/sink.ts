// Decisions in → counters and histograms of prom-client out.

import {
  assertKnownOptions,
  assertNumber,
  type DecisionEvent,
  type DecisionSink,
} from '@agentwrit/protocol';
import type { Registry } from 'prom-client';
import { AGE_BUCKETS, DURATION_BUCKETS } from '../buckets.js';
import { DEFAULT_MAX_ROUTES, methodName, RouteNames } from '../route-names.js';
import { DEFAULT_PREFIX, MetricShelf } from './metric-shelf.js';

export interface PrometheusSinkOptions {
  readonly registry: Registry;
  /** Before each metric's name. Default `agentwrit_`. */
  readonly prefix?: string;
  /** How many routes are told apart; the others are `_other`. Default 500. */
  readonly maxRoutes?: number;
}

/**
 * Counts decisions. Guards of one process may share a sink, and sinks a registry. No label holds an agent, a task,
 * a token or a scope: there is no end to them.
 *
 * - `agentwrit_decisions_total` by `outcome`, `reason`, `method`, `route` and `source` (of the proof)
 * - `agentwrit_decision_duration_seconds` by `outcome` and `source`
 * - `agentwrit_proof_age_seconds` by `source`: of what decisions were based on
 *
 * A label that does not apply is empty.
 *
 * @throws TypeError when an option is wrong, or the registry has other metrics of these names
 * @example
 * const { requireScope } = createAgentWrit({ broker, onDecision: createPrometheusSink({ registry: register }) });
 */
export function createPrometheusSink(options: PrometheusSinkOptions): DecisionSink {
  assertKnownOptions(options, 'createPrometheusSink', ['registry', 'prefix', 'maxRoutes']);
  const { registry, prefix = DEFAULT_PREFIX, maxRoutes = DEFAULT_MAX_ROUTES } = options;
  assertNumber(maxRoutes, 'maxRoutes', { min: 0, max: 100_000, isWhole: true });
  const shelf = new MetricShelf(registry, prefix);
  const decisions = shelf.counter({
    name: 'decisions_total',
    help: 'Decisions of guards.',
    labelNames: ['outcome', 'reason', 'method', 'route', 'source'],
  });
  const durations = shelf.histogram({
    name: 'decision_duration_seconds',
    help: 'From the arrival of a request at the guard to the decision.',
    labelNames: ['outcome', 'source'],
    buckets: [...DURATION_BUCKETS],
  });
  const ages = shelf.histogram({
    name: 'proof_age_seconds',
    help: "How long before a decision the broker's word was asked for.",
    labelNames: ['source'],
    buckets: [...AGE_BUCKETS],
  });
  const routes = new RouteNames(maxRoutes);

  return (event: DecisionEvent) => {
    const { outcome, reason = '', method, route, proof, durationUs } = event;
    const source = proof?.source ?? '';
    decisions.inc({
      outcome,
      reason,
      method: methodName(method),
      route: route === undefined ? '' : routes.nameOf(route, outcome !== 'allow'),
      source,
    });
    durations.observe({ outcome, source }, durationUs / 1e6);
    if (proof !== undefined) ages.observe({ source }, proof.ageMs / 1000);
  };
}
