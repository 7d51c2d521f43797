// Who did something in → the group it is counted with out; a common one when there are too many.

import type { DecisionEvent } from '@agentwrit/protocol';
import type { AppDirectory } from './app-directory.js';
import { type Grant, GroupTally } from './group-tally.js';
import { compareTexts, MAX_TEXT } from './scope-book.js';
import { foldVaryingParts } from './varying-parts.js';

interface Actor {
  readonly agentId?: string | undefined;
  readonly taskId?: string | undefined;
  readonly orchId?: string | undefined;
}

interface Met {
  readonly taskId: string | undefined;
  readonly orchId: string | undefined;
  readonly group: GroupTally;
  /** What its last token was granted, if nobody can change the list. */
  granted: readonly string[] | undefined;
}

// Agents that act now: their group need not be worked out with every request.
const MAX_MET = 1000;

export class GroupTallies {
  readonly #apps: AppDirectory;
  readonly #maxPatterns: number;
  readonly #maxScopes: number;
  readonly #groups = new Map<string, GroupTally>();
  readonly #met = new Map<string, Met>();
  #others: GroupTally | undefined;
  #folded = 0;
  #hasNoApp = false;

  constructor(apps: AppDirectory, maxPatterns: number, maxScopes: number) {
    this.#apps = apps;
    this.#maxPatterns = maxPatterns;
    this.#maxScopes = maxScopes;
  }

  decide(event: DecisionEvent): void {
    const { agentId = '', taskId, orchId, grantedScope } = event;
    const met = this.#met.get(agentId);
    const isSame = met !== undefined && met.taskId === taskId && met.orchId === orchId;
    // A guard gives the same list with every request of a token: it has been counted.
    const isKnown = isSame && met.granted !== undefined && met.granted === grantedScope;
    const group = isSame ? met.group : this.#meet(event);
    if (group.name.app === null && !group.isOthers) this.#hasNoApp = true;
    group.decide(event, isKnown);
    if (isSame && !isKnown && Object.isFrozen(grantedScope)) met.granted = grantedScope;
  }

  /** Of an agent whose app was noted just before, what comes from now on is counted with that app. */
  grant(grant: Grant): void {
    this.#meet(grant).grant(grant);
  }

  #meet(actor: Actor): GroupTally {
    const { agentId = '', taskId, orchId } = actor;
    const group = this.#find(actor);
    if (group.isOthers) this.#folded += 1;
    else if (agentId.length <= MAX_TEXT && (taskId?.length ?? 0) <= MAX_TEXT) {
      if (this.#met.size >= MAX_MET) this.#met.clear();
      this.#met.set(agentId, { taskId, orchId, group, granted: undefined });
    }
    return group;
  }

  /** @returns whether that was news */
  noteApp(agentId: string, appId: string): boolean {
    return this.#apps.note(agentId, appId);
  }

  /** Whether decisions were counted for which no app was known. */
  get hasNoApp(): boolean {
    return this.#hasNoApp;
  }

  get folded(): number {
    return this.#folded;
  }

  /** In the order of their names, the common one last. */
  get all(): readonly GroupTally[] {
    const groups = [...this.#groups]
      .toSorted(([one], [other]) => compareTexts(one, other))
      .map(([, group]) => group);
    return this.#others === undefined ? groups : [...groups, this.#others];
  }

  #find({ agentId, taskId, orchId }: Actor): GroupTally {
    const name = {
      app: this.#apps.appOf(agentId) ?? null,
      orchestrator: orchId ?? null,
      taskPattern: taskId === undefined ? null : foldVaryingParts(taskId, '*'),
    };
    const key = JSON.stringify([name.app, name.orchestrator, name.taskPattern]);
    const known = this.#groups.get(key);
    if (known !== undefined) return known;
    if (this.#groups.size < this.#maxPatterns && (orchId?.length ?? 0) <= MAX_TEXT) {
      const group = new GroupTally(name, this.#maxScopes, false);
      this.#groups.set(key, group);
      return group;
    }
    const nobody = { app: null, orchestrator: null, taskPattern: null };
    this.#others ??= new GroupTally(nobody, this.#maxScopes, true);
    return this.#others;
  }
}
