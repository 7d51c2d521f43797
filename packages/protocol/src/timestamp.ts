// Milliseconds in → RFC 3339 text as the broker writes it out (protocol §3.8).

/** `YYYY-MM-DDTHH:MM:SS[.fraction]Z`, trailing zeros of the fraction removed. */
export function formatTimestamp(epochMs: number): string {
  const [seconds = '', fraction = ''] = new Date(epochMs).toISOString().slice(0, -1).split('.');
  const digits = fraction.replace(/0+$/, '');
  return digits === '' ? `${seconds}Z` : `${seconds}.${digits}Z`;
}

/** `YYYY-MM-DDTHH:MM:SSZ`, truncated. */
export function formatTimestampSeconds(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 19)}Z`;
}

const RFC_3339 = /^\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;

/** Whether the text is an RFC 3339 time with at most nine fractional digits. */
export function isTimestamp(text: string): boolean {
  if (text.length > 35 || !RFC_3339.test(text) || Number.isNaN(Date.parse(text))) return false;
  // Date.parse takes 30 February for 2 March; the broker's parser refuses it.
  const day = text.slice(0, 10);
  return new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);
}
