// A group of the report in → its card on the page out: what to change, what was used, what was denied.

import { groupFindings } from '../findings.js';
import { groupTitle } from '../group-title.js';
import type { DriftGroup, FirstAndLast } from '../report.js';
import { deniedTable } from './denied-table.js';
import { html, type Markup } from './markup.js';
import { scopeTable } from './scope-table.js';
import { countText, distinctCount, numberText, periodElement } from './words.js';

const MAX_LINES = 100;

/** @param number of the card, for links to it */
export function groupCard(group: DriftGroup, number: number, axis: FirstAndLast): Markup {
  const {
    app,
    taskPattern,
    denied,
    scopes,
    taskExamples,
    tasks,
    agents,
    allowed,
    refused,
    idleAgents,
  } = group;
  return html`<section class="card" id="group-${number}" aria-labelledby="group-${number}-title">
<header>
<h2 id="group-${number}-title">${titleElement(group)}</h2>
${app === null ? undefined : html`<span class="tag app">app: <bdi>${app}</bdi></span>`}
</header>
<p class="facts"><span>${distinctCount(tasks, 'task')}</span> <span>${distinctCount(agents, 'agent')}${idleAgents > 0 ? html`, <b>${numberText(idleAgents)} never seen</b>` : undefined}</span> <span>${numberText(allowed)} allowed</span> <span>${numberText(refused)} refused</span> <span>${periodElement(group.first, group.last)}</span></p>
${taskExamples.some((id) => id !== taskPattern) ? html`<p class="quiet">such as ${taskExamples.map((id, index) => html`${index > 0 ? ', ' : ''}<code>${id}</code>`)}</p>` : undefined}
${changeList(group)}
${denied.length > 0 ? html`<h3>Needed and denied</h3><p class="quiet">Grant it, or find out why it is asked for.</p>${deniedTable(denied, axis)}` : undefined}
${scopes.length > 0 ? html`<h3>Granted</h3>${scopeTable(group)}` : undefined}
${otherRefusals(group)}
</section>`;
}

export function titleElement(group: DriftGroup): Markup {
  if (group.isOthers) return html`${groupTitle(group)}`;
  const { orchestrator, taskPattern } = group;
  return html`<bdi>${orchestrator ?? 'unknown orchestrator'}</bdi> <span class="slash">/</span> <bdi>${taskPattern ?? 'unknown task'}</bdi>`;
}

function changeList(group: DriftGroup): Markup {
  const { suggestion, scopes } = group;
  const { unused, wildcard, denied } = groupFindings(group);
  if (!suggestion.isNarrower) {
    if (!group.isComplete) {
      return html`<p class="note">Too much came together to say what of it was needed.</p>`;
    }
    const note =
      unused + wildcard + denied === 0
        ? 'Granted and used agree: nothing to change.'
        : 'No narrower list would have allowed all that was done.';
    return html`<p class="fine-note">${note}</p>`;
  }
  const dropped = new Set(suggestion.drops);
  const after = suggestion.perTask ?? suggestion.scopes;
  const before = new Set(scopes.map(({ scope }) => scope));
  return html`<h3>A narrower list</h3>
<div class="change">
<div><h4>Granted now</h4>${scopeList(
    scopes.map(({ scope }) => scope),
    (scope) => (dropped.has(scope) ? 'gone' : 'kept'),
  )}</div>
<div><h4>Would have done${suggestion.perTask === null ? '' : ', for each task'}</h4>${after.length === 0 ? html`<p class="nothing">nothing: no scope was used</p>` : scopeList(after, (scope) => (before.has(scope) ? 'kept' : 'new'))}</div>
</div>
${isWhole(group) ? undefined : html`<p class="note">More was used than could be told apart: the list may lack some of it.</p>`}`;
}

function isWhole({ suggestion }: DriftGroup): boolean {
  return suggestion.perTask === null ? suggestion.isComplete : suggestion.isPerTaskComplete;
}

type Fate = 'gone' | 'kept' | 'new';

const FATE_MARKS: Readonly<Record<Fate, string>> = { gone: '−', kept: ' ', new: '+' };
const FATE_WORDS: Readonly<Record<Fate, string>> = { gone: 'drop', kept: 'keep', new: 'instead' };

function scopeList(scopes: readonly string[], fateOf: (scope: string) => Fate): Markup {
  const lines = scopes.slice(0, MAX_LINES).map((scope) => {
    const fate = fateOf(scope);
    return html`<li class="${fate}" data-mark="${FATE_MARKS[fate]}"><span class="sr">${FATE_WORDS[fate]}: </span><code>${scope}</code></li>`;
  });
  const more = scopes.length - MAX_LINES;
  return html`<ul class="list">${lines}${more > 0 ? html`<li class="quiet">and ${numberText(more)} more</li>` : undefined}</ul>`;
}

function otherRefusals({ refusals }: DriftGroup): Markup | undefined {
  const others = refusals.filter(({ reason }) => reason !== 'insufficient_scope');
  if (others.length === 0) return undefined;
  const texts = others.map(({ reason, count }) => `${reason} ${countText(count, 'time')}`);
  return html`<p class="quiet">Refused for other reasons: ${texts.join(', ')}</p>`;
}
