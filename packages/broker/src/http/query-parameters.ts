// What follows the `?` in → its parameters, as the broker's URL parser reads them, out.

const BAD_ESCAPE = /%(?![0-9A-Fa-f]{2})/;
const ESCAPE = /%([0-9A-Fa-f]{2})/g;

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
  if (BAD_ESCAPE.test(text)) return undefined;
  const bytes = text
    .replaceAll('+', ' ')
    .replace(ESCAPE, (_escape, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  // One character a byte until here; a request line has no others.
  return Buffer.from(bytes, 'latin1').toString();
}
