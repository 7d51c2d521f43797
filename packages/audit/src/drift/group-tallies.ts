// Who did something in → the group it is counted with out; a common one when there are too many.

import type { DecisionEvent } from '@agentwrit/protocol';
import type { AppDirectory } from './app-directory.js';
import { copyOf } from './first-texts.js';
import { GroupRoom } from './group-room.js';
import type { Grant, GroupTally } from './group-tally.js';
import { MAX_TEXT } from './scope-book.js';
import { foldVaryingParts } from './varying-parts.js';

interface Actor {
  readonly agentId?: string | undefined;
  readonly taskId?: string | undefined;
  readonly orchId?: string | undefined;
  /** Who delegated, if anybody: then all of it is in that one's name. */
  readonly authority?: string | undefined;
}

interface Met {
  readonly taskId: string | undefined;
  readonly orchId: string | undefined;
  readonly authority: string | undefined;
  readonly group: GroupTally;
  /** What its last token was granted, if nobody can change the list. */
  granted: readonly string[] | undefined;
}

// Agents that act now: their group need not be worked out with every request.
const MAX_MET = 1000;

export class GroupTallies {
  readonly #apps: AppDirectory;
  readonly #room: GroupRoom;
  readonly #met = new Map<string, Met>();
  #folded = 0;
  #hasNoApp = false;

  constructor(apps: AppDirectory, maxPatterns: number, maxScopes: number) {
    this.#apps = apps;
    this.#room = new GroupRoom(maxPatterns, maxScopes);
  }

  decide(event: DecisionEvent): void {
    const { agentId = '', taskId, orchId, grantedScope, delegationRoot: authority } = event;
    const met = this.#met.get(agentId);
    const isSame = met?.taskId === taskId && met?.orchId === orchId && met?.authority === authority;
    // A guard gives the same list with every request of a token: it has been counted.
    const isKnown = isSame && met?.granted !== undefined && met.granted === grantedScope;
    const group = isSame && met ? met.group : this.#meet({ agentId, taskId, orchId, authority });
    if (group.isFolded) this.#folded += 1;
    if (group.name.app === null && !group.isOthers) this.#hasNoApp = true;
    group.decide(event, isKnown);
    if (isSame && met && !isKnown && Object.isFrozen(grantedScope)) met.granted = grantedScope;
  }

  /** Of an agent whose app was noted just before, what comes from now on is counted with that app. */
  grant(grant: Grant): void {
    const group = this.#meet({ ...grant, authority: grant.delegator });
    if (group.isFolded) this.#folded += 1;
    group.grant(grant);
  }

  /** @returns whether that was news */
  noteApp(agentId: string, appId: string): boolean {
    return this.#apps.note(agentId, appId);
  }

  /** Whether decisions were counted for which no app was known. */
  get hasNoApp(): boolean {
    return this.#hasNoApp;
  }

  /** How often something was counted with a group that stands for several. */
  get folded(): number {
    return this.#folded;
  }

  /** In the order of their names, those that stand for others last. */
  get all(): readonly GroupTally[] {
    return this.#room.all;
  }

  #meet(actor: Actor): GroupTally {
    const { agentId = '', taskId, orchId, authority } = actor;
    const group = this.#room.groupOf({
      app: this.#apps.appOf(authority ?? agentId) ?? null,
      orchestrator: orchId ?? null,
      taskPattern: taskId === undefined ? null : foldVaryingParts(taskId, '*'),
    });
    if (
      [agentId, taskId ?? '', orchId ?? '', authority ?? ''].every(
        ({ length }) => length <= MAX_TEXT,
      )
    ) {
      if (this.#met.size >= MAX_MET) this.#met.clear();
      this.#met.set(copyOf(agentId, MAX_TEXT), {
        taskId: taskId === undefined ? undefined : copyOf(taskId, MAX_TEXT),
        orchId: orchId === undefined ? undefined : copyOf(orchId, MAX_TEXT),
        authority: authority === undefined ? undefined : copyOf(authority, MAX_TEXT),
        group,
        granted: undefined,
      });
    }
    return group;
  }
}
