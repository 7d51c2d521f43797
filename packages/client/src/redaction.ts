// Text from the wire and the secrets it might echo in → text that may be logged out.

import { encodeJson } from '@agentwrit/protocol';

const REDACTED = '[redacted]';

// A token that this request did not send can be echoed too. Anything that opens like a JWT goes; the
// look-behind keeps the search linear on hostile input; the inner one lets "Bearer%20eyJ" be seen.
const JWT = /(?<![\w-](?<!%[\dA-Fa-f]{2}))eyJ[\w-]*\.[\w-]+\.[\w-]*/g;

/** Replaces each secret, as it is and as JSON, URLs, forms and HTML write it, and everything that looks like a JWT. */
export function redact(text: string, secrets: readonly string[]): string {
  const forms = secrets.filter((secret) => secret !== '').flatMap(formsOf);
  // Longest first: a secret that contains another must not be left in halves.
  return [...new Set(forms)]
    .toSorted((a, b) => b.length - a.length)
    .reduce((rest, form) => rest.replaceAll(form, REDACTED), text)
    .replace(JWT, REDACTED);
}

/** Control characters, line breaks among them, as blanks: messages end up in logs, a line each. */
export function oneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ');
}

function formsOf(secret: string): string[] {
  const encoded = new URLSearchParams([['', secret]]).toString().slice(1);
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeJson(secret).slice(1, -1),
    encoded,
    // Half a character, which has no UTF-8, is a TypeError as it is.
    encodeURIComponent(Buffer.from(secret).toString()),
    secret.replace(/[&<>"]/g, (char) => HTML[char] ?? char),
  ];
}

const HTML: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};
