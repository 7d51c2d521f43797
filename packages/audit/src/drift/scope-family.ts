// Scopes that differ only in what varies in → whether each task has its own out.

export interface ScopeEntry<Tally> {
  /** The only one, or the first of several that belong together. */
  readonly scope: string;
  readonly scopes: readonly string[];
  readonly tally: Tally;
  /** The task it was first seen in. */
  readonly task: number | undefined;
  /** Whether other tasks had it, too. */
  isShared: boolean;
  /** By which it is in the sample of its family or not. */
  readonly rank: number;
}

/** Scopes that differ only in what varies. */
export interface ScopeFamily<Tally> {
  readonly template: string;
  readonly templates: readonly string[];
  /** Whether it stands for others than those of one template, because there were too many templates. */
  readonly isFolded: boolean;
  /** Those of the lowest ranks, in their order: whoever comes first or last has the same chance to be one. */
  readonly entries: ScopeEntry<Tally>[];
  /** Of those that have no entry of their own. */
  rest: Tally | undefined;
}

// Of the identifiers of a kind, so many may come back in another task: one that was tried again.
const MAX_SHARED = 0.25;

/** Whether tasks have their own identifiers: each its order, as it were. */
export function differsPerTask({ entries }: ScopeFamily<unknown>): boolean {
  if (entries.length < 2) return false;
  const shared = entries.filter(({ isShared }) => isShared).length;
  const first = entries[0]?.task;
  return shared <= entries.length * MAX_SHARED && entries.some(({ task }) => task !== first);
}
