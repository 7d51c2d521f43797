// A report in → how many findings of each kind it has, out.

import type { DriftGroup, DriftReport, GroupName } from './report.js';

/** What a report can find, in the order of weight. */
export const DRIFT_FINDINGS = ['unused', 'wildcard', 'denied', 'unreached'] as const;

export type DriftFinding = (typeof DRIFT_FINDINGS)[number];

/** Scopes granted and not used, wildcards that are too wide, scopes needed and denied, routes nobody reached. */
export type DriftFindings = Readonly<Record<DriftFinding, number>>;

/** How many there are of each. */
export function findingsOf({ groups, unreached }: DriftReport): DriftFindings {
  const total = { unused: 0, wildcard: 0, denied: 0, unreached: unreached.length };
  for (const group of groups) {
    const { unused, wildcard, denied } = groupFindings(group);
    total.unused += unused;
    total.wildcard += wildcard;
    total.denied += denied;
  }
  return total;
}

/** The same for one group; a route belongs to none. */
export function groupFindings({ scopes, denied }: DriftGroup): Omit<DriftFindings, 'unreached'> {
  const wildcard = scopes.filter(({ finding }) => finding === 'wildcard').length;
  const found = scopes.filter(({ finding }) => finding !== null).length;
  return { unused: found - wildcard, wildcard, denied: denied.length };
}

/** Those with most findings first. */
export function groupsByWeight(groups: readonly DriftGroup[]): readonly DriftGroup[] {
  return groups.toSorted((one, other) => weightOf(other) - weightOf(one));
}

/** What a group is called: `order-worker / process-ord-*`. */
export function groupTitle({ orchestrator, taskPattern, isOthers }: TitledGroup): string {
  if (isOthers) return 'all other groups';
  return `${orchestrator ?? 'unknown orchestrator'} / ${taskPattern ?? 'unknown task'}`;
}

type TitledGroup = Pick<GroupName, 'orchestrator' | 'taskPattern'> & Pick<DriftGroup, 'isOthers'>;

function weightOf(group: DriftGroup): number {
  const { unused, wildcard, denied } = groupFindings(group);
  return unused + wildcard + denied;
}
