// A decision in → about how much memory it takes while it waits out.

import type { DecisionEvent } from '@agentwrit/protocol';

// The object itself, its place in the queue, and what has no text.
const BASE = 500;
const EACH = 16;
// Lists of objects are as deep as decisions go; what goes deeper is none.
const MAX_DEPTH = 3;

/** Quick: texts are not looked into. */
export function sizeOf(event: DecisionEvent): number {
  return BASE + sizeOfValue(event, MAX_DEPTH);
}

function sizeOfValue(value: unknown, depth: number): number {
  if (typeof value === 'string') return EACH + value.length;
  if (typeof value !== 'object' || value === null || depth === 0) return EACH;
  let size = EACH;
  for (const member of Object.values(value)) size += sizeOfValue(member, depth - 1);
  return size;
}
