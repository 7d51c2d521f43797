// A token in → could the broker possibly vouch for it? "No" saves a call; "yes" accepts nothing.

const PARTS = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{86}$/;

// A token this long past its `exp` by our clock is taken for dead without asking. Anything younger is the
// broker's to judge: the two clocks may differ, and the reason is then its own.
const CLOCK_SKEW_SECONDS = 60;

/**
 * Whether the text has the shape of a token the broker issues (protocol §3.1: three base64url parts, a
 * 64-byte signature, `alg` EdDSA) and is not long past its `exp`. Never throws.
 *
 * @param token at most as long as the guard's length cap
 */
export function couldBeLive(token: string, nowSeconds: number): boolean {
  if (!PARTS.test(token)) return false;
  const [header, payload] = token.split('.', 2).map(decodeTokenPart);
  return (
    header?.['alg'] === 'EdDSA' &&
    typeof payload?.['exp'] === 'number' &&
    payload['exp'] >= nowSeconds - CLOCK_SKEW_SECONDS
  );
}

// A byte order mark is kept, as JSON's grammar knows of none.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const BEYOND_ASCII = /[^\0-\x7f]/;

/** The JSON object in a base64url part of a token; `undefined` when there is none. Never throws. */
export function decodeTokenPart(part: string): Readonly<Record<string, unknown>> | undefined {
  try {
    // One character for each byte: the text itself where all of it is ASCII, as it nearly always is.
    const bytes = atob(part.replaceAll('-', '+').replaceAll('_', '/'));
    const text = BEYOND_ASCII.test(bytes)
      ? decoder.decode(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)))
      : bytes;
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}
