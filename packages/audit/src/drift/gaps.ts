// A report in → what it cannot tell, and which findings may be missing for that, out.

import { groupTitle } from './group-title.js';
import { DRIFT_FINDINGS, type DriftFinding, type DriftReport } from './report.js';

/** Something that is not known. */
export interface DriftGap {
  /** For people. */
  readonly text: string;
  /** Findings there may be, and nobody would know. */
  readonly hides: readonly DriftFinding[];
}

const ALL = DRIFT_FINDINGS.filter((finding) => finding !== 'incomplete');

const MAX_TITLES = 3;

/**
 * What a report cannot tell. Without gaps, a report that finds nothing means that there is nothing to find.
 *
 * @param unreadLines of what was given, how many could not be read
 */
export function gapsOf(report: DriftReport, unreadLines = 0): readonly DriftGap[] {
  const { groups, lostDecisions, folded, decisions } = report;
  const total = decisions.allowed + decisions.anonymous + decisions.refused;
  const judged = groups.reduce((sum, { allowed, refused }) => sum + allowed + refused, 0);
  const vague = groups.filter(({ isComplete }) => !isComplete);
  const gaps: DriftGap[] = [];
  const add = (text: string, hides: readonly DriftFinding[]): void =>
    void gaps.push({ text, hides });
  if (total === 0) add('no decision in what was given', ALL);
  else if (judged === 0) add('no request with a good token in what was given', ALL);
  if (unreadLines > 0) add(`${counted(unreadLines, 'line')} that cannot be read`, ALL);
  if (lostDecisions > 0) {
    add(`${counted(lostDecisions, 'decision')} that the audit files say they have lost`, ALL);
  }
  if (vague.length > 0) {
    const titles = vague.slice(0, MAX_TITLES).map(groupTitle);
    const more = vague.length - titles.length;
    const names = titles.join(', ') + (more > 0 ? ` and ${more} more` : '');
    add(`which scopes were unused, or too wide, where too many came together: ${names}`, [
      'unused',
      'wildcard',
    ]);
  }
  if (folded.routes > 0 && !report.hasRouteList) {
    add('which routes nobody reached: there were too many', ['unreached']);
  }
  return gaps;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
