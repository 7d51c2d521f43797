// What follows the `?` in → its parameters, as the broker's URL parser reads them, out.

import { hasBadEscape, percentDecode } from './percent-encoding.js';

/**
 * The first occurrence of every name. A pair that holds a `;` or an escape that is none is left out, and
 * the rest stays good.
 *
 * @param query as sent
 */
export function readQuery(query: string): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  for (const pair of query.split('&')) {
    if (pair === '' || pair.includes(';')) continue;
    const equals = pair.indexOf('=');
    const name = unescape(equals === -1 ? pair : pair.slice(0, equals));
    const value = unescape(equals === -1 ? '' : pair.slice(equals + 1));
    if (name === undefined || value === undefined || parameters.has(name)) continue;
    parameters.set(name, value);
  }
  return parameters;
}

/** @returns `undefined` when an escape is none; bytes that are not UTF-8 become U+FFFD */
function unescape(text: string): string | undefined {
  return hasBadEscape(text) ? undefined : percentDecode(text.replaceAll('+', ' ')).toString();
}
