// Base64 text in → bytes out, as lenient as the broker's decoders and no more (protocol §2.5, §3.6): CR
// and LF are skipped, the unused bits of the last character may be anything, everything else is an error.
// Node's own decoder skips whatever it does not know, so the text is checked first.

const URL_ALPHABET = /^[A-Za-z0-9_-]*$/;
const STANDARD = /^[A-Za-z0-9+/]*={0,2}$/;
const LINE_BREAKS = /[\r\n]/g;

/** Without padding. @returns `undefined` when the text is not base64url */
export function decodeBase64Url(text: string): Buffer | undefined {
  const compact = URL_ALPHABET.test(text) ? text : text.replace(LINE_BREAKS, '');
  if (!URL_ALPHABET.test(compact) || compact.length % 4 === 1) return undefined;
  return Buffer.from(compact, 'base64url');
}

/** With padding. @returns `undefined` when the text is not standard base64 */
export function decodeBase64(text: string): Buffer | undefined {
  const compact = text.replace(LINE_BREAKS, '');
  if (!STANDARD.test(compact) || compact.length % 4 !== 0) return undefined;
  return Buffer.from(compact, 'base64');
}
