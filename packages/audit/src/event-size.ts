// A decision in → about how many bytes of memory it takes while it waits out.

import type { DecisionEvent } from '@agentwrit/protocol';

// What the engine takes beside the characters: for the event with its numbers, and for each text or list in it.
const EVENT_BYTES = 256;
const VALUE_BYTES = 24;

/**
 * Grows with the texts, whose length the caller chooses in part: a scope is filled from the path. An estimate, and
 * quick: a character outside Latin-1 makes its text take twice as much, and a text that several events share is
 * counted with each.
 */
export function sizeOfEvent(event: DecisionEvent): number {
  return EVENT_BYTES + sizeOfMembers(event);
}

function sizeOfMembers(object: object): number {
  const members = object as Readonly<Record<string, unknown>>;
  let bytes = 0;
  // Several times as quick as a list of the members would be; every request pays for it.
  for (const key in members) bytes += sizeOfValue(members[key]);
  return bytes;
}

function sizeOfValue(value: unknown): number {
  if (typeof value === 'string') return VALUE_BYTES + value.length;
  if (typeof value !== 'object' || value === null) return 0;
  if (!Array.isArray(value)) return VALUE_BYTES + sizeOfMembers(value);
  let bytes = VALUE_BYTES;
  for (const item of value as readonly unknown[]) bytes += sizeOfValue(item);
  return bytes;
}
