// What a group was granted and what it used in → the narrowest list of scopes that would have done, out.

import { parseScope, scopeIsSubset } from '@agentwrit/protocol';
import type { GroupTally } from './group-tally.js';
import type { ScopeUse, Suggestion } from './report.js';
import {
  compareTexts,
  differsPerTask,
  OTHER_SCOPES,
  type ScopeFamily,
  templateOf,
} from './scope-book.js';
import type { UseTally } from './tallies.js';

/** @param lines the group's granted scopes, as reported */
export function suggest(
  group: GroupTally,
  lines: readonly ScopeUse[],
  maxIdentifiers: number,
): Suggestion {
  const parts = kindsOf(group).map((kind) => suggestForKind(kind, maxIdentifiers));
  const scopes = parts.flatMap((part) => part.scopes).toSorted(compareTexts);
  const perTask = parts.flatMap((part) => part.perTask).toSorted(compareTexts);
  const granted = Array.from(group.granted.entries, ({ scope }) => scope);
  const differs = parts.some((part) => part.differs);
  const kept = differs ? perTask : scopes;
  const keptScopes = new Set(kept);
  const keptKinds = new Set(kept.map(templateOf));
  // A template stays where some of its kind do.
  const drops = lines
    .filter(({ scope, isTemplate }) => !(isTemplate ? keptKinds : keptScopes).has(scope))
    .map(({ scope }) => scope);
  return {
    scopes,
    perTask: differs ? perTask : null,
    drops,
    isNarrower: drops.length > 0 || !scopeIsSubset(granted, scopes),
    isComplete: parts.every((part) => part.isComplete) && !hasLost(group),
    isPerTaskComplete: parts.every((part) => part.isPerTaskComplete) && !hasLost(group),
  };
}

/** Whether something was used of which not even the kind is known. */
function hasLost({ used, granted }: GroupTally): boolean {
  const others = used.families.find(({ template }) => template === OTHER_SCOPES)?.rest;
  // What a wildcard covered is missed by the wildcard, unless that is lost, too.
  return others !== undefined && (others.exact > 0 || granted.foldedScopes > 0);
}

/** What was used of one action on one resource. */
interface Kind {
  readonly wildcard: string;
  readonly families: ScopeFamily<UseTally>[];
  /** Requests that were let in by the wildcard. */
  readonly wildcardUses: number;
}

interface Part {
  readonly scopes: readonly string[];
  readonly perTask: readonly string[];
  /** Whether tasks differ in what they need. */
  readonly differs: boolean;
  readonly isComplete: boolean;
  readonly isPerTaskComplete: boolean;
}

function suggestForKind({ wildcard, families, wildcardUses }: Kind, maxIdentifiers: number): Part {
  const own = families.filter((family) => differsPerTask(family));
  const common = families.filter((family) => !own.includes(family));
  // What was needed and has no place in the list, because it could not be told apart.
  const isLost = wideUsesOf(families, wildcard) < wildcardUses;
  const listed = (found: readonly ScopeFamily<UseTally>[]): readonly string[] => {
    const scopes = found.flatMap(({ entries }) => entries.map(({ scope }) => scope));
    const isMore = found.some(({ rest }) => rest !== undefined && rest.wide > 0);
    const isLong = wildcardUses > 0 && scopes.length > maxIdentifiers;
    return isLost || isMore || isLong || scopes.includes(wildcard) ? [wildcard] : scopes;
  };
  const isComplete = (list: readonly string[], found: readonly ScopeFamily<UseTally>[]): boolean =>
    list.includes(wildcard) || found.every(({ rest }) => rest === undefined || rest.exact === 0);
  const scopes = listed(families);
  const forAll = listed(common);
  const isWideForAll = forAll.includes(wildcard);
  return {
    scopes,
    perTask: isWideForAll ? forAll : [...own.map(({ template }) => template), ...forAll],
    differs: own.length > 0 && !isWideForAll,
    isComplete: isComplete(scopes, families),
    isPerTaskComplete: isComplete(forAll, common),
  };
}

/** Requests let in by the wildcard of which it is known what for. */
export function wideUsesOf(families: readonly ScopeFamily<UseTally>[], wildcard: string): number {
  let uses = 0;
  for (const { entries, rest } of families) {
    for (const { scope, tally } of entries) uses += scope === wildcard ? tally.exact : tally.wide;
    uses += rest?.wide ?? 0;
  }
  return uses;
}

function kindsOf({ used, granted }: GroupTally): readonly Kind[] {
  const kinds = new Map<string, Kind>();
  const kindOf = (wildcard: string): Kind => {
    const known = kinds.get(wildcard);
    if (known !== undefined) return known;
    const wildcardUses = granted.find(wildcard)?.tally.uses ?? 0;
    const kind: Kind = { wildcard, families: [], wildcardUses };
    kinds.set(wildcard, kind);
    return kind;
  };
  for (const family of used.families) {
    const parts = parseScope(family.template);
    if (parts !== undefined) kindOf(`${parts.action}:${parts.resource}:*`).families.push(family);
  }
  // Of these it may be that nothing they covered has an entry.
  for (const { scope, tally } of granted.entries) {
    if (tally.uses > 0 && parseScope(scope)?.identifier === '*') kindOf(scope);
  }
  return [...kinds.values()].toSorted((one, other) => compareTexts(one.wildcard, other.wildcard));
}
