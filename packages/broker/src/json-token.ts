// JSON text and the place where a string or a number begins in → the place where it ends out (RFC 8259
// §6, §7).

/** The text is not JSON, nests too deep, or has another type than the one asked for. */
export class MalformedJson extends Error {}

const SPACE = 0x20;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** @throws MalformedJson */
export function endOfString(text: string, start: number): number {
  if (text[start] !== '"') throw new MalformedJson();
  let at = start + 1;
  for (;;) {
    const code = text.charCodeAt(at++);
    if (code === QUOTE) return at;
    if (code === BACKSLASH) at = endOfEscape(text, at);
    // So written that NaN, the end of the text, is refused as well.
    else if (!(code >= SPACE)) throw new MalformedJson();
  }
}

/** @throws MalformedJson */
export function endOfNumber(text: string, start: number): number {
  let at = endOfInteger(text, start);
  if (text[at] === '.') at = endOfDigits(text, at + 1);
  if (text[at] === 'e' || text[at] === 'E') {
    const sign = text[at + 1];
    at = endOfDigits(text, sign === '+' || sign === '-' ? at + 2 : at + 1);
  }
  return at;
}

/**
 * The end of what stands before a fraction or an exponent.
 *
 * @throws MalformedJson
 */
export function endOfInteger(text: string, start: number): number {
  const first = text[start] === '-' ? start + 1 : start;
  return text[first] === '0' ? first + 1 : endOfDigits(text, first);
}

function endOfEscape(text: string, start: number): number {
  const letter = text.charAt(start);
  if (letter === 'u') {
    for (let at = start + 1; at <= start + 4; at++) {
      if (!isHexDigit(text.charCodeAt(at))) throw new MalformedJson();
    }
    return start + 5;
  }
  if (letter === '' || !'"\\/bfnrt'.includes(letter)) throw new MalformedJson();
  return start + 1;
}

function endOfDigits(text: string, start: number): number {
  let at = start;
  while (isDigit(text.charCodeAt(at))) at++;
  if (at === start) throw new MalformedJson();
  return at;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function isHexDigit(code: number): boolean {
  // Bit 0x20 is all that tells an ASCII letter in lower case from one in upper case.
  const lower = code | 0x20;
  return isDigit(code) || (lower >= 0x61 && lower <= 0x66);
}
