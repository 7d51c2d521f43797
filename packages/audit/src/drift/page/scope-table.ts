// The granted scopes of a group in → a table of how they were used, with a bar each, out.

import type { DriftGroup, ScopeFinding, ScopeUse } from '../report.js';
import { html, type Markup } from './markup.js';
import { countText, distinctCount, distinctText, numberText, timeElement } from './words.js';

const MAX_ROWS = 60;

const FINDING_ORDER: readonly (ScopeFinding | null)[] = [
  'unused',
  'partly_unused',
  'wildcard',
  null,
];

/** What to mend first, then the most used. */
export function scopeTable({ scopes }: DriftGroup): Markup {
  const most = Math.max(1, ...scopes.map(({ uses }) => uses));
  const sorted = scopes.toSorted(
    (one, other) =>
      FINDING_ORDER.indexOf(one.finding) - FINDING_ORDER.indexOf(other.finding) ||
      other.uses - one.uses,
  );
  return html`<table class="rows">
<thead><tr><th scope="col">Scope</th><th scope="col">Uses</th><th scope="col">Last used</th></tr></thead>
<tbody>${sorted.slice(0, MAX_ROWS).map((use) => row(use, most))}</tbody>
</table>${moreRows(sorted.length - MAX_ROWS, 'scope')}`;
}

export function moreRows(count: number, what: string): Markup | undefined {
  return count > 0
    ? html`<p class="quiet">and ${countText(count, `more ${what}`)}; the JSON report has them all</p>`
    : undefined;
}

function row(use: ScopeUse, most: number): Markup {
  const { scope, uses, last, finding } = use;
  const width = uses === 0 ? 0 : Math.max(1, (uses / most) * 100);
  return html`<tr class="${finding ?? 'fine'}">
<th scope="row"><code>${scope}</code>${remark(use)}</th>
<td class="bar-cell" data-label="Uses"><div><span class="bar"><span style="width:${width.toFixed(1)}%"></span></span><span class="figure">${numberText(uses)}</span></div></td>
<td class="when" data-label="Last used">${timeElement(last)}</td>
</tr>`;
}

function remark(use: ScopeUse): Markup | undefined {
  const { isTemplate, grantedIdentifiers, usedIdentifiers, covered, coveredIdentifiers } = use;
  const share = isTemplate
    ? html`<span class="quiet">${distinctText(usedIdentifiers)} of ${distinctCount(grantedIdentifiers, 'identifier')} used</span>`
    : undefined;
  const list =
    covered.length > 0
      ? coveredList(covered, distinctCount(coveredIdentifiers, 'identifier'))
      : undefined;
  if (use.finding === 'unused') return html`<span class="tag warn">never used</span>${share}`;
  if (use.finding === 'partly_unused') {
    return html`<span class="tag warn">mostly unused</span>${share}`;
  }
  if (use.finding === 'wildcard') {
    return html`<span class="tag wide">${widthText(use)}</span>${list}`;
  }
  return list ?? share;
}

function widthText({ covered, coveredIdentifiers }: ScopeUse): string {
  return covered.length < coveredIdentifiers.count
    ? 'wider than any task needs'
    : `wide: ${countText(coveredIdentifiers.count, 'identifier')} would do`;
}

function coveredList(covered: readonly string[], count: string): Markup {
  return html`<details><summary>used for ${count}</summary><ul class="plain">${covered.map((scope) => html`<li><code>${scope}</code></li>`)}</ul></details>`;
}
