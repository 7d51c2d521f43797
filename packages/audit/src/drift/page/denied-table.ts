// What a group needed and was denied in → a table of it, with a timeline each, out.

import type { DeniedUse, FirstAndLast } from '../report.js';
import { html, type Markup } from './markup.js';
import { moreRows } from './scope-table.js';
import { timelineChart } from './timeline-chart.js';
import { countText, distinctCount, numberText, periodElement } from './words.js';

const MAX_ROWS = 40;

export function deniedTable(denied: readonly DeniedUse[], axis: FirstAndLast): Markup {
  return html`<table class="rows">
<thead><tr><th scope="col">Scope</th><th scope="col">Refused</th><th scope="col">When</th></tr></thead>
<tbody>${denied.slice(0, MAX_ROWS).map((use) => row(use, axis))}</tbody>
</table>${moreRows(denied.length - MAX_ROWS, 'scope')}`;
}

function row(use: DeniedUse, axis: FirstAndLast): Markup {
  const { scopes, isTemplate, identifiers, count, delegated, agents, routes, lastRequestId } = use;
  const alternatives = scopes.map((scope) => html`<code>${scope}</code>`);
  return html`<tr class="denied">
<th scope="row">${alternatives.length > 1 ? html`<span class="quiet">one of</span> ` : undefined}${alternatives}${isTemplate ? html`<span class="quiet">${distinctCount(identifiers, 'identifier')}</span>` : undefined}
<span class="quiet">by ${distinctCount(agents, 'agent')}${routes.length > 0 ? html` at ${routes.map((route, index) => html`${index > 0 ? ', ' : ''}<code>${route}</code>`)}` : undefined}</span>
${delegated > 0 ? html`<span class="quiet">${numberText(delegated)} of them with a delegated token, which may hold less than its delegator’s</span>` : undefined}
${lastRequestId === null ? undefined : html`<span class="quiet">last request <code>${lastRequestId}</code></span>`}</th>
<td data-label="Refused"><span class="figure">${numberText(count)}</span><span class="sr"> ${countText(count, 'time')}</span></td>
<td class="chart" data-label="When">${timelineChart(use.timeline, axis)}<span class="quiet">${periodElement(use.first, use.last)}</span></td>
</tr>`;
}
