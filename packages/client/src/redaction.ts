// Text from the wire and the secrets it might echo in → text that may be logged out.

import { encodeJson } from '@agentwrit/protocol';

const REDACTED = '[redacted]';

// A token that this request did not send can be echoed too. Anything that opens like a JWT goes; the
// look-behind keeps the search linear on hostile input.
const JWT = /(?<![\w-])eyJ[\w-]*\.[\w-]+\.[\w-]*/g;

/** Replaces each secret, as it is and as JSON writes it, and everything that looks like a JWT. */
export function redact(text: string, secrets: readonly string[]): string {
  const forms = secrets
    .filter((secret) => secret !== '')
    .flatMap((secret) => [
      secret,
      JSON.stringify(secret).slice(1, -1),
      encodeJson(secret).slice(1, -1),
    ])
    // Longest first: a secret that contains another must not be left in halves.
    .toSorted((a, b) => b.length - a.length);
  return forms.reduce((rest, form) => rest.replaceAll(form, REDACTED), text).replace(JWT, REDACTED);
}
