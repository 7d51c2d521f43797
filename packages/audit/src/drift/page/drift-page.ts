// A drift report in → one page of HTML that needs nothing else, for people, out.

import { groupsByWeight, type DriftFindings, findingsOf, groupFindings } from '../findings.js';
import type { DriftGroup, DriftReport } from '../report.js';
import { type DriftGap, gapsOf } from '../gaps.js';
import { groupCard, titleElement } from './group-card.js';
import { html, Markup } from './markup.js';
import { routeSection } from './route-table.js';
import { STYLE } from './style.js';
import { countText, numberText, periodElement } from './words.js';

// Nothing is loaded and nothing runs, whatever got into the page.
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/**
 * Draws a report as one page: no script, nothing from the network, light and dark, for screen and paper. All text
 * of the report is escaped; characters that nobody would see are written as `\u{…}`.
 *
 * @param unreadLines of what was given, how many could not be read
 * @example
 * await writeFile('drift.html', renderDriftPage(meter.report()));
 */
export function renderDriftPage(report: DriftReport, unreadLines = 0): string {
  const gaps = gapsOf(report, unreadLines);
  const groups = groupsByWeight(report.groups);
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>Scope drift</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
<main>
<header>
<h1>Scope drift</h1>
<p class="quiet">${report.first === null ? 'nothing was recorded' : html`${periodElement(report.first, report.last)}, UTC`}</p>
${headline(report, gaps)}
</header>
${incompleteNote(report, gaps)}
${groups.length > 2 ? contents(groups) : undefined}
${groups.map((group, index) => groupCard(group, index + 1, report))}
${report.routes.length + report.unreached.length > 0 ? routeSection(report) : undefined}
${refusalSection(report)}
</main>
<footer><p>Granted: in the token of a request, or given by the broker. Used: it let a request in. Denied: a request needed it, and was refused with 403. <code>{id}</code> and <code>*</code> in a task stand for what differs.</p></footer>
</body>
</html>
`;
  return page.toString();
}

function headline(report: DriftReport, gaps: readonly DriftGap[]): Markup {
  const findings = findingsOf(report);
  const { allowed, anonymous, refused } = report.decisions;
  return html`<p class="lead">${sentence(findings, report, gaps)}</p>
<ul class="tiles">
<li class="use"><b>${numberText(allowed + anonymous + refused)}</b>${allowed + anonymous + refused === 1 ? 'request' : 'requests'}, ${numberText(refused)} refused</li>
${tile(findings.unused, 'warn', 'granted, unused')}
${tile(findings.wildcard, 'wide', 'wider than needed')}
${tile(findings.denied, 'deny', 'needed, denied')}
${tile(findings.unreached, 'warn', findings.unreached === 1 ? 'route not reached' : 'routes not reached')}
</ul>`;
}

function tile(count: number, kind: string, text: string): Markup {
  return html`<li class="${count === 0 ? 'good' : kind}"><b>${numberText(count)}</b>${text}</li>`;
}

function sentence(
  { unused, wildcard, denied }: DriftFindings,
  report: DriftReport,
  gaps: readonly DriftGap[],
): string {
  if (unused + wildcard + denied === 0) {
    const { allowed, anonymous, refused } = report.decisions;
    if (allowed + anonymous + refused === 0) {
      return 'Nothing to judge: there was no decision in what was given.';
    }
    if (report.groups.length === 0) return 'No request came with a token that was good.';
    const isSure = gaps.every(({ hides }) => !hides.includes('unused'));
    return isSure
      ? 'What was granted and what was used agree.'
      : 'Nothing was found, but not all can be told.';
  }
  const parts = [
    ...(unused > 0
      ? [`${countText(unused, 'scope was', 'scopes were')} granted and not used`]
      : []),
    ...(wildcard > 0
      ? [`${countText(wildcard, 'wildcard is', 'wildcards are')} wider than needed`]
      : []),
    ...(denied > 0 ? [`${countText(denied, 'scope was', 'scopes were')} needed and denied`] : []),
  ];
  return `In ${countText(report.groups.length, 'group')} of tasks, ${parts.join('; ')}.`;
}

function incompleteNote(report: DriftReport, gaps: readonly DriftGap[]): Markup {
  const { isComplete, folded, unreadGrants } = report;
  const { patterns, scopes, identifiers, routes, apps } = folded;
  const kinds = [
    ...(patterns > 0 ? ['groups of tasks'] : []),
    ...(scopes > 0 ? ['kinds of scopes'] : []),
    ...(routes > 0 ? ['routes'] : []),
    ...(apps > 0 ? ['agents with a known app'] : []),
  ];
  return html`${kinds.length > 0 ? html`<p class="note">There was more than is told apart here: ${kinds.join(', ')}. What was too much is counted together; sums are right.</p>` : undefined}
${!isComplete && identifiers > 0 ? html`<p class="quiet">Of scopes that differ only in an identifier some are told apart; their counts say “at least”. Uses are counted in full.</p>` : undefined}
${gaps.map(({ text }) => html`<p class="note">Cannot be told: ${text}.</p>`)}
${unreadGrants > 0 ? html`<p class="note">Of ${countText(unreadGrants, 'grant')} the log of the broker does not show all scopes.</p>` : undefined}`;
}

function contents(groups: readonly DriftGroup[]): Markup {
  return html`<nav class="card" aria-label="Groups"><ol>${groups.map((group, index) => {
    const { unused, wildcard, denied } = groupFindings(group);
    const isFine = unused + wildcard + denied === 0 && group.isComplete;
    return html`<li><a href="#group-${index + 1}">${titleElement(group)}</a>${group.app === null ? undefined : html`<span class="tag app">app: <bdi>${group.app}</bdi></span>`}${tag(unused, 'warn', 'unused')}${tag(wildcard, 'wide', 'too wide')}${tag(denied, 'deny', 'denied')}${isFine ? html`<span class="tag good">in order</span>` : undefined}${group.isComplete ? undefined : html`<span class="tag wide">not all told apart</span>`}</li>`;
  })}</ol></nav>`;
}

function tag(count: number, kind: string, text: string): Markup | undefined {
  return count > 0
    ? html`<span class="tag ${kind}">${numberText(count)} ${text}</span>`
    : undefined;
}

function refusalSection({ refusals }: DriftReport): Markup | undefined {
  if (refusals.length === 0) return undefined;
  return html`<section class="card" aria-labelledby="refusals"><header><h2 id="refusals">All refusals</h2></header>
<table class="rows"><thead><tr><th scope="col">Reason</th><th scope="col">Refused</th><th scope="col">When</th></tr></thead>
<tbody>${refusals.map(({ reason, count, first, last }) => html`<tr><th scope="row"><code>${reason}</code></th><td data-label="Refused"><span class="figure">${numberText(count)}</span></td><td class="quiet" data-label="When">${periodElement(first, last)}</td></tr>`)}</tbody></table></section>`;
}
