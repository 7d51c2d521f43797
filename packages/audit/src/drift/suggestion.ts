// What a group was granted and what it used in → the narrowest list of scopes that would have done, out.

import { parseScope, scopeIsSubset } from '@agentwrit/protocol';
import type { GroupTally } from './group-tally.js';
import type { ScopeUse, Suggestion } from './report.js';
import {
  compareTexts,
  differsPerTask,
  OTHER_SCOPES,
  type ScopeEntry,
  type ScopeFamily,
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
  const kept = new Set([...scopes, ...perTask]);
  const differs = parts.some((part) => part.differs);
  const drops = lines.map(({ scope }) => scope).filter((scope) => !kept.has(scope));
  return {
    scopes,
    perTask: differs ? perTask : null,
    drops,
    isNarrower: !scopeIsSubset(granted, scopes),
    isComplete: parts.every((part) => part.isWide || part.isComplete) && !hasLost(group),
  };
}

/** Whether something was used of which not even the kind is known. */
function hasLost({ used, granted }: GroupTally): boolean {
  const others = used.families.find(({ template }) => template === OTHER_SCOPES)?.rest;
  // What a wildcard covered is missed by the wildcard, unless that is lost, too.
  return others !== undefined && (others.exact > 0 || granted.folded > 0);
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
  readonly isWide: boolean;
  readonly isComplete: boolean;
}

function suggestForKind({ wildcard, families, wildcardUses }: Kind, maxIdentifiers: number): Part {
  const entries = families.flatMap((family) => family.entries);
  const known = entries.reduce(
    (sum, { scope, tally }) => sum + (scope === wildcard ? tally.exact : tally.wide),
    0,
  );
  // Some that it covered could not be told apart, or it was needed as it is: nothing less would do.
  const isNeeded =
    known < wildcardUses ||
    families.some(({ rest }) => rest !== undefined && rest.wide > 0) ||
    entries.some(({ scope }) => scope === wildcard);
  const isComplete = families.every(({ rest }) => rest === undefined || rest.exact === 0);
  if (isNeeded) {
    const only = [wildcard];
    return { scopes: only, perTask: only, differs: false, isWide: true, isComplete };
  }
  const own = families.filter((family) => differsPerTask(family));
  const common = families.filter((family) => !own.includes(family)).flatMap(entriesOf);
  const list = (found: readonly ScopeEntry<UseTally>[]): readonly string[] =>
    wildcardUses > 0 && found.length > maxIdentifiers
      ? [wildcard]
      : found.map(({ scope }) => scope);
  const listed = list(common);
  const isWide = listed.includes(wildcard);
  return {
    scopes: list(entries),
    perTask: isWide ? listed : [...own.map(({ template }) => template), ...listed],
    differs: own.length > 0 && !isWide,
    isWide: list(entries).includes(wildcard),
    isComplete,
  };
}

function entriesOf<Tally>({ entries }: ScopeFamily<Tally>): readonly ScopeEntry<Tally>[] {
  return entries;
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
