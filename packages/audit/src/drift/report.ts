// The shape of a drift report: what programs read, and what tables and pages are made of.

import type { RefusalReason } from '@agentwrit/protocol';

/** Rises when a key changes its meaning or goes. New keys may come without it. */
export const DRIFT_REPORT_VERSION = 1;

/** How many different ones there were. */
export interface Distinct {
  readonly count: number;
  /** False: at least so many, and then they were no longer told apart. */
  readonly isExact: boolean;
}

/** When something happened for the first and the last time: milliseconds since 1970, `null` for never. */
export interface FirstAndLast {
  readonly first: number | null;
  readonly last: number | null;
}

export interface RefusalCount extends FirstAndLast {
  readonly reason: RefusalReason;
  readonly count: number;
}

/** Whose authority it is. What is not known is `null`. */
export interface GroupName {
  /** Known where the broker's own events were read, and only for agents that an app launched. */
  readonly app: string | null;
  readonly orchestrator: string | null;
  /** Task ids with `*` for what varies: `process-ord-*`. */
  readonly taskPattern: string | null;
}

/** What a report can find, in the order of weight. */
export const DRIFT_FINDINGS = ['unused', 'wildcard', 'denied', 'unreached', 'incomplete'] as const;

export type DriftFinding = (typeof DRIFT_FINDINGS)[number];

/** `unused`: never. `partly_unused`: most of its identifiers never. `wildcard`: a few identifiers would do. */
export type ScopeFinding = 'unused' | 'partly_unused' | 'wildcard';

/** A scope that was granted, or a template (`write:data:order-{id}`) where there were many of a kind. */
export interface ScopeUse extends FirstAndLast {
  readonly scope: string;
  readonly isTemplate: boolean;
  /** Requests that were let in by it. */
  readonly uses: number;
  /** 1 for a scope that is no template, as far as it goes. */
  readonly grantedIdentifiers: Distinct;
  readonly usedIdentifiers: Distinct;
  /** Of a wildcard: what was done through it, at most `maxIdentifiers` scopes, templates counting as one. */
  readonly covered: readonly string[];
  /** Of a wildcard: for how many different identifiers it was used; 0 for other scopes. */
  readonly coveredIdentifiers: Distinct;
  readonly finding: ScopeFinding | null;
}

/** How often, in steps of `stepMs`. */
export interface Timeline {
  /** When the first step begins: milliseconds since 1970. */
  readonly from: number;
  readonly stepMs: number;
  readonly counts: readonly number[];
}

/** What was needed, and not granted. */
export interface DeniedUse extends FirstAndLast {
  /** One of them would have been enough; mostly there is one. Templates where there were many of a kind. */
  readonly scopes: readonly string[];
  readonly isTemplate: boolean;
  readonly identifiers: Distinct;
  /** Refused requests. */
  readonly count: number;
  /** How many of them came with a delegated token, which may hold less than its delegator's. */
  readonly delegated: number;
  readonly agents: Distinct;
  /** `POST /orders/:id`; at most ten. */
  readonly routes: readonly string[];
  readonly lastRequestId: string | null;
  readonly timeline: Timeline;
}

/** A list of scopes that would have allowed all that was done, and nothing that was not granted. */
export interface Suggestion {
  readonly scopes: readonly string[];
  /** The same for one task at a time, with `{id}` for what differs between tasks; `null` where nothing does. */
  readonly perTask: readonly string[] | null;
  /** Lines of `scopes` of the group that are not needed any more as they are. */
  readonly drops: readonly string[];
  readonly isNarrower: boolean;
  /** False: more was used than could be told apart, and `scopes` may lack some of it. */
  readonly isComplete: boolean;
  /** The same of `perTask`, which may be complete where `scopes` would be endless. */
  readonly isPerTaskComplete: boolean;
}

export interface DriftGroup extends GroupName, FirstAndLast {
  /** The common entry of all that came when `maxPatterns` was reached. */
  readonly isOthers: boolean;
  /**
   * False: it may have more findings than are said, as scopes that were used could not be told apart, or as it
   * stands for several groups.
   */
  readonly isComplete: boolean;
  readonly tasks: Distinct;
  readonly taskExamples: readonly string[];
  readonly agents: Distinct;
  /** Agents of which the broker knows and no request came; at least so many. */
  readonly idleAgents: number;
  readonly allowed: number;
  readonly refused: number;
  readonly refusals: readonly RefusalCount[];
  readonly scopes: readonly ScopeUse[];
  readonly denied: readonly DeniedUse[];
  readonly suggestion: Suggestion;
}

export interface RouteUse extends FirstAndLast {
  readonly method: string;
  /** The pattern; `null` where the framework did not tell it. */
  readonly path: string | null;
  readonly allowed: number;
  readonly refused: number;
}

export interface UnreachedRoute {
  readonly method: string;
  readonly path: string;
  /** Requests that were refused there. */
  readonly refused: number;
}

/** How often something went to a common entry, because there were too many of its kind, or it was too long. */
export interface Folded {
  readonly patterns: number;
  readonly scopes: number;
  /** Scopes that are counted with others of their kind, as `write:data:order-{id}`. */
  readonly identifiers: number;
  readonly routes: number;
  readonly apps: number;
}

export interface DriftReport extends FirstAndLast {
  readonly version: typeof DRIFT_REPORT_VERSION;
  /** False: see `folded`. Counts are right all the same, but not all that is counted has its own entry. */
  readonly isComplete: boolean;
  readonly folded: Folded;
  readonly decisions: {
    readonly allowed: number;
    readonly anonymous: number;
    readonly refused: number;
  };
  /** Registrations and delegations that the broker told of. */
  readonly grants: number;
  /** Grants whose scopes could not be read: a broker redacts some (protocol §7.3). */
  readonly unreadGrants: number;
  /** Decisions that were made, and that an audit file says it has lost. */
  readonly lostDecisions: number;
  /** All, with those that no group has because the agent is not known. */
  readonly refusals: readonly RefusalCount[];
  readonly groups: readonly DriftGroup[];
  readonly routes: readonly RouteUse[];
  /** Whether `unreached` goes by a list of all routes, or only by those that were tried. */
  readonly hasRouteList: boolean;
  /** Routes where nobody was let in. */
  readonly unreached: readonly UnreachedRoute[];
}

/** A scope that was granted and not used. */
export interface UnusedScope extends GroupName {
  readonly scope: string;
  /** How many identifiers were never used; 1 for a scope that is no template. */
  readonly identifiers: Distinct;
}

/** A scope that was needed and not granted. */
export interface DeniedScope extends GroupName, DeniedUse {}
