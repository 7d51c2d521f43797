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
  if (value.slice(0, SCHEME.length).toLowerCase() !== SCHEME) return otherScheme(value, maxLength);
  if (value.length === SCHEME.length) return MALFORMED;
  let start = SCHEME.length;
  while (value.charCodeAt(start) === 0x20) start += 1;
  if (start === SCHEME.length) return otherScheme(value, maxLength);
  if (value.length - start > maxLength) return OVERSIZED;
  const token = value.slice(start);
  return B64TOKEN.test(token) ? { kind: 'token', token } : MALFORMED;
}

// Platforms built on fetch join repeated fields with ", " before anybody can count them. A second value that
// is a bearer credential must not hide behind a first one of another scheme.
function otherScheme(value: string, maxLength: number): Bearer {
  if (value.length > maxLength) return MISSING;
  return value.toLowerCase().includes(`, ${SCHEME} `) ? MALFORMED : MISSING;
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
  const received: string[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    // Length first: it rules out nearly every other field without making a lower-case copy.
    if (typeof name !== 'string' || name.length !== 13) continue;
    if (name.toLowerCase() !== 'authorization') continue;
    const value = rawHeaders[index + 1];
    // What is no text still counts as one more value.
    received.push(typeof value === 'string' ? value : '');
  }
  return received.length > 1 ? received : parsed;
}
