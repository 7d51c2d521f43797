// Percent-encoded text of a request line in → its bytes out. Targets are bytes, one a character: what
// HTTP/1.1 has beyond ASCII arrives as latin1.

const BAD_ESCAPE = /%(?![0-9A-Fa-f]{2})/;
const ESCAPE = /%([0-9A-Fa-f]{2})/g;

/** Whether some `%` begins no escape. */
export function hasBadEscape(text: string): boolean {
  return BAD_ESCAPE.test(text);
}

export function percentDecode(text: string): Buffer {
  const decoded = text.replace(ESCAPE, (_escape, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(decoded, 'latin1');
}
