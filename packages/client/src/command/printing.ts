// Text from anywhere in → the same, safe to send to a terminal, out.

// Control characters (ANSI escapes begin with one), line and paragraph separators, halves of surrogate pairs,
// characters that reorder or join others or that nobody sees, and every blank that only looks like one.
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|(?! )\p{Zs}/gu;

/** One line stays one line: what is unsafe is written as `\u{…}`. Doing it twice changes nothing. */
export function visible(text: string): string {
  return text.replace(UNSAFE, (found) => `\\u{${found.codePointAt(0)?.toString(16)}}`);
}

/** One document on one line, with the same escapes as JSON has them: it reads back as it was. */
export function jsonLine(value: object): string {
  return JSON.stringify(value).replace(UNSAFE, (found) =>
    // By code unit: JSON knows no longer escape.
    found
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}
