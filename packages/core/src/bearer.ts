// Authorization field values in → at most one bearer token out (RFC 6750 §2.1, RFC 9110 §11.4).

/**
 * - `missing`: no credentials, or those of another scheme.
 * - `malformed`: more than one value, no token after the scheme, or something else than a b64token.
 * - `oversized`: longer than the cap; not looked at any further.
 */
export type Bearer =
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'missing' | 'malformed' | 'oversized' };

const MISSING: Bearer = { kind: 'missing' };
const MALFORMED: Bearer = { kind: 'malformed' };
const OVERSIZED: Bearer = { kind: 'oversized' };

const SCHEME = 'bearer';

// b64token = 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"=" (RFC 6750 §2.1). Linear: one class,
// then one other; only ever run on text within the length cap.
const B64TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/;

// tchar of RFC 9110 §5.6.2: what a scheme is written with.
const TCHAR = /[!#$%&'*+.^_`|~0-9A-Za-z-]/;

// Linear: white space is only looked at behind a comma, and only once.
const JOINED = new RegExp(`,[ \\t]*${SCHEME}(?!${TCHAR.source})`, 'i');

/**
 * Reads the credentials of one request. Never throws.
 *
 * @param values every Authorization field value; a single string when there is just one
 * @param maxLength longest token that is looked at, in characters
 */
export function readBearer(
  values: string | readonly string[] | undefined,
  maxLength: number,
): Bearer {
  if (values === undefined) return MISSING;
  if (typeof values === 'string') return readValue(values, maxLength);
  const [value, ...others] = values;
  if (value === undefined) return MISSING;
  return others.length > 0 ? MALFORMED : readValue(value, maxLength);
}

function readValue(value: string, maxLength: number): Bearer {
  // Schemes are case-insensitive (RFC 9110 §11.1).
  if (value.slice(0, SCHEME.length).toLowerCase() !== SCHEME) return otherScheme(value);
  let start = SCHEME.length;
  while (value.charCodeAt(start) === 0x20) start += 1;
  if (start === SCHEME.length) {
    // A longer word is another scheme; a tab, a colon or nothing behind it is ours, badly written.
    return TCHAR.test(value.charAt(start)) ? otherScheme(value) : MALFORMED;
  }
  if (value.length - start > maxLength) return OVERSIZED;
  const token = value.slice(start);
  return B64TOKEN.test(token) ? { kind: 'token', token } : MALFORMED;
}

// Platforms built on fetch join repeated fields with ", " before anybody can count them, and whatever stands
// between may do so with a bare comma (RFC 9110 §5.3). A second value that is a bearer credential must not hide
// behind a first one of another scheme, however long that is.
function otherScheme(value: string): Bearer {
  return JOINED.test(value) ? MALFORMED : MISSING;
}

/**
 * The Authorization values of a request to Node: what the parsed header says now, which the program may have
 * changed, unless several were received. Node keeps the first of those and drops the rest without a word.
 *
 * @param rawHeaders Node's `rawHeaders`: name, value, name, value, …
 * @param parsed Node's `headers.authorization`
 */
export function readAuthorization(
  rawHeaders: readonly unknown[],
  parsed: string | undefined,
): string | readonly string[] | undefined {
  let count = 0;
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    if (isAuthorization(rawHeaders[index])) count += 1;
  }
  return count > 1 ? receivedValues(rawHeaders) : parsed;
}

function receivedValues(rawHeaders: readonly unknown[]): readonly string[] {
  const values: string[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    if (!isAuthorization(rawHeaders[index])) continue;
    const value = rawHeaders[index + 1];
    // What is no text still counts as one more value.
    values.push(typeof value === 'string' ? value : '');
  }
  return values;
}

function isAuthorization(name: unknown): boolean {
  // Length first: it rules out nearly every other field without making a lower-case copy.
  if (typeof name !== 'string' || name.length !== 13) return false;
  return name === 'Authorization' || name.toLowerCase() === 'authorization';
}
