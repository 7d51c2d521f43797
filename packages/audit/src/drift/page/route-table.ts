// Routes in → a table of who got in and who did not, and a list of those nobody reached, out.

import type { DriftReport, RouteUse } from '../report.js';
import { html, type Markup } from './markup.js';
import { moreRows } from './scope-table.js';
import { countText, numberText, timeElement } from './words.js';

const MAX_ROWS = 100;

export function routeSection({ routes, unreached, hasRouteList }: DriftReport): Markup {
  const most = Math.max(1, ...routes.map(({ allowed, refused }) => allowed + refused));
  return html`<section class="card" aria-labelledby="routes">
<header><h2 id="routes">Routes</h2></header>
${
  unreached.length > 0
    ? html`<h3>Nobody was let in</h3>
<ul class="list">${unreached.slice(0, MAX_ROWS).map(({ method, path, refused }) => html`<li class="gone" data-mark="!"><code>${method} ${path}</code> <span class="quiet">${refused > 0 ? `refused ${countText(refused, 'time')}` : 'never asked for'}</span></li>`)}</ul>${moreRows(unreached.length - MAX_ROWS, 'route')}`
    : undefined
}
${hasRouteList ? undefined : html`<p class="quiet">Of routes that nobody tried nothing is known without a list of them.</p>`}
${
  routes.length > 0
    ? html`<table class="rows">
<thead><tr><th scope="col">Route</th><th scope="col">Allowed and refused</th><th scope="col">Last</th></tr></thead>
<tbody>${routes.slice(0, MAX_ROWS).map((route) => row(route, most))}</tbody>
</table>${moreRows(routes.length - MAX_ROWS, 'route')}`
    : undefined
}
</section>`;
}

function row({ method, path, allowed, refused, last }: RouteUse, most: number): Markup {
  const width = (count: number): string => ((count / most) * 100).toFixed(1);
  return html`<tr class="route">
<th scope="row"><code>${method} ${path ?? '(unknown)'}</code></th>
<td class="bar-cell" data-label="Allowed and refused"><div><span class="bar"><span style="width:${width(allowed)}%"></span><span class="refused" style="width:${width(refused)}%"></span></span><span class="figure">${numberText(allowed)}<span class="sr"> allowed</span>${refused > 0 ? html` <span class="minus">+ ${numberText(refused)} refused</span>` : undefined}</span></div></td>
<td class="when" data-label="Last">${timeElement(last)}</td>
</tr>`;
}
