// Decisions and grants in, in any order → everything a report says out. Used in process and for files alike.

import type { AuditEvent, DecisionEvent } from '@agentwrit/protocol';
import { AppDirectory } from './app-directory.js';
import { type BrokerGrant, brokerGrantOf } from './broker-grant.js';
import { reportGroup } from './group-report.js';
import { GroupTallies } from './group-tallies.js';
import { RefusalCounts } from './refusal-counts.js';
import { DRIFT_REPORT_VERSION, type DriftReport } from './report.js';
import { type KnownRoute, RouteTally } from './route-tally.js';
import { TimeSpan } from './time-span.js';

export interface DriftLimits {
  readonly maxPatterns: number;
  readonly maxScopes: number;
  readonly maxRoutes: number;
  readonly maxIdentifiers: number;
  readonly known: readonly KnownRoute[] | undefined;
}

/** All that can be forgotten at once. */
interface Counts {
  readonly groups: GroupTallies;
  readonly routes: RouteTally;
  readonly refusals: RefusalCounts;
  readonly span: TimeSpan;
  readonly outcomes: Record<'allow' | 'anonymous' | 'refuse', number>;
  grants: number;
  /** Whether an app became known when decisions without one were counted already. */
  hasLateApps: boolean;
  unreadGrants: number;
  lostDecisions: number;
}

export class DriftTally {
  readonly #limits: DriftLimits;
  readonly #apps = new AppDirectory();
  #counts: Counts;

  constructor(limits: DriftLimits) {
    this.#limits = limits;
    this.#counts = this.#create();
  }

  decide(event: DecisionEvent): void {
    const { groups, routes, refusals, span, outcomes } = this.#counts;
    outcomes[event.outcome] += 1;
    span.add(event.time);
    routes.add(event);
    if (event.outcome === 'refuse') refusals.add(event.reason, event.time);
    if (event.agentId !== undefined) groups.decide(event);
  }

  /** @returns whether it was one */
  grant(event: AuditEvent): boolean {
    const grant = brokerGrantOf(event);
    if (grant === undefined || Number.isNaN(grant.time)) return false;
    const counts = this.#counts;
    counts.grants += 1;
    if (grant.isPartial) counts.unreadGrants += 1;
    counts.span.add(grant.time);
    this.#noteApp(grant);
    counts.groups.grant(grant);
    return true;
  }

  /** Takes nothing of it but whose agent it is. */
  learnApp(event: AuditEvent): void {
    const grant = brokerGrantOf(event);
    if (grant !== undefined) this.#noteApp(grant);
  }

  lose(decisions: number): void {
    this.#counts.lostDecisions += decisions;
  }

  get hasLateApps(): boolean {
    return this.#counts.hasLateApps;
  }

  reset(): void {
    this.#counts = this.#create();
  }

  report(): DriftReport {
    const { groups, routes, refusals, span, outcomes } = this.#counts;
    const { grants, unreadGrants, lostDecisions } = this.#counts;
    const all = groups.all;
    const books = all.flatMap((group) => group.books);
    const folded = {
      patterns: groups.folded,
      scopes: books.reduce((sum, { foldedScopes }) => sum + foldedScopes, 0),
      identifiers: books.reduce((sum, { foldedIdentifiers }) => sum + foldedIdentifiers, 0),
      routes: routes.folded,
      apps: this.#apps.folded,
    };
    return {
      version: DRIFT_REPORT_VERSION,
      isComplete: Object.values(folded).every((count) => count === 0),
      folded,
      ...span.ends,
      decisions: {
        allowed: outcomes.allow,
        anonymous: outcomes.anonymous,
        refused: outcomes.refuse,
      },
      grants,
      unreadGrants,
      lostDecisions,
      refusals: refusals.list,
      groups: all.map((group) => reportGroup(group, this.#limits.maxIdentifiers)),
      routes: routes.routes,
      hasRouteList: routes.hasList,
      unreached: routes.unreached,
    };
  }

  #noteApp({ agentId, appId }: BrokerGrant): void {
    if (agentId === undefined || appId === undefined) return;
    const counts = this.#counts;
    const isNews = counts.groups.noteApp(agentId, appId);
    if (isNews && counts.groups.hasNoApp) counts.hasLateApps = true;
  }

  #create(): Counts {
    const { maxPatterns, maxScopes, maxRoutes, known } = this.#limits;
    return {
      groups: new GroupTallies(this.#apps, maxPatterns, maxScopes),
      routes: new RouteTally(maxRoutes, known),
      refusals: new RefusalCounts(),
      span: new TimeSpan(),
      outcomes: { allow: 0, anonymous: 0, refuse: 0 },
      grants: 0,
      hasLateApps: false,
      unreadGrants: 0,
      lostDecisions: 0,
    };
  }
}
