// Counts for each step of time in → a small chart of them out.

import type { FirstAndLast, Timeline } from '../report.js';
import { html, type Markup } from './markup.js';
import { countText, timeText } from './words.js';

const WIDTH = 220;
const HEIGHT = 36;
const MIN_BAR_WIDTH = 3;
// Of a short time there are few steps; they are no wall.
const MAX_BAR_WIDTH = 16;
const MIN_BAR_HEIGHT = 3;

/** @param axis from when to when the chart goes: the same for all charts of a page */
export function timelineChart(
  { from, stepMs, counts }: Timeline,
  { first, last }: FirstAndLast,
): Markup {
  const start = Math.min(from, first ?? from);
  const end = Math.max(from + counts.length * stepMs, last ?? from);
  const most = Math.max(1, ...counts);
  const share = (stepMs / (end - start)) * WIDTH;
  const width = Math.min(MAX_BAR_WIDTH, Math.max(MIN_BAR_WIDTH, share));
  const bars = counts.map((count, index) => {
    if (count === 0) return undefined;
    const time = from + index * stepMs;
    const left = ((time - start) / (end - start)) * (WIDTH - width);
    const height = Math.max(MIN_BAR_HEIGHT, (count / most) * (HEIGHT - 2));
    return html`<rect x="${left.toFixed(1)}" y="${(HEIGHT - 1 - height).toFixed(1)}" width="${Math.max(MIN_BAR_WIDTH - 1, width - 1).toFixed(1)}" height="${height.toFixed(1)}" rx="1"><title>${countText(count, 'refusal')} from ${timeText(time)}</title></rect>`;
  });
  const total = counts.reduce((sum, count) => sum + count, 0);
  const peak = counts.indexOf(Math.max(...counts));
  const label = `${countText(total, 'refusal')}; most, ${counts[peak] ?? 0}, from ${timeText(from + peak * stepMs)} UTC`;
  return html`<svg class="timeline" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${label}" preserveAspectRatio="none"><line x1="0" y1="${HEIGHT - 0.5}" x2="${WIDTH}" y2="${HEIGHT - 0.5}"/>${bars}</svg>`;
}
