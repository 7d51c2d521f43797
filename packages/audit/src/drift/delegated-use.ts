// What a group was granted, what it used, and what delegates did in its name, in → the first two with the third
// counted in out. It is done when a report is made: then it does not matter who came first.

import { parseScope } from '@agentwrit/protocol';
import type { GroupTally } from './group-tally.js';
import type { ScopeBook } from './scope-book.js';
import type { GrantTally, UseTally } from './tallies.js';

export interface GroupBooks {
  readonly granted: ScopeBook<GrantTally>;
  readonly used: ScopeBook<UseTally>;
}

/**
 * Who delegates holds what is delegated, as it is or by a wildcard: a delegate's use is a use of that. Where it is
 * not known what the delegator holds, what was delegated is taken for granted.
 */
export function withDelegates(group: GroupTally): GroupBooks {
  const { granted, used, delegated } = group;
  if (delegated.families.length === 0) return group;
  const all = { granted: granted.copy(), used: used.copy() };
  for (const { entries, templates, rest } of delegated.families) {
    for (const { scopes, tally, task } of entries) count(all, scopes, tally, { task });
    // Of these nothing but the kind is known.
    if (rest) count(all, templates, rest, { isFolded: true });
  }
  return all;
}

interface Whose {
  readonly task?: number | undefined;
  readonly isFolded?: boolean;
}

function count(
  { granted, used }: GroupBooks,
  [held = '', required]: readonly string[],
  tally: GrantTally,
  { task, isFolded = false }: Whose,
): void {
  const own = granted.find(held) ?? wildcardOver(held, granted);
  if (required === undefined) {
    // Else held by the delegator, or by somebody like it who is not told apart.
    if (!own && !granted.restFor(held)) at(granted, held, task, isFolded);
    return;
  }
  const target = own?.tally ?? granted.restFor(held) ?? at(granted, held, task, isFolded);
  target.addAll(tally);
  const use = at(used, required, task, isFolded);
  if ((own?.scope ?? held) === required) use.exact += tally.uses;
  else use.wide += tally.uses;
}

function at<Tally>(
  book: ScopeBook<Tally>,
  scope: string,
  task: number | undefined,
  isFolded: boolean,
): Tally {
  return isFolded ? book.restAt([scope]) : book.at([scope], task);
}

function wildcardOver(
  scope: string,
  granted: ScopeBook<GrantTally>,
): ReturnType<typeof granted.find> {
  const parts = parseScope(scope);
  return parts && granted.find(`${parts.action}:${parts.resource}:*`);
}
