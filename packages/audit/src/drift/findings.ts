// A report in → how many findings of each kind it has, out.

import { gapsOf } from './gaps.js';
import type { DriftFinding, DriftGroup, DriftReport } from './report.js';

/**
 * Scopes granted and not used, wildcards that are too wide, scopes needed and denied, routes nobody reached, and
 * things that cannot be told.
 */
export type DriftFindings = Readonly<Record<DriftFinding, number>>;

/** How many there are of each. */
export function findingsOf(report: DriftReport): DriftFindings {
  const { groups, unreached } = report;
  const incomplete = gapsOf(report).length;
  const total = { unused: 0, wildcard: 0, denied: 0, unreached: unreached.length, incomplete };
  for (const group of groups) {
    const { unused, wildcard, denied } = groupFindings(group);
    total.unused += unused;
    total.wildcard += wildcard;
    total.denied += denied;
  }
  return total;
}

/** The same for one group; a route belongs to none. */
export function groupFindings({
  scopes,
  denied,
}: DriftGroup): Omit<DriftFindings, 'unreached' | 'incomplete'> {
  const wildcard = scopes.filter(({ finding }) => finding === 'wildcard').length;
  const found = scopes.filter(({ finding }) => finding !== null).length;
  return { unused: found - wildcard, wildcard, denied: denied.length };
}

/** Those with most findings first. */
export function groupsByWeight(groups: readonly DriftGroup[]): readonly DriftGroup[] {
  return groups.toSorted((one, other) => weightOf(other) - weightOf(one));
}

function weightOf(group: DriftGroup): number {
  const { unused, wildcard, denied } = groupFindings(group);
  return unused + wildcard + denied;
}
