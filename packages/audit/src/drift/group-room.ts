// The name of a group in → the group out, or one that stands for several when there are too many. Names are chosen
// by whoever registers agents: no app, no orchestrator and no word takes the place of all others.

import { copyOf } from './first-texts.js';
import { GroupTally } from './group-tally.js';
import type { GroupName } from './report.js';
import { MAX_TEXT } from './scope-book.js';
import { compareTexts } from './text-order.js';

// Beyond it a word before what looks like words is followed by what varies: `job-*`.
const MAX_OF_PREFIX = 20;

const NOBODY: GroupName = { app: null, orchestrator: null, taskPattern: null };

export class GroupRoom {
  readonly #maxPatterns: number;
  readonly #maxScopes: number;
  /** Of one orchestrator, and of groups that stand for several. */
  readonly #quota: number;
  readonly #groups = new Map<string, GroupTally>();
  readonly #folded = new Map<string, GroupTally>();
  /** How many groups there are of an app, of its orchestrator, and of a word there. */
  readonly #counts = new Map<string, number>();
  #others: GroupTally | undefined;

  constructor(maxPatterns: number, maxScopes: number) {
    this.#maxPatterns = maxPatterns;
    this.#maxScopes = maxScopes;
    this.#quota = Math.ceil(maxPatterns / 4);
  }

  groupOf(name: GroupName): GroupTally {
    const { app, orchestrator, taskPattern } = name;
    const key = JSON.stringify([app, orchestrator, taskPattern]);
    const known = this.#groups.get(key);
    if (known !== undefined) return known;
    const isShort = (orchestrator?.length ?? 0) <= MAX_TEXT;
    if (!isShort) return this.#common();
    const prefix = prefixOf(taskPattern);
    const parents: readonly (readonly [key: string, max: number])[] = [
      [JSON.stringify([app, orchestrator, prefix]), MAX_OF_PREFIX],
      [JSON.stringify([app, orchestrator]), this.#quota],
      // Without the broker's log all are of no app, and that is no reason to count them together.
      ...(app === null ? [] : [[JSON.stringify([app]), this.#quota * 2] as const]),
    ];
    const full = parents.findLastIndex(([parent, max]) => (this.#counts.get(parent) ?? 0) >= max);
    if (full < 0 && this.#groups.size < this.#maxPatterns) {
      for (const [parent] of parents) {
        this.#counts.set(parent, (this.#counts.get(parent) ?? 0) + 1);
      }
      return this.#add(this.#groups, key, name);
    }
    if (full === 0) return this.#standIn({ app, orchestrator, taskPattern: `${prefix}*` });
    if (full === 2) return this.#standIn({ app, orchestrator: null, taskPattern: '*' });
    return this.#standIn({ app, orchestrator, taskPattern: '*' });
  }

  /** In the order of their names, those that stand for others last. */
  get all(): readonly GroupTally[] {
    const sorted = [this.#groups, this.#folded].flatMap((groups) =>
      [...groups].toSorted(([one], [other]) => compareTexts(one, other)),
    );
    const groups = sorted.map(([, group]) => group);
    return this.#others === undefined ? groups : [...groups, this.#others];
  }

  #standIn(name: GroupName): GroupTally {
    const key = JSON.stringify([name.app, name.orchestrator, name.taskPattern]);
    const known = this.#folded.get(key);
    if (known !== undefined) return known;
    if (this.#folded.size >= this.#quota) return this.#common();
    return this.#add(this.#folded, key, name);
  }

  #common(): GroupTally {
    this.#others ??= new GroupTally(NOBODY, this.#maxScopes, 'others');
    return this.#others;
  }

  #add(groups: Map<string, GroupTally>, key: string, name: GroupName): GroupTally {
    const { app, orchestrator, taskPattern } = name;
    const kept = {
      app: copyOrNull(app),
      orchestrator: copyOrNull(orchestrator),
      taskPattern: copyOrNull(taskPattern),
    };
    const kind = groups === this.#folded ? 'several' : 'one';
    const group = new GroupTally(kept, this.#maxScopes, kind);
    groups.set(key, group);
    return group;
  }
}

/** `process-` of `process-alice`; nothing of what is one word. */
function prefixOf(taskPattern: string | null): string {
  return /^[\p{L}\p{N}]{1,64}[^\p{L}\p{N}]/u.exec(taskPattern ?? '')?.[0] ?? '';
}

function copyOrNull(text: string | null): string | null {
  return text === null ? null : copyOf(text, MAX_TEXT);
}
