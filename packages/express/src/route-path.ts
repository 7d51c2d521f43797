// The path of a route, as declared, in → what every request to it is surely below out.

// Letters, digits and - . _ ~: what means itself in every version of Express.
const PLAIN = /^[\w.~-]+$/;

// Plain text with parameters or wildcards in it. A question mark makes what stands before it optional, the slash
// included, and may only end a segment; brackets and the like may mean anything. Express 4 puts a dot that comes
// first before the slash.
const PATTERN = /^(?:[\w~-][\w.~-]*)?(?:[:*][\w.~-]*)+\??$/;

/**
 * The plain segments that a path begins with: `/api` of `/api/:id`.
 *
 * @returns `undefined` when it cannot be said, as of a regular expression
 */
export function plainBeginning(path: unknown): string | undefined {
  if (typeof path !== 'string' || !path.startsWith('/')) return undefined;
  // Express takes one slash at the end or leaves it.
  const segments = path.replace(/\/$/, '').split('/').slice(1);
  const end = segments.findIndex((segment) => !PLAIN.test(segment));
  if (end === -1) return path.replace(/\/$/, '');
  if (!segments.slice(end).every((segment) => PLAIN.test(segment) || PATTERN.test(segment))) {
    return undefined;
  }
  return segments
    .slice(0, end)
    .map((segment) => `/${segment}`)
    .join('');
}
