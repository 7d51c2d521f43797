// Numbers, lists and times in → how a drift report says them out.

import type { Distinct } from '@agentwrit/audit';

export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

export function distinctText({ count, isExact }: Distinct): string {
  return isExact ? String(count) : `at least ${count}`;
}

export function distinct({ count, isExact }: Distinct, noun: string): string {
  return isExact ? counted(count, noun) : `at least ${counted(count, noun)}`;
}

export function limited(texts: readonly string[], max: number): string {
  const more = texts.length - max;
  return texts.slice(0, max).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

// What a Date can hold.
const MAX_TIME = 8.64e15;

export function timeText(time: number): string {
  if (Math.abs(time) > MAX_TIME) return 'beyond any calendar';
  // Exact, so that it can be given to --since and --until.
  return new Date(time).toISOString().replace('.000Z', 'Z');
}
