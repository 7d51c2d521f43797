// Decisions and grants of one app, orchestrator and task pattern in → what is remembered of them out.

import { type DecisionEvent, parseScope, scopeCovers } from '@agentwrit/protocol';
import { DistinctTexts } from './distinct-texts.js';
import { FirstTexts } from './first-texts.js';
import { RefusalCounts } from './refusal-counts.js';
import type { GroupName } from './report.js';
import { MAX_TEXT, ScopeBook } from './scope-book.js';
import {
  type DenialTally,
  DENIALS,
  GRANTS,
  type GrantTally,
  USES,
  type UseTally,
} from './tallies.js';
import { numberOf } from './text-number.js';
import { TimeSpan } from './time-span.js';

// Enough to see whether it is a few or many.
const MAX_TASKS = 1000;
const MAX_AGENTS = 1000;
const MAX_EXAMPLES = 3;

/** What an agent was given: a token, a registration, a delegation. */
export interface Grant {
  readonly time: number;
  readonly agentId: string | undefined;
  readonly taskId: string | undefined;
  readonly orchId: string | undefined;
  readonly scopes: readonly string[];
  /** Whose authority it is, where that is not the agent's own. */
  readonly delegator: string | undefined;
}

export class GroupTally {
  readonly name: GroupName;
  readonly #kind: 'one' | 'several' | 'others';
  readonly granted: ScopeBook<GrantTally>;
  readonly used: ScopeBook<UseTally>;
  readonly denied: ScopeBook<DenialTally>;
  /** What delegates were given: scopes alone, and with each what it was used for. */
  readonly delegated: ScopeBook<GrantTally>;
  readonly refusals: RefusalCounts = new RefusalCounts();
  readonly tasks: DistinctTexts = new DistinctTexts(MAX_TASKS);
  readonly taskExamples: FirstTexts = new FirstTexts(MAX_EXAMPLES, MAX_TEXT);
  readonly span: TimeSpan = new TimeSpan();
  allowed = 0;
  refused = 0;
  /** Whether a request came of the agent. */
  readonly #agents = new Map<number, boolean>();
  #hasAllAgents = true;

  constructor(name: GroupName, maxScopes: number, kind: 'one' | 'several' | 'others') {
    this.name = name;
    this.#kind = kind;
    this.granted = new ScopeBook(maxScopes, GRANTS);
    this.used = new ScopeBook(maxScopes, USES);
    this.denied = new ScopeBook(maxScopes, DENIALS);
    this.delegated = new ScopeBook(maxScopes, GRANTS);
  }

  /**
   * @param event with an agent
   * @param isGrantKnown whether an event of the same token came before
   */
  decide(event: DecisionEvent, isGrantKnown: boolean): void {
    const { time, agentId, taskId, outcome, grantedScope = [], usedScope = [] } = event;
    this.#meet(time, agentId, taskId, true);
    if (!isGrantKnown) this.#give(grantedScope, taskId, isDelegated(event));
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
  grant({ time, agentId, taskId, scopes, delegator }: Grant): void {
    this.#meet(time, agentId, taskId, false);
    this.#give(scopes, taskId, delegator !== undefined);
  }

  /** Whether it stands for all that have no group. */
  get isOthers(): boolean {
    return this.#kind === 'others';
  }

  /** Whether it stands for several, which cannot be judged together. */
  get isFolded(): boolean {
    return this.#kind !== 'one';
  }

  get agents(): { readonly count: number; readonly isExact: boolean } {
    return { count: this.#agents.size, isExact: this.#hasAllAgents };
  }

  get idleAgents(): number {
    return [...this.#agents.values()].filter((isActive) => !isActive).length;
  }

  get books(): readonly Pick<ScopeBook<never>, 'foldedScopes' | 'foldedIdentifiers'>[] {
    return [this.granted, this.used, this.denied, this.delegated];
  }

  #meet(
    time: number,
    agentId: string | undefined,
    taskId: string | undefined,
    isActive: boolean,
  ): void {
    this.span.add(time);
    if (taskId !== undefined) {
      this.tasks.add(taskId);
      this.taskExamples.add(taskId);
    }
    if (agentId === undefined) return;
    const agent = numberOf(agentId);
    const known = this.#agents.get(agent);
    if (known === undefined && this.#agents.size >= MAX_AGENTS) this.#hasAllAgents = false;
    else if (known !== true && known !== isActive) this.#agents.set(agent, isActive);
  }

  #give(scopes: readonly string[], taskId: string | undefined, isByDelegation: boolean): void {
    const task = taskNumberOf(taskId);
    const book = isByDelegation ? this.delegated : this.granted;
    for (const scope of scopes) book.at([scope], task);
  }

  #use(required: string, held: string, event: DecisionEvent): void {
    // A file can say anything; what was not held was not used.
    if (!scopeCovers(held, required)) return;
    const { time, taskId } = event;
    const task = taskNumberOf(taskId);
    if (isDelegated(event)) {
      this.delegated.at([held, required], task).use(time);
      return;
    }
    this.granted.at([held], task).use(time);
    const tally = this.used.at([required], task);
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
    const choices = requiredScopeMatch === 'any' ? [missing] : missing.map((scope) => [scope]);
    for (const scopes of choices) this.denied.at(scopes, taskNumberOf(taskId)).add(event);
  }
}

/** Whether it is somebody else's authority that the agent acts with. */
function isDelegated({ delegationDepth = 0 }: DecisionEvent): boolean {
  return delegationDepth > 0;
}

function taskNumberOf(taskId: string | undefined): number | undefined {
  return taskId === undefined ? undefined : numberOf(taskId);
}
