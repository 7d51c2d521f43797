// What a group was granted and what it used in → the narrowest list of scopes that would have done, out.

import { parseScope, scopeIsSubset } from '@agentwrit/protocol';
import type { GroupBooks } from './delegated-use.js';
import type { ScopeUse, Suggestion } from './report.js';
import { differsPerTask, type ScopeFamily } from './scope-family.js';
import { compareTexts } from './text-order.js';
import { isWildcard, OTHER_SCOPES, templateOf } from './scope-template.js';
import type { GrantTally, UseTally } from './tallies.js';

/** @param lines the group's granted scopes, as reported */
export function suggest(
  group: GroupBooks,
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
  const drops = lines
    .filter(({ scope, isTemplate, uses }) => {
      // What was used as it is stays, though it may be folded and nobody can say which of a kind it was.
      if (uses > 0 && !isWildcard(scope)) return false;
      // A template stays where some of its kind do.
      return !(isTemplate ? keptKinds : keptScopes).has(scope);
    })
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
function hasLost({ used, granted }: GroupBooks): boolean {
  const others = used.families.find(({ template }) => template === OTHER_SCOPES)?.rest;
  // What a wildcard covered is missed by the wildcard, unless that is lost, too.
  return others !== undefined && (others.exact > 0 || granted.foldedScopes > 0);
}

/** What was used of one action on one resource. */
interface Kind {
  readonly wildcard: string;
  readonly families: ScopeFamily<UseTally>[];
  /** Granted as they are, and used: though the book of what was needed may have had no room for them. */
  readonly exact: readonly ScopeFamily<GrantTally>[];
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

function suggestForKind(
  { wildcard, families, exact, wildcardUses }: Kind,
  maxIdentifiers: number,
): Part {
  const own = families.filter((family) => differsPerTask(family));
  const common = families.filter((family) => !own.includes(family));
  // What was needed and has no place in the list, because it could not be told apart.
  const isLost = wideUsesOf(families, wildcard) < wildcardUses;
  const listed = (
    found: readonly ScopeFamily<UseTally>[],
    granted: readonly string[],
  ): readonly string[] => {
    const needed = found.flatMap(({ entries }) => entries.map(({ scope }) => scope));
    const scopes = [...new Set([...needed, ...granted])];
    const isMore = found.some(({ rest }) => rest !== undefined && rest.wide > 0);
    const isLong = wildcardUses > 0 && scopes.length > maxIdentifiers;
    const isWide = isLost || isMore || isLong || scopes.includes(wildcard);
    return isWide ? [wildcard, ...granted.filter((scope) => scope !== wildcard)] : scopes;
  };
  const isComplete = (list: readonly string[], found: readonly ScopeFamily<UseTally>[]): boolean =>
    list.includes(wildcard) || found.every(({ rest }) => rest === undefined || rest.exact === 0);
  const ownKinds = new Set(own.map(({ template }) => template));
  const ofAll = exact.filter(({ template }) => !ownKinds.has(template));
  const scopes = listed(families, usedOf(exact));
  const forAll = listed(common, usedOf(ofAll));
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

interface MutableKind extends Kind {
  readonly exact: ScopeFamily<GrantTally>[];
}

function usedOf(families: readonly ScopeFamily<GrantTally>[]): readonly string[] {
  return families.flatMap(({ entries }) =>
    entries.filter(({ tally }) => tally.uses > 0).map(({ scope }) => scope),
  );
}

function kindsOf({ used, granted }: GroupBooks): readonly Kind[] {
  const kinds = new Map<string, MutableKind>();
  const kindOf = (wildcard: string): MutableKind => {
    const known = kinds.get(wildcard);
    if (known !== undefined) return known;
    const wildcardUses = granted.find(wildcard)?.tally.uses ?? 0;
    const kind: MutableKind = { wildcard, families: [], exact: [], wildcardUses };
    kinds.set(wildcard, kind);
    return kind;
  };
  for (const family of used.families) {
    const parts = parseScope(family.template);
    if (parts !== undefined) kindOf(`${parts.action}:${parts.resource}:*`).families.push(family);
  }
  // Of these it may be that nothing they covered has an entry.
  for (const family of granted.families) {
    if (!family.entries.some(({ tally }) => tally.uses > 0)) continue;
    const parts = parseScope(family.template);
    if (parts?.identifier === '*') kindOf(family.template);
    else if (parts) kindOf(`${parts.action}:${parts.resource}:*`).exact.push(family);
  }
  return [...kinds.values()].toSorted((one, other) => compareTexts(one.wildcard, other.wildcard));
}
