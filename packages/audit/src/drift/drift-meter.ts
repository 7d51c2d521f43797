// Decisions, and events of the broker, in → how far what is granted lies from what is used, out.

import {
  assertKnownOptions,
  assertNumber,
  assertText,
  type AuditEvent,
  type DecisionEvent,
  type DecisionSink,
} from '@agentwrit/protocol';
import { decisionOf } from '../record.js';
import { DriftTally } from './drift-tally.js';
import { lostDecisionsOf } from '../lost-decisions.js';
import type { DeniedScope, DriftReport, UnusedScope } from './report.js';
import type { KnownRoute } from './route-tally.js';

export interface DriftMeterOptions {
  /**
   * Groups of app, orchestrator and task pattern that are told apart. One orchestrator may have a quarter of them,
   * one app a half. Default 100.
   */
  readonly maxPatterns?: number;
  /**
   * Scopes of a group that are told apart: granted, used and denied ones each. A quarter of them may be of one
   * action and resource; of those that differ only in what varies, such as a number, a random sample of that size
   * is told apart. Default 200.
   */
  readonly maxScopes?: number;
  /** Routes that are told apart, beside those of `routes`. Default 500. */
  readonly maxRoutes?: number;
  /** A wildcard through which no more identifiers were used had better be a list. Default 20. */
  readonly maxIdentifiers?: number;
  /** All routes there are, as `listRequirements(app)` gives them. */
  readonly routes?: readonly KnownRoute[];
}

/** A sink for a guard's decisions. */
export interface DriftMeter extends DecisionSink {
  (event: DecisionEvent): void;
  /**
   * Takes an event of an audit file or of the broker's log: a decision, what an agent was given, or that decisions
   * were lost. Others say nothing of drift.
   *
   * @returns whether it was counted
   * @throws WireError when it tells of decisions, and cannot be read
   */
  readonly readAuditEvent: (event: AuditEvent) => boolean;
  /**
   * Takes of an event of the broker's log only which app an agent is of: for what happened before the time that is
   * looked at.
   */
  readonly learnApp: (event: AuditEvent) => void;
  /**
   * Whether it was learnt which app an agent is of after decisions had been counted without an app. To have all
   * where it belongs, `reset()` and read everything again.
   */
  readonly hasLateApps: () => boolean;
  readonly report: () => DriftReport;
  /** What was granted and never used. */
  readonly unused: () => readonly UnusedScope[];
  /** What was needed and not granted. */
  readonly denied: () => readonly DeniedScope[];
  /** Forgets all, but which app an agent is of. */
  readonly reset: () => void;
}

/**
 * Compares the scopes that agents were granted with those their requests needed, for each app, orchestrator and
 * task pattern. Memory is bounded: a few megabytes as a rule, and 250 at worst by the default options, when
 * somebody fills all there is. What is too much is counted in common entries, and the report says so (`isComplete`,
 * `gapsOf(report)`).
 *
 * @throws TypeError naming an option that is wrong
 * @example
 * const meter = createDriftMeter();
 * const agentwrit = createAgentWrit({ broker, audience, onDecision: meter });
 * // … run the tests of the application …
 * expect(meter.unused()).toEqual([]);
 */
export function createDriftMeter(options: DriftMeterOptions = {}): DriftMeter {
  assertKnownOptions(options, 'createDriftMeter()', [
    'maxPatterns',
    'maxScopes',
    'maxRoutes',
    'maxIdentifiers',
    'routes',
  ]);
  const {
    maxPatterns = 100,
    maxScopes = 200,
    maxRoutes = 500,
    maxIdentifiers = 20,
    routes,
  } = options;
  for (const [name, max] of Object.entries({ maxPatterns, maxScopes, maxRoutes, maxIdentifiers })) {
    assertNumber(max, name, { min: 1, max: 100_000, isWhole: true });
  }
  const known = routes === undefined ? undefined : readKnownRoutes(routes);
  const tally = new DriftTally({ maxPatterns, maxScopes, maxRoutes, maxIdentifiers, known });
  const meter = (event: DecisionEvent): void => tally.decide(event);
  return Object.assign(meter, {
    readAuditEvent(event: AuditEvent): boolean {
      const decision = decisionOf(event);
      const lost = lostDecisionsOf(event);
      if (decision !== undefined) tally.decide(decision);
      else if (lost !== undefined) tally.lose(lost);
      else return tally.grant(event);
      return true;
    },
    learnApp: (event: AuditEvent) => tally.learnApp(event),
    hasLateApps: () => tally.hasLateApps,
    report: () => tally.report(),
    unused: () => unusedIn(tally.report()),
    denied: () => deniedIn(tally.report()),
    reset: () => tally.reset(),
  });
}

/**
 * Checks a list of routes, such as `listRequirements(app)` gives, and JSON of it.
 *
 * @throws TypeError naming the member that is wrong
 */
export function readKnownRoutes(value: unknown): readonly KnownRoute[] {
  if (!Array.isArray(value)) throw new TypeError('"routes" must be an array of routes');
  return value.map((route: unknown, index) => {
    const name = `routes[${index}]`;
    if (typeof route !== 'object' || route === null) {
      throw new TypeError(`"${name}" must be an object with method and path`);
    }
    const { method, path, needs }: Readonly<Record<string, unknown>> = { ...route };
    assertText(method, `${name}.method`);
    assertText(path, `${name}.path`);
    if (needs === undefined) return { method: method.toUpperCase(), path };
    if (!Array.isArray(needs)) throw new TypeError(`"${name}.needs" must be an array`);
    return { method: method.toUpperCase(), path, needs: Array.from<unknown>(needs) };
  });
}

/** All that was granted and never used, whatever the reason. */
export function unusedIn({ groups }: DriftReport): readonly UnusedScope[] {
  return groups.flatMap(({ app, orchestrator, taskPattern, scopes }) =>
    scopes.flatMap(({ scope, finding, grantedIdentifiers, usedIdentifiers }) =>
      finding === 'unused' || finding === 'partly_unused'
        ? [
            {
              app,
              orchestrator,
              taskPattern,
              scope,
              identifiers: {
                count: grantedIdentifiers.count - usedIdentifiers.count,
                isExact: grantedIdentifiers.isExact,
              },
            },
          ]
        : [],
    ),
  );
}

/** All that was needed and not granted. */
export function deniedIn({ groups }: DriftReport): readonly DeniedScope[] {
  return groups.flatMap(({ app, orchestrator, taskPattern, denied }) =>
    denied.map((use) => ({ app, orchestrator, taskPattern, ...use })),
  );
}
