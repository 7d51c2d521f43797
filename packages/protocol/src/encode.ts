// A value in → the exact JSON text the broker writes out (protocol §1.3).

const ESCAPED = /[<>&\u2028\u2029]/g;

/**
 * Compact JSON with `<`, `>`, `&`, U+2028 and U+2029 escaped, keys in the order given. Without the final
 * newline that bodies have. Used for bodies, JWT payloads and the chain-hash input alike.
 */
export function encodeJson(value: unknown): string {
  return JSON.stringify(value).replace(
    ESCAPED,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
