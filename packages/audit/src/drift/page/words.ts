// Numbers and times in → how a page says them out.

import type { Distinct } from '../report.js';
import { html, type Markup } from './markup.js';

/** `1,200` */
export function numberText(count: number): string {
  return count.toLocaleString('en-US');
}

/** `at least 50` where they could no longer be told apart. */
export function distinctText({ count, isExact }: Distinct): string {
  return isExact ? numberText(count) : `at least ${numberText(count)}`;
}

/** `at least 50 identifiers` */
export function distinctCount(distinct: Distinct, one: string): string {
  return `${distinctText(distinct)} ${distinct.count === 1 ? one : `${one}s`}`;
}

/** `1 agent`, `2 agents` */
export function countText(count: number, one: string, several = `${one}s`): string {
  return `${numberText(count)} ${count === 1 ? one : several}`;
}

// What a Date can hold.
const MAX_TIME = 8.64e15;

/** `15 Feb 2026 12:00`, UTC. */
export function timeText(time: number): string {
  if (Math.abs(time) > MAX_TIME) return 'beyond any calendar';
  return new Date(time)
    .toLocaleString('en-GB', {
      timeZone: 'UTC',
      day: 'numeric',
      month: 'short',
      year: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
    })
    .replace(',', '');
}

export function timeElement(time: number | null, text?: string): Markup {
  if (time === null) return html`never`;
  const shown = text ?? timeText(time);
  if (Math.abs(time) > MAX_TIME) return html`${shown}`;
  return html`<time datetime="${new Date(time).toISOString()}">${shown}</time>`;
}

/** `15 Feb 2026 12:00 – 16 Feb 2026 9:00`, or one time. */
export function periodElement(first: number | null, last: number | null): Markup {
  if (first === null || last === null || timeText(first) === timeText(last)) {
    return timeElement(first);
  }
  const [from, until] = [timeText(first), timeText(last)];
  // `15 Feb 2026 12:00 – 18:36`: the day once.
  const day = from.slice(0, from.lastIndexOf(' ') + 1);
  if (Math.abs(last) <= MAX_TIME && until.startsWith(day)) {
    return html`${timeElement(first)} – ${timeElement(last, until.slice(day.length))}`;
  }
  return html`${timeElement(first)} – ${timeElement(last)}`;
}
