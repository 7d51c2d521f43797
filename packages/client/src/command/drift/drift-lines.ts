// A drift report in → lines for people, the most important first, out.

import {
  type DeniedUse,
  type DriftFindings,
  type DriftGap,
  type DriftGroup,
  type DriftReport,
  findingsOf,
  groupFindings,
  groupsByWeight,
  groupTitle,
  type ScopeUse,
} from '@agentwrit/audit';
import { table } from '../table.js';
import { counted, distinct, distinctText, limited, timeText } from './drift-words.js';

// What is more fills the screen and is not read; `--json` has it all.
const MAX_ROWS = 40;
const MAX_LISTED = 3;

/** @param gaps what cannot be told */
export function driftLines(report: DriftReport, gaps: readonly DriftGap[]): readonly string[] {
  const groups = groupsByWeight(report.groups);
  const found = groups.filter((group) => !isWithoutFindings(group));
  const inOrder = groups.filter((group) => group.isComplete && isWithoutFindings(group));
  const isSure = gaps.every(({ hides }) => !hides.includes('unused'));
  return [
    summary(report),
    ...verdict(report, gaps, isSure),
    ...found.flatMap(groupLines),
    ...(inOrder.length > 0
      ? ['', `${isSure ? 'In order' : 'In order, as far as is known'}: ${namesOf(inOrder)}`]
      : []),
    ...unreachedLines(report),
    ...refusalLines(report),
    ...incompleteLines(report),
  ];
}

/** What was found, and what cannot be told. */
function verdict(
  report: DriftReport,
  gaps: readonly DriftGap[],
  isSure: boolean,
): readonly string[] {
  const found = findingsText(findingsOf(report));
  const texts = gaps.map(({ text }) => `Cannot be told: ${text}.`);
  if (found !== '') return [found, ...texts];
  const [nothing] = report.groups.length === 0 ? gaps : [];
  if (nothing) return [`Nothing to judge: ${nothing.text}.`, ...texts.slice(1)];
  return [
    isSure
      ? 'What was granted and what was used agree.'
      : 'Nothing was found, but not all is known.',
    ...texts,
  ];
}

/** `2 scopes unused, 1 route not reached`; nothing when nothing was found. */
export function findingsText(findings: Partial<DriftFindings>): string {
  const { unused = 0, wildcard = 0, denied = 0, unreached = 0 } = findings;
  return [
    ...(unused > 0 ? [`${counted(unused, 'scope')} granted and unused`] : []),
    ...(wildcard > 0 ? [`${counted(wildcard, 'wildcard')} wider than needed`] : []),
    ...(denied > 0 ? [`${counted(denied, 'scope')} needed and denied`] : []),
    ...(unreached > 0 ? [`${counted(unreached, 'route')} not reached`] : []),
  ].join(', ');
}

function summary({ decisions, grants, first, last }: DriftReport): string {
  const { allowed, anonymous, refused } = decisions;
  const requests = `${counted(allowed + anonymous + refused, 'request')}, ${refused} refused`;
  const given = grants > 0 ? `; ${counted(grants, 'grant')}` : '';
  const period = first === null || last === null ? '' : `; ${timeText(first)} to ${timeText(last)}`;
  return requests + given + period;
}

function namesOf(groups: readonly DriftGroup[]): string {
  return limited(groups.map(nameOf), MAX_ROWS);
}

function nameOf(group: DriftGroup): string {
  return `${groupTitle(group)}${group.app === null ? '' : ` of ${group.app}`}`;
}

/** Whether nothing is wrong with it; what cannot be told of it is said elsewhere. */
function isWithoutFindings(group: DriftGroup): boolean {
  const { unused, wildcard, denied } = groupFindings(group);
  return unused + wildcard + denied === 0;
}

function groupLines(group: DriftGroup): readonly string[] {
  const { tasks, agents, idleAgents, allowed, refused, suggestion, scopes, denied } = group;
  const known = new Set(scopes.map(({ scope }) => scope));
  const wanted = suggestion.perTask ?? suggestion.scopes;
  const added = suggestion.isNarrower ? wanted.filter((scope) => !known.has(scope)) : [];
  const rows = [
    ...scopes.flatMap((use): string[][] => {
      const isDropped = suggestion.drops.includes(use.scope);
      if (use.finding === null && !isDropped) return [];
      const change = isDropped && use.finding !== 'wildcard' ? 'drop' : 'narrow';
      return [[change, use.scope, reasonOf(use)]];
    }),
    ...added.map((scope) => ['instead', scope, '']),
    ...denied.map((use) => ['denied', use.scopes.join(' or '), denialOf(use)]),
  ];
  const isWhole =
    suggestion.perTask === null ? suggestion.isComplete : suggestion.isPerTaskComplete;
  const idle = idleAgents > 0 ? ` (${idleAgents} never seen)` : '';
  return [
    '',
    nameOf(group),
    `${distinct(tasks, 'task')}, ${distinct(agents, 'agent')}${idle}, ${allowed} allowed, ${refused} refused`,
    ...indented(table(['change', 'scope', 'why'], rows.slice(0, MAX_ROWS))),
    ...(rows.length > MAX_ROWS ? [`  and ${rows.length - MAX_ROWS} more`] : []),
    ...(isWhole ? [] : ['  More was used than could be told apart: the list may lack some of it.']),
  ];
}

function reasonOf({ finding, covered, ...use }: ScopeUse): string {
  const { coveredIdentifiers, usedIdentifiers, grantedIdentifiers, isTemplate } = use;
  if (finding === 'wildcard') {
    return `used for ${distinct(coveredIdentifiers, 'identifier')}: ${limited(covered, MAX_LISTED)}`;
  }
  if (finding === 'unused' && !isTemplate) return 'never used';
  return `${distinctText(usedIdentifiers)} of ${distinct(grantedIdentifiers, 'identifier')} used`;
}

function denialOf({ count, delegated, agents, routes, last, lastRequestId }: DeniedUse): string {
  const parts = [
    `refused ${counted(count, 'time')}${delegated > 0 ? `, ${delegated} of them delegated` : ''}`,
    distinct(agents, 'agent'),
    ...(routes.length > 0 ? [`at ${limited(routes, MAX_LISTED)}`] : []),
    ...(last === null ? [] : [`last ${timeText(last)}`]),
    ...(lastRequestId === null ? [] : [`request ${lastRequestId}`]),
  ];
  return parts.join(', ');
}

function unreachedLines({ unreached, hasRouteList }: DriftReport): readonly string[] {
  if (unreached.length === 0) return [];
  const rows = unreached.map(({ method, path, refused }) => [
    method,
    path,
    refused > 0 ? `refused ${counted(refused, 'time')}` : 'never asked for',
  ]);
  return [
    '',
    hasRouteList
      ? 'Routes where nobody was let in'
      : 'Routes where nobody was let in, as far as seen',
    ...indented(table(['method', 'path', ''], rows.slice(0, MAX_ROWS))),
    ...(rows.length > MAX_ROWS ? [`  and ${rows.length - MAX_ROWS} more`] : []),
  ];
}

function refusalLines({ refusals }: DriftReport): readonly string[] {
  const others = refusals.filter(({ reason }) => reason !== 'insufficient_scope');
  if (others.length === 0) return [];
  const texts = others.map(({ reason, count }) => `${reason} ${count}`);
  return ['', `Refused for other reasons: ${texts.join(', ')}`];
}

function incompleteLines({ folded, unreadGrants }: DriftReport): readonly string[] {
  const { identifiers, ...others } = folded;
  const kinds = Object.entries(others).flatMap(([kind, count]) => (count > 0 ? [kind] : []));
  const what = kinds.join(', ');
  return [
    ...(identifiers > 0
      ? [
          '',
          'Of scopes that differ only in an identifier some are told apart; uses are all counted.',
        ]
      : []),
    ...(kinds.length > 0
      ? ['', `Too many to be told apart (${what}): what was too much is counted together.`]
      : []),
    ...(unreadGrants > 0
      ? ['', `Of ${counted(unreadGrants, 'grant')} the log of the broker does not show all scopes.`]
      : []),
  ];
}

function indented(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `  ${line}`);
}
