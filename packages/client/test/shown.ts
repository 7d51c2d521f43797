// A value in → every text that could come of logging it out.

import { inspect } from 'node:util';

/** Every way in which an object ends up in a log. */
export function shown(value: unknown): string {
  const all = { depth: Infinity, showHidden: true, maxStringLength: null, maxArrayLength: null };
  return [
    String(value),
    JSON.stringify(value),
    JSON.stringify({ ...(value as object) }),
    inspect(value),
    inspect(value, all),
    inspect(value, { ...all, customInspect: false }),
    inspect({ nested: [value] }, all),
    value instanceof Error ? `${value.stack} ${shown(value.cause)}` : '',
  ].join('\n');
}
