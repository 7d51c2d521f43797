// A request target as sent in → the path the router looks at, its clean form and the query out, the way
// Go's `net/url` and `ServeMux` take it apart (protocol §1.7).

import { hasBadEscape, percentDecode } from './percent-encoding.js';

export interface Target {
  /** Percent-decoded, as problems and audit events name it. */
  readonly path: string;
  /** As it came, percent-encoded. */
  readonly escapedPath: string;
  /** What follows the first `?`, as sent; `''` without one. */
  readonly query: string;
}

// Without these the path means what it says, and nearly every path is one of those.
const PLAIN_PATH = /^(?:\/[\w~-][\w.~-]*)+$/;
// Go keeps a path that consists of these as it was sent, and encodes others itself.
const ENCODED_PATH = /^[\w.~\-/!$&'()*+,;=:@[\]%]*$/;
const ABSOLUTE_FORM = /^https?:\/\/[^/?]*/i;

/** @returns `undefined` when it is no target: no path, or an escape that is none */
export function readTarget(target: string): Target | undefined {
  const relative = target.startsWith('/') ? target : target.replace(ABSOLUTE_FORM, '');
  const mark = relative.indexOf('?');
  const raw = mark === -1 ? relative : relative.slice(0, mark);
  const query = mark === -1 ? '' : relative.slice(mark + 1);
  if (PLAIN_PATH.test(raw)) return { path: raw, escapedPath: raw, query };
  // Of an absolute form the path may be empty.
  if ((!raw.startsWith('/') && relative === target) || hasBadEscape(raw)) return undefined;
  const bytes = percentDecode(raw);
  return {
    path: bytes.toString(),
    escapedPath: ENCODED_PATH.test(raw) ? raw : escapePath(bytes),
    query,
  };
}

/** Without empty, `.` and `..` segments; a final slash stays. */
export function cleanPath(escapedPath: string): string {
  if (PLAIN_PATH.test(escapedPath)) return escapedPath;
  const kept: string[] = [];
  for (const segment of escapedPath.split('/')) {
    if (segment === '..') kept.pop();
    else if (segment !== '' && segment !== '.') kept.push(segment);
  }
  const clean = `/${kept.join('/')}`;
  return escapedPath.endsWith('/') && clean !== '/' ? `${clean}/` : clean;
}

/**
 * The path in the one spelling that routes are looked up by: each segment decoded and encoded again, so
 * `%74oken` is `token` and an encoded slash stays inside its segment.
 */
export function canonicalPath(escapedPath: string): string {
  if (PLAIN_PATH.test(escapedPath)) return escapedPath;
  return escapedPath
    .split('/')
    .map((segment) => encodeURIComponent(percentDecode(segment).toString()))
    .join('/');
}

/** Where a redirect to a cleaned path goes. Go encodes a `%` of the path once more, and so does this. */
export function redirectLocation(cleanedPath: string, query: string): string {
  const location = escapePath(Buffer.from(cleanedPath, 'latin1'));
  return query === '' ? location : `${location}?${escapeNonAscii(query)}`;
}

function escapePath(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => {
    const char = String.fromCharCode(byte);
    return /[\w.~\-$&+,/:;=@]/.test(char) ? char : escapeByte(byte);
  }).join('');
}

function escapeNonAscii(text: string): string {
  return text.replaceAll(/[\u0080-\u00ff]/g, (char) =>
    escapeByte(char.charCodeAt(0)).toLowerCase(),
  );
}

function escapeByte(byte: number): string {
  return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}
