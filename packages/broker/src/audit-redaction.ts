// A detail text in → the same text, cut where it seems to give a secret away, out (protocol §7.3). Crude,
// as the broker is: it goes by words alone and leaves much alone that it might hide.

const WORDS = ['secret', 'password', 'token_value', 'private_key'];
// In the order in which they are tried.
const SEPARATORS = ['=', ': '];
const REDACTED = '***REDACTED***';

export function redactDetail(detail: string): string {
  for (const separator of SEPARATORS) {
    const at = detail.indexOf(separator);
    if (at !== -1 && namesSecret(detail.slice(0, at))) {
      return `${detail.slice(0, at)}${separator}${REDACTED}`;
    }
  }
  return detail;
}

function namesSecret(text: string): boolean {
  // Go lowers İ to a plain i, JavaScript to an i and a dot above: a word with it would slip through.
  const lower = text.replaceAll('\u0130', 'i').toLowerCase();
  return WORDS.some((word) => lower.includes(word));
}
