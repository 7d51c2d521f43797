// Decisions and grants of one app, orchestrator and task pattern in → what is remembered of them out.

import { type DecisionEvent, parseScope, scopeCovers } from '@agentwrit/protocol';
import { DistinctTexts } from './distinct-texts.js';
import { RefusalCounts } from './refusal-counts.js';
import type { GroupName } from './report.js';
import { MAX_TEXT, ScopeBook } from './scope-book.js';
import { DenialTally, GrantTally, type UseTally } from './tallies.js';
import { TimeSpan } from './time-span.js';

// Enough to see whether it is a few or many.
const MAX_TASKS = 1000;
const MAX_AGENTS = 1000;

/** What an agent was given: a token, a registration, a delegation. */
export interface Grant {
  readonly time: number;
  readonly agentId: string | undefined;
  readonly taskId: string | undefined;
  readonly orchId: string | undefined;
  readonly scopes: readonly string[];
}

export class GroupTally {
  readonly name: GroupName;
  readonly isOthers: boolean;
  readonly granted: ScopeBook<GrantTally>;
  readonly used: ScopeBook<UseTally>;
  readonly denied: ScopeBook<DenialTally>;
  readonly refusals: RefusalCounts = new RefusalCounts();
  readonly tasks: DistinctTexts = new DistinctTexts(MAX_TASKS);
  readonly span: TimeSpan = new TimeSpan();
  allowed = 0;
  refused = 0;
  /** Whether a request came of the agent. */
  readonly #agents = new Map<string, boolean>();
  #hasAllAgents = true;

  constructor(name: GroupName, maxScopes: number, isOthers: boolean) {
    this.name = name;
    this.isOthers = isOthers;
    this.granted = new ScopeBook(maxScopes, () => new GrantTally());
    this.used = new ScopeBook(maxScopes, () => ({ exact: 0, wide: 0 }));
    this.denied = new ScopeBook(maxScopes, () => new DenialTally());
  }

  /**
   * @param event with an agent
   * @param isGrantKnown whether an event of the same token came before
   */
  decide(event: DecisionEvent, isGrantKnown: boolean): void {
    const { time, agentId, taskId, outcome, grantedScope = [], usedScope = [] } = event;
    this.#meet(time, agentId, taskId, true);
    if (!isGrantKnown) for (const scope of grantedScope) this.granted.at(scope, taskId);
    if (outcome !== 'refuse') {
      this.allowed += 1;
      for (const { required, held } of usedScope) this.#use(required, held, event);
      return;
    }
    this.refused += 1;
    this.refusals.add(event.reason, time);
    if (event.reason === 'insufficient_scope') this.#deny(event);
  }

  /** Adds what the broker told of: somebody may have it who never asked for anything. */
  grant({ time, agentId, taskId, scopes }: Grant): void {
    this.#meet(time, agentId, taskId, false);
    for (const scope of scopes) this.granted.at(scope, taskId);
  }

  get agents(): { readonly count: number; readonly isExact: boolean } {
    return { count: this.#agents.size, isExact: this.#hasAllAgents };
  }

  get idleAgents(): number {
    return [...this.#agents.values()].filter((isActive) => !isActive).length;
  }

  get books(): readonly ScopeBook<unknown>[] {
    return [this.granted, this.used, this.denied];
  }

  #meet(
    time: number,
    agentId: string | undefined,
    taskId: string | undefined,
    isActive: boolean,
  ): void {
    this.span.add(time);
    if (taskId !== undefined) this.tasks.add(taskId.slice(0, MAX_TEXT));
    if (agentId === undefined) return;
    const id = agentId.slice(0, MAX_TEXT);
    const known = this.#agents.get(id);
    if (known === undefined && this.#agents.size >= MAX_AGENTS) this.#hasAllAgents = false;
    else if (known !== true && known !== isActive) this.#agents.set(id, isActive);
  }

  #use(required: string, held: string, { time, taskId }: DecisionEvent): void {
    // A file can say anything; what was not held was not used.
    if (!scopeCovers(held, required)) return;
    this.granted.at(held, taskId).use(time);
    const tally = this.used.at(required, taskId);
    if (held === required) tally.exact += 1;
    else tally.wide += 1;
  }

  #deny(event: DecisionEvent): void {
    const { taskId, requiredScope, requiredScopeMatch, grantedScope = [] } = event;
    const missing = requiredScope.filter(
      (scope) =>
        parseScope(scope) !== undefined && !grantedScope.some((held) => scopeCovers(held, scope)),
    );
    if (missing.length === 0) return;
    if (requiredScopeMatch === 'any') this.denied.at(missing.join('\n'), taskId).add(event);
    else for (const scope of missing) this.denied.at(scope, taskId).add(event);
  }
}
