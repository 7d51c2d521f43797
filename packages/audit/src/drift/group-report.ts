// What is remembered of a group in → its part of the report out.

import { type GroupBooks, withDelegates } from './delegated-use.js';
import type { GroupTally } from './group-tally.js';
import type { Distinct, DriftGroup, ScopeFinding, ScopeUse, DeniedUse } from './report.js';
import { differsPerTask, type ScopeEntry, type ScopeFamily } from './scope-family.js';
import { compareTexts } from './text-order.js';
import { isWildcard, OTHER_SCOPES } from './scope-template.js';
import { suggest, wideUsesOf } from './suggestion.js';
import { DenialTally, GrantTally, type UseTally } from './tallies.js';

export function reportGroup(group: GroupTally, maxIdentifiers: number): DriftGroup {
  const books = withDelegates(group);
  const scopes = scopeUsesOf(books, maxIdentifiers);
  return {
    ...group.name,
    isOthers: group.isOthers,
    isComplete: !group.isFolded && !hidesFindings(books),
    tasks: group.tasks.count,
    taskExamples: group.taskExamples.sorted,
    agents: group.agents,
    idleAgents: group.idleAgents,
    allowed: group.allowed,
    refused: group.refused,
    ...group.span.ends,
    refusals: group.refusals.list,
    scopes,
    denied: deniedUsesOf(group, maxIdentifiers),
    suggestion: suggest(books, scopes, maxIdentifiers),
  };
}

/** Whether something was used of which it is not known what: another that was folded with it may be unused. */
function hidesFindings({ granted, used }: GroupBooks): boolean {
  const folded = granted.families.filter((family) => family.isFolded);
  const isUsed = folded.some(({ rest }) => (rest?.uses ?? 0) > 0);
  // Of a known kind there are then more identifiers than a list should have.
  const others = used.families.find(({ template }) => template === OTHER_SCOPES);
  return isUsed || (others?.rest?.wide ?? 0) > 0;
}

/** Whether many of a kind are one line. */
export function isFolded(family: ScopeFamily<unknown>, maxIdentifiers: number): boolean {
  return (
    family.rest !== undefined || family.entries.length > maxIdentifiers || differsPerTask(family)
  );
}

function scopeUsesOf(group: GroupBooks, maxIdentifiers: number): readonly ScopeUse[] {
  return group.granted.families
    .flatMap((family) => {
      if (isFolded(family, maxIdentifiers)) return [templateUse(family)];
      return family.entries.map((entry) => scopeUse(entry, group, maxIdentifiers));
    })
    .toSorted((one, other) => compareTexts(one.scope, other.scope));
}

const ONE: Distinct = { count: 1, isExact: true };
const NONE: Distinct = { count: 0, isExact: true };

function scopeUse(
  { scope, tally }: ScopeEntry<GrantTally>,
  { used }: GroupBooks,
  maxIdentifiers: number,
): ScopeUse {
  const covered = isWildcard(scope)
    ? coveredBy(scope, used.families, tally, maxIdentifiers)
    : undefined;
  const isUsed = tally.uses > 0;
  let finding: ScopeFinding | null = isUsed ? null : 'unused';
  if (isUsed && covered?.isReplaceable === true) finding = 'wildcard';
  return {
    scope,
    isTemplate: false,
    uses: tally.uses,
    ...tally.span.ends,
    grantedIdentifiers: ONE,
    usedIdentifiers: isUsed ? ONE : NONE,
    covered: covered?.lines ?? [],
    coveredIdentifiers: covered?.identifiers ?? NONE,
    finding,
  };
}

function templateUse(family: ScopeFamily<GrantTally>): ScopeUse {
  const { template, entries, rest } = family;
  const used = entries.filter(({ tally }) => tally.uses > 0).length;
  const all = new GrantTally();
  for (const { tally } of entries) all.addAll(tally);
  if (rest) all.addAll(rest);
  const isExact = rest === undefined;
  let finding: ScopeFinding | null = null;
  if (all.uses === 0) finding = 'unused';
  // Not every task comes to the point where it needs its order; where most do not, they need not have it. Of
  // identifiers that all tasks share, each counts. Where there are too many to tell apart, those that are told apart
  // are a sample of all.
  else if (used < entries.length * (differsPerTask(family) ? 0.5 : 1)) finding = 'partly_unused';
  return {
    scope: template,
    isTemplate: true,
    uses: all.uses,
    ...all.span.ends,
    grantedIdentifiers: { count: entries.length, isExact },
    usedIdentifiers: { count: used, isExact },
    covered: [],
    coveredIdentifiers: NONE,
    finding,
  };
}

interface Covered {
  readonly lines: readonly string[];
  readonly identifiers: Distinct;
  /** A short list would do, or each task could have its own. */
  readonly isReplaceable: boolean;
}

function coveredBy(
  wildcard: string,
  families: readonly ScopeFamily<UseTally>[],
  { uses }: GrantTally,
  maxIdentifiers: number,
): Covered {
  const prefix = wildcard.slice(0, -1);
  const kind = families.filter(({ template }) => template.startsWith(prefix));
  const lines: string[] = [];
  let identifiers = 0;
  let listed = 0;
  let isExact = wideUsesOf(kind, wildcard) === uses;
  let isReplaceable = isExact;
  for (const family of kind) {
    const wide = family.entries.filter(({ tally }) => tally.wide > 0);
    const isMore = (family.rest?.wide ?? 0) > 0;
    // Needed as what it is: a route asks for `read:data:*` itself.
    if (family.template === wildcard) isReplaceable = false;
    if (isMore) isExact = false;
    identifiers += wide.length;
    if (differsPerTask(family) && wide.length > 0) lines.push(family.template);
    else {
      listed += wide.length;
      if (isMore) isReplaceable = false;
      lines.push(...wide.map(({ scope }) => scope));
    }
  }
  return {
    lines: lines.toSorted(compareTexts).slice(0, maxIdentifiers),
    identifiers: { count: identifiers, isExact },
    isReplaceable: isReplaceable && listed <= maxIdentifiers,
  };
}

function deniedUsesOf({ denied }: GroupTally, maxIdentifiers: number): readonly DeniedUse[] {
  return denied.families
    .flatMap((family) => {
      const { template, templates, entries, rest } = family;
      if (!isFolded(family, maxIdentifiers)) {
        return entries.map(({ scopes, tally }) => deniedUse(scopes, tally, ONE, false));
      }
      const all = new DenialTally();
      for (const { tally } of entries) all.addAll(tally);
      if (rest) all.addAll(rest);
      const identifiers = { count: entries.length, isExact: rest === undefined };
      return [deniedUse(templates, all, identifiers, template !== OTHER_SCOPES)];
    })
    .toSorted(
      (one, other) =>
        other.count - one.count ||
        compareTexts(JSON.stringify(one.scopes), JSON.stringify(other.scopes)),
    );
}

function deniedUse(
  scopes: readonly string[],
  { count, delegated, agents, routes, lastRequestId, span, timeline }: DenialTally,
  identifiers: Distinct,
  isTemplate: boolean,
): DeniedUse {
  return {
    scopes,
    isTemplate,
    identifiers,
    count,
    delegated,
    agents: agents.count,
    routes: routes.sorted,
    lastRequestId: lastRequestId ?? null,
    ...span.ends,
    timeline: timeline.timeline,
  };
}
